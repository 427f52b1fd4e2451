# make demo: the whole road on this machine. ONCE=1 answers by itself (ANSWER=10, -10 or 0) and ends. TEST_MODE=1: without the
# simulated broker, by QUESTION_PIPELINE_TEST_MODE.
.PHONY: demo

demo: ## the whole road on your machine; ONCE=1 answers by itself and exits
	@ANSWER="$(ANSWER)"; case "$${ANSWER:-10}" in -10|-[1-9]|[0-9]|10) ;; *) \
		echo "ANSWER=$$ANSWER: give a whole number from -10 to 10, as a swipe would" >&2; exit 64;; esac
	@deploy/install-packages
	@echo "building the daemons"
	@$(MAKE) --no-print-directory -s -j2 all
	@test/lib/npm-ci
	@ONCE="$(ONCE)" ANSWER="$(ANSWER)" TEST_MODE="$(TEST_MODE)" exec node deploy/demo/demo.mjs
