// One approval, at most one order: tradectl against the simulator, whose own log is the truth, with the faults that a
// broker, a network, a database and a kill -9 bring.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { run } from "../lib/proc.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const POST = "POST /v2/orders";
const SYMBOL = "BTC/USD";

let stack;
let persons = 0;

const clientId = (id) => `h1-${id.replaceAll("-", "")}`;

// The protocol's times, shortened; lease_seconds stays three times the HTTP timeout.
const TIMES = `http_timeout_ms = 1000, lease_seconds = 3, approval_ttl_seconds = 60, missing_after_seconds = 2,
	unresolved_after_seconds = 1`;

const CONFIG = JSON.stringify({
	version: 1,
	enabled: true,
	mode: "paper",
	data_inputs: [{ id: "coins", source: "alpaca", asset_class: "crypto", symbols: [SYMBOL] }],
	rules: [{
		id: "dip",
		type: "price_below",
		symbol: SYMBOL,
		price: 1000000,
		question_template: "Buy?",
		on_answer_match: { action: "propose_order", side: "buy", notional_usd: 10, time_in_force: "gtc" },
	}],
});

async function newPerson() {
	const uid = `person-${++persons}`;
	await stack.sql.rows(`insert into users (firebase_uid) values (${quote(uid)})`);
	await stack.sql.rows(`insert into user_trading_config (firebase_uid, config, enabled) values (${quote(uid)}, ${quote(CONFIG)}, true)`);
	return uid;
}

function questionFor(uid, id, now) {
	const at = new Date(now);
	return {
		id,
		firebase_uid: uid,
		kind: "proposal",
		rule_id: "dip",
		symbol: SYMBOL,
		asset_class: "crypto",
		as_of: at.toISOString(),
		chain_id: id,
		attempt: 1,
		question_text: "Buy?",
		source_tag: "trading:rule:dip",
		pipeline_step: "dip:await_confirm",
		created_at: at.toISOString(),
		expires_at: new Date(at.getTime() + 600_000).toISOString(),
		config_version: 1,
		template_version: null,
		mode: "paper",
		broker_account: "paper",
		metadata: { facts: {}, evidence: [] },
		proposal: {
			side: "buy",
			order_type: "market",
			notional_usd: "10",
			qty: null,
			limit_price: null,
			time_in_force: "gtc",
			price_asked: "50000",
			extended_hours: false,
			tunables: {
				approve_min: "7",
				skip_max: "-7",
				on_ambiguous: "follow_up",
				max_follow_ups: 1,
				max_drift_pct: "20",
				drift_side: "both",
				on_drift: "cancel",
				max_reasks: 0,
				undo_seconds: 0,
				cooldown_seconds: 0,
				after_skip: "cooldown",
				max_fires_per_day: 50,
				question_ttl_seconds: 600,
				close_buffer_seconds: 0,
				max_staleness_seconds: 86400,
			},
		},
	};
}

// A question to a new person, as evald asks it.
async function ask(proposal = {}) {
	const uid = await newPerson();
	const id = randomUUID();
	const now = await stack.sql.value("select clock_now()");
	const question = questionFor(uid, id, now);
	Object.assign(question.proposal, proposal);
	const batch = JSON.stringify({ max_queued: 5, asks: [question] });
	const [, outcome] = await stack.sql.row(`select question_id, outcome from eval_commit(${quote(batch)}::jsonb)`);
	assert.equal(outcome, "asked");
	return { uid, id };
}

// The person's answer, as apid takes it.
async function answer({ uid, id }, value) {
	await stack.sql.rows("begin");
	await stack.sql.rows(`set local hybridhub.uid = ${quote(uid)}`);
	const outcome = await stack.sql.value(`select question_answer(${quote(id)}, ${value}, null)`);
	await stack.sql.rows("commit");
	assert.equal(outcome, "ok");
}

async function approve() {
	const question = await ask();
	await answer(question, 10);
	return question.id;
}

const status = (id) => stack.sql.value(`select status from trade_orders where id = ${quote(id)}`);
const row = async (id, columns) => stack.sql.row(`select ${columns} from trade_orders where id = ${quote(id)}`);

function becomes(id, wanted, ms = 20_000) {
	return until(`order ${id} to be ${wanted}`, async () => {
		const seen = await status(id);
		if (seen === wanted)
			return seen;
		throw new Error(seen);
	}, ms);
}

async function atBroker(id) {
	return (await stack.sim.orders()).filter((order) => order.client_order_id === clientId(id));
}

async function posts() {
	return (await stack.sim.requests(POST)).length;
}

async function moves(id) {
	const rows = await stack.sql.rows(`select to_status from trade_order_events where order_id = ${quote(id)} order by id`);
	return rows.map(([to]) => to);
}

// Every order at the broker is one approval's, and no approval has two.
async function noSecondOrder() {
	const ids = (await stack.sim.orders()).map((order) => order.client_order_id);
	assert.equal(new Set(ids).size, ids.length);
	const known = new Set((await stack.sql.rows("select client_order_id from trade_orders")).map(([id]) => id));
	for (const id of ids)
		assert.ok(known.has(id), `${id} is explained by a question`);
}

async function haltLevel() {
	return stack.sql.value("select level from trading_halts where scope = 'account' and key = 'paper'");
}

async function resume() {
	await stack.sql.rows("update trading_halts set level = 'active', reason = null where scope = 'account' and key = 'paper'");
}

// The claim wants a fresh price of the symbol; nobody else stores one here.
async function storePrice() {
	const price = { symbol: SYMBOL, asset_class: "crypto", feed: "us", metric: "last_trade", price: "50000", as_of: new Date(), session: "none" };
	await stack.sql.rows("select market_data_partitions()");
	await stack.sql.rows(`select market_data_store(gen_random_uuid(), ${quote(JSON.stringify([price]))}::jsonb)`);
}

before(async () => {
	stack = new Stack({ name: "tradectl", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	await stack.startGround();
	await stack.sim.price(SYMBOL, "50000", { prev_close: "51000" });
	await storePrice();
	await stack.sql.rows(`update broker_account set ${TIMES}`);
	await stack.sql.rows("update hard_limits set max_orders_per_day = 10000, max_notional_usd_per_4h = 1000000 where scope = 'global'");
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
});

after(async () => {
	await stack?.stop();
});

test("an approval becomes one filled order", async () => {
	const id = await approve();
	await becomes(id, "filled");
	const orders = await atBroker(id);
	assert.equal(orders.length, 1);
	assert.equal(orders[0].symbol, SYMBOL);
	assert.equal(Number(orders[0].notional), 10);
	assert.deepEqual(await moves(id), ["approved", "reserved", "submitting", "accepted", "filled"]);
	const [broker, filled, price] = await row(id, "broker_status, filled_qty > 0, filled_avg_price is not null");
	assert.deepEqual([broker, filled, price], ["filled", "t", "t"]);
	const metrics = await fetch(`http://127.0.0.1:${stack.running.get("tradectl").ports.metrics}/metrics`);
	assert.equal((await metrics.text()).match(/^hybridhub_db_up\{.*\} 1$/gm)?.length, 2);
});

test("a skip becomes no order", async () => {
	const question = await ask();
	const sent = await posts();
	await answer(question, -10);
	await sleep(2500);
	assert.equal(await status(question.id), undefined);
	assert.equal(await posts(), sent);
});

for (const [fault, more] of [
	["accept_drop"], ["accept_then_504"], ["accept_then_422"], ["half_header"], ["half_body"], ["garbage_200"],
	["delay_ms", { ms: 3000 }],
])
	test(`${fault}: the order that the broker has is found by its id and not sent again`, async () => {
		const sent = await posts();
		await stack.sim.fault(POST, fault, more);
		const id = await approve();
		await becomes(id, "filled");
		assert.equal((await atBroker(id)).length, 1);
		assert.equal(await posts(), sent + 1);
		await noSecondOrder();
		const told = stack.program("tradectl").lines.filter((line) => line.includes(`client_order_id=${clientId(id)}`));
		for (const to of await moves(id))
			assert.ok(to === "approved" || told.some((line) => line.includes(`event=order.${to} `)), `${to} is in the log`);
	});

for (const [code, reason] of [["403", "insufficient buying power"], ["422", "unprocessable"]])
	test(`${code}: a refusal that asking by id confirms is rejected, with the broker's words`, async () => {
		await stack.sim.fault(POST, code);
		const id = await approve();
		await becomes(id, "rejected");
		assert.equal((await atBroker(id)).length, 0);
		const detail = await stack.sql.value(`select detail::text from trade_order_events where order_id = ${quote(id)} and to_status = 'rejected'`);
		assert.match(detail, new RegExp(reason));
		assert.equal(await haltLevel(), "active");
	});

test("an order that no broker could take is blocked at once, and its person is told why", async () => {
	const question = await ask({ notional_usd: "10.001" });
	const sent = await posts();
	await answer(question, 10);
	await becomes(question.id, "blocked", 5000);
	assert.deepEqual(await moves(question.id), ["approved", "reserved", "blocked"]);
	assert.deepEqual(await row(question.id, "reason, move_detail->>'message'"), ["BAD_ORDER", "notional is finer than cents"]);
	const digits = await ask({ notional_usd: null, qty: "0.00000000000001" });
	await answer(digits, 10);
	await becomes(digits.id, "blocked", 5000);
	assert.equal((await row(digits.id, "reason"))[0], "BAD_ORDER");
	assert.equal(await posts(), sent);
});

test("a request that never arrived ends unresolved and is not sent again", async () => {
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 3 where account = 'paper'");
	const sent = await posts();
	await stack.sim.fault(POST, "drop_before");
	const id = await approve();
	await becomes(id, "unresolved", 30_000);
	assert.equal(await posts(), sent + 1);
	assert.equal((await atBroker(id)).length, 0);
	assert.ok((await moves(id)).includes("unknown"));
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
});

test("429: goes back to approved; nothing is sent before the reset, and then it goes", async () => {
	await stack.sim.fault(POST, "429", { reset_in: 60 });
	const sent = await posts();
	const id = await approve();
	await until("the throttled order to go back", async () => (await moves(id)).slice(2).includes("approved"));
	assert.equal(await haltLevel(), "active");
	await sleep(3500); // without the wait it goes again after 2 s
	assert.equal(await posts(), sent + 1);
	// Another process knows nothing of the wait.
	await stack.stopDaemon("tradectl");
	await stack.restartDaemon("tradectl");
	await becomes(id, "filled");
	assert.equal((await atBroker(id)).length, 1);
});

test("an echo that differs is quarantined and halts the account; nothing more is sent until it is resumed", async () => {
	await stack.sim.fault(POST, "echo_differs", { change: { notional: "11" } });
	const id = await approve();
	await becomes(id, "quarantined");
	assert.equal(await haltLevel(), "halted");
	const sent = await posts();
	const stopped = await approve();
	await becomes(stopped, "blocked");
	assert.equal((await row(stopped, "reason"))[0], "HALTED");
	assert.equal(await posts(), sent);
	await resume();
});

test("a 200 that shows another order's id is no acceptance: quarantined, and the account is halted", async () => {
	const [other] = await stack.sim.orders();
	await stack.sim.fault(POST, "echo_differs", { change: { id: other.id } });
	const id = await approve();
	await becomes(id, "quarantined");
	await until("the halt", async () => (await haltLevel()) === "halted");
	await resume();
});

for (const [what, change] of [
	["of a size that nobody reads", { pad: "x".repeat(300_000) }],
	["with a negative fill", { filled_qty: "-1" }],
	["with more than there is", { filled_qty: "99999999999999999999" }],
	["with a fill that is NaN", { filled_qty: "NaN" }],
	["from no time", { submitted_at: "yesterday" }],
	["without our id", { client_order_id: null }],
])
	test(`a 200 ${what} proves nothing: the order is asked for by its id`, async () => {
		const sent = await posts();
		await stack.sim.fault(POST, "echo_differs", { change });
		const id = await approve();
		await becomes(id, "filled");
		assert.ok((await moves(id)).includes("unknown"));
		assert.equal(await posts(), sent + 1);
		assert.equal(await haltLevel(), "active");
	});

test("a database that went back: the yes whose order the broker has already finds it, and there is no second", async () => {
	const question = await ask();
	const response = await fetch(`${stack.sim.url}/v2/orders`, {
		method: "POST",
		headers: { "APCA-API-KEY-ID": SIM.key_id, "APCA-API-SECRET-KEY": SIM.secret, "Content-Type": "application/json" },
		body: JSON.stringify({ symbol: SYMBOL, notional: "10", side: "buy", type: "market", time_in_force: "gtc", client_order_id: clientId(question.id) }),
	});
	assert.equal(response.status, 200);
	await answer(question, 10);
	await becomes(question.id, "filled");
	assert.equal((await atBroker(question.id)).length, 1);
	await noSecondOrder();
});

test("401: refused, and the account is halted", async () => {
	await stack.sim.fault(POST, "status:401", { code: 40110000, message: "request is not authorized" });
	const id = await approve();
	await becomes(id, "rejected");
	assert.equal(await haltLevel(), "halted");
	await resume();
	await until("tradectl to be ready again", () => stack.waitReady("tradectl").then(() => true));
});

test("kill -9 while the answer is awaited: found by its id after the restart", async () => {
	const sent = await posts();
	await stack.sim.fault(POST, "delay_ms", { ms: 5000 });
	const id = await approve();
	await becomes(id, "submitting");
	await until("the POST at the broker", async () => (await atBroker(id)).length === 1);
	await stack.killDaemon("tradectl");
	await stack.restartDaemon("tradectl");
	await becomes(id, "filled");
	assert.equal(await posts(), sent + 1);
});

test("kill -9 between the last fence and the first byte: unresolved, and nothing was sent", async () => {
	const shim = join(stack.dir, "kill-before-send.so");
	await run("cc", ["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", shim, join(TOP, "test/lib/kill-before-send.c")]);
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 3 where account = 'paper'");
	await stack.stopDaemon("tradectl");
	const sent = await posts();
	const program = await stack.startDaemon("tradectl", { instance: "doomed", env: { LD_PRELOAD: shim, ASAN_OPTIONS: "verify_asan_link_order=0" } });
	const id = await approve();
	assert.equal((await program.exited).signal, "SIGKILL");
	assert.equal(await status(id), "submitting");
	await stack.restartDaemon("tradectl");
	await becomes(id, "unresolved", 30_000);
	assert.equal(await posts(), sent);
	assert.equal((await atBroker(id)).length, 0);
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
});

test("trading switched off: nothing is claimed, approvals expire, open orders are still followed", async () => {
	await stack.sim.do("config", { fill_plan: ["0.5", "hold"] });
	const open = await approve();
	await becomes(open, "partially_filled");
	await stack.stopDaemon("tradectl");
	const program = await stack.startDaemon("tradectl", { instance: "idle", env: { TRADING_ENABLED: "false" } });
	await stack.waitReady("idle");
	assert.equal((await stack.readiness("idle")).body, "ready, idle: TRADING_ENABLED is false\n");
	const sent = await posts();
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 2 where account = 'paper'");
	const id = await approve();
	await stack.sim.do("fill", { order: clientId(open) });
	await becomes(id, "expired");
	await becomes(open, "filled");
	assert.equal(await posts(), sent);
	assert.equal((await program.stop()).code, 0);
	await stack.sim.do("config", { fill_plan: ["1"] });
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
	await stack.restartDaemon("tradectl");
});

test("Postgres restarts under way: one order, and tradectl is ready again", async () => {
	await stack.sim.fault(POST, "delay_ms", { ms: 500 });
	const id = await approve();
	await becomes(id, "submitting");
	await stack.sql.close();
	await stack.cluster.restart("immediate");
	stack.sql = stack.cluster.session();
	await becomes(id, "filled", 30_000);
	assert.equal((await atBroker(id)).length, 1);
	await stack.waitReady("tradectl");
});

test("a broker that is away: not ready and says so; the order goes when it is back", async () => {
	const { port } = new URL(stack.sim.url);
	await stack.sim.do("config", { fill_plan: ["hold"] });
	const open = await approve();
	await becomes(open, "accepted");
	await stack.simProgram.stop();
	await stack.stopDaemon("tradectl");
	await stack.startDaemon("tradectl");
	const id = await approve();
	await until("tradectl to say what is missing", async () => {
		const { metrics } = stack.running.get("tradectl").ports;
		const response = await fetch(`http://127.0.0.1:${metrics}/readyz`);
		return response.status === 503 && (await response.text()).includes("broker");
	});
	assert.equal(await status(id), "approved");
	// It cannot reconcile, and lives all the same.
	const served = () => stack.sql.value("select served_at from broker_account where account = 'paper'");
	const first = await served();
	await until("served_at to go on", async () => (await served()) !== first, 13_000);
	await stack.sql.rows(`select order_follow(id, jsonb_build_object('id', alpaca_order_id, 'client_order_id', client_order_id,
		'status', 'canceled', 'filled_qty', '0')) from trade_orders where id = ${quote(open)}`);
	await stack.startSim(["--always-open", "--listen", `127.0.0.1:${port}`]);
	// It holds what it held; an account that has lost its positions would trip.
	await stack.sim.do("account", { positions: [{ symbol: SYMBOL, qty: "1000", cost: "1" }] });
	await stack.sim.price(SYMBOL, "50000", { prev_close: "51000" });
	await becomes(id, "filled", 40_000);
	assert.equal((await atBroker(id)).length, 1);
	await stack.waitReady("tradectl", 40_000);
});

test("new keys of another account: not ready, nothing claimed or asked for; with the old account's it goes on", async () => {
	const program = stack.program("tradectl");
	const { metrics } = stack.running.get("tradectl").ports;
	await stack.sim.do("account", { account_number: "PA9STRANGER" });
	program.signal("SIGHUP");
	await until("tradectl to say so", async () => (await (await fetch(`http://127.0.0.1:${metrics}/readyz`)).text()).includes("another account"));
	const id = await approve();
	const sent = await posts();
	await sleep(2500);
	assert.equal(await status(id), "approved");
	assert.equal(await posts(), sent);
	await stack.sim.do("account", { account_number: "PA0SIMULATED" });
	program.signal("SIGHUP");
	await becomes(id, "filled");
	await stack.waitReady("tradectl");
	assert.ok(!program.lines.some((line) => line.includes("PA9STRANGER")));
});

test("two instances race over 50 approvals: 50 orders", async () => {
	const before = (await stack.sim.orders()).length;
	await stack.startDaemon("tradectl", { instance: "tradectl2" });
	await stack.waitReady("tradectl2");
	const questions = [];
	for (let i = 0; i < 50; i++)
		questions.push(await ask());
	for (const question of questions)
		await answer(question, 10);
	for (const { id } of questions)
		await becomes(id, "filled", 60_000);
	assert.equal((await stack.sim.orders()).length, before + 50);
	await noSecondOrder();
	const ids = questions.map(({ id }) => quote(id)).join(", ");
	const workers = await stack.sql.value(
		`select count(distinct detail->>'worker') from trade_order_events where to_status = 'reserved' and order_id in (${ids})`,
	);
	assert.equal(workers, "2");
});

test("a drain finishes the order under way", async () => {
	await stack.stopDaemon("tradectl2");
	await stack.sim.fault(POST, "delay_ms", { ms: 600 });
	const id = await approve();
	await becomes(id, "submitting");
	const how = await stack.stopDaemon("tradectl");
	assert.equal(how.code, 0);
	assert.ok(["accepted", "filled"].includes(await status(id)));
});

test("the log tells every move once, with its order and sentence", async () => {
	const lines = stack.program("tradectl").lines.filter((line) => line.includes("event=order.accepted"));
	assert.ok(lines.length > 0);
	for (const line of lines)
		assert.match(line, /order_id=[0-9a-f-]{36} .*client_order_id=h1-[0-9a-f]{32}/);
	const open = await stack.sql.value(`select count(*) from trade_orders where status in ('reserved', 'submitting')`);
	assert.equal(open, "0");
});

test("a drain waits for a halt that is not stored yet, and for the quarantine behind it", async () => {
	await stack.sql.rows("update broker_account set http_timeout_ms = 3000, lease_seconds = 9 where account = 'paper'");
	if (stack.program("tradectl").alive)
		await stack.stopDaemon("tradectl");
	await stack.restartDaemon("tradectl");
	const holder = stack.cluster.session();
	await stack.sim.fault(POST, "echo_differs", { change: { notional: "11" } });
	stack.simProgram.signal("SIGSTOP");
	try {
		const id = await approve();
		await becomes(id, "submitting");
		await holder.rows("begin");
		await holder.rows("lock table trading_halts in exclusive mode");
		const ended = stack.stopDaemon("tradectl");
		await sleep(200);
		stack.simProgram.signal("SIGCONT");
		await sleep(700);
		assert.equal(await status(id), "submitting");
		await holder.rows("commit");
		assert.equal((await ended).code, 0);
		assert.equal(await haltLevel(), "halted");
		assert.equal(await status(id), "quarantined");
	} finally {
		stack.simProgram.signal("SIGCONT");
		await holder.close();
	}
	await resume();
});
