// Several real tradectl at once over many approvals: nobody ends over a limit, and no approval is two orders. The same with the
// lock taken out of the claim must end over limits, or this test sees nothing. What counts is the simulator's own log.
// RACE_APPROVALS=N for another number than 2,000.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Approvals } from "./approvals.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const APPROVALS = Number(process.env.RACE_APPROVALS ?? 2000);
const PEOPLE = 40;
const EACH = Math.floor(APPROVALS / PEOPLE);
// Half of what a person approved may go, and a tenth of that not because of the whole account's cap.
const OWN = Math.floor(EACH / 2);
const ALL = Math.floor(PEOPLE * OWN * 0.9);
const WAIT_MS = 120_000 + APPROVALS * 200;

const LOCK = `    update broker_account b set reserve_seq = b.reserve_seq + 1, reserved_before = b.last_reserved_at,
        last_reserved_at = greatest(clock_now(), b.last_reserved_at) where b.account = p_account returning b.* into v_account;
`;
const NO_LOCK = "    select b.* into v_account from broker_account b where b.account = p_account; v_account.last_reserved_at := clock_now();\n";
const GIVES_BACK = "set reserve_seq = b.reserve_seq - 1, "; // what was never taken
const RESERVES = "    if v_status = 'reserved' then\n";

let stack;
let approvals;

before(async () => {
	stack = new Stack({ name: "race", daemons: [], binDir: process.env.BIN_DIR ?? "build/bin" });
	await stack.startGround();
	approvals = new Approvals(stack);
	await approvals.open();
});

after(() => stack?.stop());

// The account's cap grows by what earlier rounds hold.
async function stage() {
	const held = (await stack.sim.orders()).length;
	await stack.sql.rows(`update hard_limits set max_orders_per_day = ${held + ALL} where scope = 'global'`);
	return { held, ...(await approvals.stage(PEOPLE, EACH, OWN)) };
}

async function settled(round) {
	await until("every approval at its end", async () => {
		const rows = await stack.sql.rows(`select status, count(*) from trade_orders where firebase_uid like 'r${round}-%' group by 1`);
		if (rows.some(([status]) => ["approved", "reserved", "submitting", "unknown"].includes(status)))
			throw new Error(rows.map((row) => row.join(" ")).join(", "));
		return rows.length > 0;
	}, WAIT_MS, 250);
}

// By the simulator's own books, {orders, over: [uid n ...], twice, account}, and its log of requests, {again}: ids that were sent
// more than once, which it would have refused.
async function truth({ round, held }) {
	const owners = new Map((await stack.sql.rows(`select client_order_id, firebase_uid from trade_orders where firebase_uid like 'r${round}-%'`)));
	const book = (await stack.sim.orders()).filter((order) => owners.has(order.client_order_id));
	const sent = (await stack.sim.requests("POST /v2/orders")).map(({ body }) => body.client_order_id).filter((id) => owners.has(id));
	const people = new Map();
	for (const order of book)
		people.set(owners.get(order.client_order_id), (people.get(owners.get(order.client_order_id)) ?? 0) + 1);
	return {
		orders: book.length,
		over: [...people].filter(([, count]) => count > OWN).map((pair) => pair.join(" ")),
		twice: book.length - new Set(book.map((order) => order.client_order_id)).size,
		again: sent.filter((id, i) => sent.indexOf(id) !== i),
		account: (await stack.sim.orders()).length - held - ALL,
	};
}

async function race(instances) {
	const stage_ = await stage();
	const names = Array.from({ length: instances }, (_, i) => `tradectl-${stage_.round}-${i + 1}`);
	await Promise.all(names.map((instance) => stack.startDaemon("tradectl", { instance, env: { LOG_LEVEL: "info" } })));
	await settled(stage_.round);
	const workers = Number(await stack.sql.value(`select count(distinct e.detail->>'worker') from trade_order_events e join trade_orders o on o.id = e.order_id
		where e.to_status = 'reserved' and o.firebase_uid like 'r${stage_.round}-%'`));
	const seen = await truth(stage_);
	await Promise.all(names.map((instance) => stack.stopDaemon(instance)));
	return { ...seen, workers };
}

for (const instances of [2, 4])
	test(`${instances} tradectl over ${PEOPLE * EACH} approvals of ${PEOPLE} people: nobody over a limit`, { timeout: WAIT_MS + 60_000 }, async (t) => {
		const { orders, over, twice, again, account, workers } = await race(instances);
		t.diagnostic(`${orders} orders, ${workers} of ${instances} had a part in it`);
		assert.deepEqual({ over, twice, again }, { over: [], twice: 0, again: [] });
		assert.ok(account <= 0, `${account} over the account's cap`);
		assert.equal(orders, ALL, "some went and the others did not");
		assert.ok(workers >= 2, `only ${workers} had a part in it`);
		const reasons = await stack.sql.rows(`select distinct reason from trade_orders where firebase_uid like 'r${approvals.rounds}-%' and status = 'blocked'`);
		assert.deepEqual(reasons.flat(), ["MAX_ORDERS_PER_DAY"]);
	});

test("the same without the lock ends over limits: this test can see it", { timeout: WAIT_MS + 60_000 }, async (t) => {
	const claim = readFileSync(`${TOP}sql/function/order_claim.sql`, "utf8");
	assert.ok([LOCK, GIVES_BACK, RESERVES].every((part) => claim.includes(part)), "order_claim.sql has changed: take the lock out here too");
	await stack.sql.rows(claim.replace(LOCK, NO_LOCK).replaceAll(GIVES_BACK, "set ").replace(RESERVES, `    perform pg_sleep(0.02);\n${RESERVES}`));
	await stack.sql.rows("grant execute on function order_claim(text, text, timestamptz, uuid) to hybridhub_tradectl");
	const { over, account } = await race(4);
	t.diagnostic(`${over.length} people over their limit, the account by ${account}`);
	assert.ok(over.length > 0 || account > 0, "without the lock nobody went over a limit");
});
