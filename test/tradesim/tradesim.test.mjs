// tradesim in short: 300 seeds of the protocol are clean, and what is wrong is found: each planted variant by its committed
// seeds, which the protocol itself passes. `make torture-seeds` is the long form.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Lab, again } from "./lab.mjs";

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

// 300 in all; every committed seed below is among them, and what the long hunts found: 4305, an order of the model that filled
// after its end.
const CLEAN = { mixed: [...range(1, 189), 4305], storm: range(1, 40), late: range(1, 30), failover: [...range(1, 38), 150, 170] };

// Each of its seeds found it when it was committed. A change of the protocol's functions changes what happens in a seed:
// one that still finds it is enough.
const PLANTED = {
	seed_naive: { profile: "storm", seeds: range(1, 5), rules: ["duplicate", "over_user"] },
	uuid_intent: { profile: "storm", seeds: [2, 3, 4, 5, 10, 12], rules: ["duplicate"] },
	det_dup_reject: { profile: "storm", seeds: range(1, 8), rules: ["over_user", "over_account"] },
	missing_is_rejected: { profile: "late", seeds: [1, 2, 4, 5, 7, 8, 12], rules: ["over_user", "over_account"] },
	no_reconciliation: { profile: "failover", seeds: [4, 5, 8, 15, 17, 18, 19, 23], rules: ["over_user", "over_account", "unknown_to_us"] },
	early_list: { profile: "failover", seeds: [150, 37], rules: ["over_user", "over_account"] },
};

let lab;

before(async () => {
	lab = await new Lab().start();
});

after(() => lab?.stop());

test("300 seeds of the protocol: no violation", { timeout: 600_000 }, async () => {
	const bad = [];
	let seeds = 0;
	for (const [profile, list] of Object.entries(CLEAN)) {
		const options = { profile, variant: "clean" };
		for (const { seed, found } of await lab.seeds(list, options)) {
			seeds += 1;
			if (found.length > 0)
				bad.push(`${found[0].rule}: ${found[0].what}\n  again: ${again(seed, options)}`);
		}
	}
	assert.equal(seeds, 300);
	assert.deepEqual(bad, []);
});

for (const [variant, { profile, seeds, rules }] of Object.entries(PLANTED))
	test(`${variant} is found`, { timeout: 120_000 }, async () => {
		for (const seed of seeds)
			assert.ok(CLEAN[profile].includes(seed), `${profile} ${seed} is not among the clean ones`);
		const results = await lab.seeds(seeds, { profile, variant });
		assert.deepEqual(results.flatMap(({ found }) => found.filter(({ rule }) => rule === "error")), []);
		assert.ok(results.some(({ found }) => found.some(({ rule }) => rules.includes(rule))), `none of ${seeds} found it`);
	});
