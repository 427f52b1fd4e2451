# The long hunts. Each is a target of its own, with a short form inside `make test`.
.PHONY: torture torture-crash torture-seeds

torture: torture-crash torture-seeds ## the long hunts; SEED=N repeats one

torture-crash: ## every cell of the crash matrix (SEED=N, LANES=N, CELLS="word ..." of their names)
	@test/lib/npm-ci
	@$(MAKE) -s BUILD=fp build/fp/bin/tradectl build/fp/bin/apid
	@node test/matrix/run.mjs $(CELLS)

torture-seeds: ## 20,000 seeds of the order protocol (test/tradesim; SEEDS=1..N; each seed that fails prints its command)
	@test/lib/npm-ci
	@node test/tradesim/main.mjs --profile mixed --seeds $(or $(SEEDS),1..14000)
	@node test/tradesim/main.mjs --profile storm --seeds $(or $(SEEDS),1..2000)
	@node test/tradesim/main.mjs --profile late --seeds $(or $(SEEDS),1..2000)
	@node test/tradesim/main.mjs --profile failover --seeds $(or $(SEEDS),1..2000)
