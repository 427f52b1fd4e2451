# make test: ends in one line `N passed, N failed`.
.PHONY: test

test: ## everything, unattended, ending in `N passed, N failed`
	@deploy/install-packages
	@bash test/run-all.sh
