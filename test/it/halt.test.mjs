// A halt that commits before the last fence stops that order: 1,000 tries with two sessions at once, no slip; and a fence that
// only looks at the halts without locking them slips, or this test sees nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { Random } from "../tradesim/random.mjs";
import { Approvals } from "./approvals.mjs";
import { Stack } from "../lib/stack.mjs";

const TRIES = 1000;
const SEED = Number(process.env.SEED ?? 1);

let stack;
let approvals;
const sessions = [];

async function session() {
	const client = new pg.Client({ connectionString: stack.cluster.url() });
	await client.connect();
	sessions.push(client);
	return client;
}

before(async () => {
	stack = new Stack({ name: "halt", daemons: [], binDir: process.env.BIN_DIR ?? "build/bin" });
	await stack.startGround();
	await stack.sql.rows("alter system set track_commit_timestamp = on");
	await stack.restartPostgres("fast");
	approvals = new Approvals(stack);
	await approvals.open();
});

after(async () => {
	await Promise.all(sessions.map((client) => client.end()));
	await stack?.stop();
});

const value = async (client, name, text, values = []) => Object.values((await client.query({ name, text, values })).rows[0])[0];

// Fences and halts at once, in every order. A slip: `go`, and Postgres committed the halt before it. Returns {slips, went, stopped}.
async function duel(tries, random) {
	const [fence, halt] = [await session(), await session()];
	await approvals.stage(20, tries / 20);
	await stack.sql.rows("select broker_reconciled('paper')");
	const result = { slips: [], went: 0, stopped: 0 };
	for (let n = 0; n < tries; n += 1) {
		const { rows: [{ id, fence: number }] } = await fence.query({ name: "claim", text: "select id, fence from order_claim('paper', 'w') where outcome = 'reserved'" });
		const began = () => value(fence, "fence", "select order_begin_send($1, $2, 'w')", [id, number]);
		const halted = () => value(halt, "halt", "select halt_set('global', '', 'halted', 'a try', 'test', false)");
		const how = random.pick(["halt first", "together", "together", "fence a little later", "halt a little later"]);
		let word;
		if (how === "halt first") {
			await halted();
			word = await began();
		} else {
			const wait = (ms) => new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));
			const later = random.between(0, 2);
			const parts = [
				how === "fence a little later" ? wait(later).then(began) : began(),
				how === "halt a little later" ? wait(later).then(halted) : halted(),
			];
			[word] = await Promise.all(random.chance(0.5) ? parts : parts.reverse()).then((said) => said.filter((text) => text !== "halted"));
		}
		if (word === "go")
			result.went += 1;
		else {
			assert.equal(word, "HALTED");
			result.stopped += 1;
		}
		const behind = await value(fence, "behind", `select count(*)::int from trade_order_events e where e.order_id = $1 and e.to_status = 'submitting'
			and pg_xact_commit_timestamp(e.xmin) > (select pg_xact_commit_timestamp(h.xmin) from trading_halt_events h order by h.id desc limit 1)`, [id]);
		if (behind > 0)
			result.slips.push(`${id} (${how})`);
		await value(halt, "resume", "select halt_set('global', '', 'active', 'the next try', 'test', false)");
	}
	return result;
}

test(`${TRIES} halts against the last fence: no slip`, { timeout: 180_000 }, async () => {
	const { slips, went, stopped } = await duel(TRIES, new Random(SEED));
	assert.deepEqual(slips, [], `SEED=${SEED}`);
	assert.ok(went > TRIES / 20 && stopped > TRIES / 5, `${went} went, ${stopped} were stopped: too one-sided to prove anything`);
});

test("a fence that looks without locking slips: this test can see it", { timeout: 120_000 }, async () => {
	await stack.sql.rows("select halt_set('global', '', 'active', 'go', 'test', false)");
	await stack.sql.rows(`create or replace function halt_level_locked(p_uid text, p_account text) returns text language plpgsql as $$
		declare v text := halt_level(p_uid, p_account); begin perform pg_sleep(0.003); return v; end $$`);
	const { slips } = await duel(60, new Random(SEED));
	assert.ok(slips.length > 0, "it did not slip");
});
