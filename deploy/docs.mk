# Documentation that is made from the program itself.
.PHONY: docs

docs: build/bin/tradectl ## draw docs/order-states.md and the drawn parts of docs/man/tradectl.8
	@docs/draw all
