# make demo: the whole road on this machine. ONCE=1 answers by itself (ANSWER=10, -10 or 0) and ends.
.PHONY: demo

demo: ## the whole road on your machine; ONCE=1 answers by itself and exits
	@deploy/install-packages
	@echo "building the daemons"
	@$(MAKE) --no-print-directory -s -j2 all
	@test/lib/npm-ci
	@ONCE="$(ONCE)" ANSWER="$(ANSWER)" exec node deploy/demo/demo.mjs
