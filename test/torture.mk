# The long hunts. Each is a target of its own, with a short form inside `make test`.
.PHONY: torture torture-crash

torture: torture-crash ## the long hunts; SEED=N repeats one

torture-crash: ## every cell of the crash matrix (SEED=N, LANES=N, CELLS="word ..." of their names)
	@test/lib/npm-ci
	@$(MAKE) -s BUILD=fp build/fp/bin/tradectl build/fp/bin/apid
	@node test/matrix/run.mjs $(CELLS)
