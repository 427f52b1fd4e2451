# make paper-check: with ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY of a paper account in the environment.
.PHONY: paper-check

paper-check: ## one small order on your own paper account, end to end; skipped without keys
	@if [ -z "$$ALPACA_API_KEY_ID" ] || [ -z "$$ALPACA_API_SECRET_KEY" ]; then \
		echo "SKIP paper-check: ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY of a paper account are not set"; \
	else \
		deploy/install-packages && $(MAKE) --no-print-directory -s -j2 all && exec node deploy/paper-check/paper-check.mjs; \
	fi
