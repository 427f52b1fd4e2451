.PHONY: bench

bench: all ## answer to POST beside graphile-worker's hop, what commits and connections cost, claims a second (ORDERS=, CLAIMS=, FSYNC=off)
	@test/lib/npm-ci
	@node test/bench/bench.mjs
