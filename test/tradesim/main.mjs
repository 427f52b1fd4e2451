// tradesim: seeds of the order protocol against the real SQL functions.
//   node test/tradesim/main.mjs [--seeds 1..300] [--profile mixed] [--variant clean] [--lanes 2] [--story]
// Exit 1 when a seed violates anything; each is named with the command that plays it again.
import { parseArgs } from "node:util";
import { Lab, again } from "./lab.mjs";
import { VARIANTS } from "./variant.mjs";
import { PROFILES } from "./world.mjs";

const { values } = parseArgs({
	options: {
		seeds: { type: "string", default: "1..300" },
		profile: { type: "string", default: "mixed" },
		variant: { type: "string", default: "clean" },
		lanes: { type: "string", default: "2" },
		story: { type: "boolean", default: false },
	},
});
// So often a long run says how far it is.
const TELL_EVERY = 500;

const { profile, variant, story } = values;
if (!PROFILES[profile] || !VARIANTS[variant]) {
	console.error(`profiles: ${Object.keys(PROFILES).join(" ")}; variants: ${Object.keys(VARIANTS).join(" ")}`);
	process.exit(64);
}

function seedsOf(text) {
	return text.split(",").flatMap((part) => {
		const [from, to = from] = part.split("..").map(Number);
		return Array.from({ length: to - from + 1 }, (_, i) => from + i);
	});
}

const seeds = seedsOf(values.seeds);
const lab = await new Lab().start();
const began = Date.now();
const sums = { seeds: 0, bad: 0, calls: 0, deaths: 0, failovers: 0, rewound: 0, orders: 0 };
const rules = {};
await lab.seeds(seeds, {
	profile,
	variant,
	story,
	lanes: Number(values.lanes),
	each({ seed, found, world }) {
		sums.seeds += 1;
		sums.deaths += world.deaths;
		sums.failovers += world.failovers;
		sums.rewound += world.rewound;
		sums.orders += world.broker.log.length;
		for (const rule of new Set(found.map((violation) => violation.rule)))
			rules[rule] = (rules[rule] ?? 0) + 1;
		if (story)
			console.log(world.story.join("\n"));
		if (sums.seeds % TELL_EVERY === 0)
			console.log(`# ${sums.seeds} of ${seeds.length} seeds, ${sums.bad} with violations, ${Math.round((Date.now() - began) / 1000)} s`);
		if (found.length === 0)
			return;
		sums.bad += 1;
		console.log(`not ok - seed ${seed}: ${found.slice(0, 3).map(({ rule, what }) => `${rule}: ${what}`).join("; ")}`);
		console.log(`#   ${again(seed, { profile, variant })}`);
	},
});
sums.calls = [...lab.made.values()].reduce((sum, database) => sum + database.calls, 0);
const seconds = (Date.now() - began) / 1000;
console.log(`${sums.seeds} seeds in ${seconds.toFixed(1)} s (${variant}, ${profile}): ${sums.bad} with violations ${JSON.stringify(rules)}`);
console.log(`${sums.orders} orders at the broker, ${sums.deaths} deaths, ${sums.failovers} failovers (${sums.rewound} seen), ${sums.calls} calls of SQL`);
await lab.stop();
process.exit(sums.bad > 0 ? 1 : 0);
