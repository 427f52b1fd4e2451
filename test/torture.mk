# The long hunts. Each is a target of its own, with a short form inside `make test`.
.PHONY: torture torture-crash torture-seeds torture-race

torture: torture-crash torture-seeds torture-race ## the long hunts; SEED=N repeats one

torture-crash: ## every cell of the crash matrix (SEED=N, LANES=N, CELLS="word ..." of their names)
	@test/lib/npm-ci
	@$(MAKE) -s BUILD=fp build/fp/bin/tradectl build/fp/bin/apid
	@node test/matrix/run.mjs $(CELLS)

torture-seeds: ## 20,000 seeds of the order protocol (test/tradesim; SEEDS=1..N; each seed that fails prints its command)
	@test/lib/npm-ci
	@status=0; for part in mixed:14000 storm:2000 late:2000 failover:2000; do \
		node test/tradesim/main.mjs --profile $${part%:*} --seeds $(or $(SEEDS),1..$${part#*:}) || status=1; \
	done; exit $$status

torture-race: all ## 2 and 4 tradectl over 2,000 approvals of 40 people, and the same without the lock (APPROVALS=N)
	@test/lib/npm-ci
	@RACE_APPROVALS=$(or $(APPROVALS),2000) node --test --test-reporter=tap test/it/race.test.mjs
