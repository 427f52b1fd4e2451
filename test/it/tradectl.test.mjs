// One approval, at most one order: tradectl against the simulator, whose own log is the truth, with the faults that a
// broker, a network, a database and a kill -9 bring.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { run } from "../lib/proc.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { Desk, POST, SYMBOL, clientId } from "./desk.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
let stack;
let desk;

before(async () => {
	stack = new Stack({ name: "tradectl", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
});

after(async () => {
	await stack?.stop();
});

test("an approval becomes one filled order", async () => {
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	const orders = await desk.atBroker(id);
	assert.equal(orders.length, 1);
	assert.equal(orders[0].symbol, SYMBOL);
	assert.equal(Number(orders[0].notional), 10);
	assert.deepEqual(await desk.moves(id), ["approved", "reserved", "submitting", "accepted", "filled"]);
	const [broker, filled, price] = await desk.row(id, "broker_status, filled_qty > 0, filled_avg_price is not null");
	assert.deepEqual([broker, filled, price], ["filled", "t", "t"]);
	const metrics = await fetch(`http://127.0.0.1:${stack.running.get("tradectl").ports.metrics}/metrics`);
	assert.equal((await metrics.text()).match(/^hybridhub_db_up\{.*\} 1$/gm)?.length, 2);
});

test("a skip becomes no order", async () => {
	const question = await desk.ask();
	const sent = await desk.posts();
	assert.equal(await desk.answer(question, -10), "ok");
	await sleep(2500);
	assert.equal(await desk.status(question.id), undefined);
	assert.equal(await desk.posts(), sent);
});

for (const [fault, more] of [
	["accept_drop"], ["accept_then_504"], ["accept_then_422"], ["half_header"], ["half_body"], ["garbage_200"],
	["delay_ms", { ms: 3000 }],
])
	test(`${fault}: the order that the broker has is found by its id and not sent again`, async () => {
		const sent = await desk.posts();
		await stack.sim.fault(POST, fault, more);
		const id = await desk.approve();
		await desk.becomes(id, "filled");
		assert.equal((await desk.atBroker(id)).length, 1);
		assert.equal(await desk.posts(), sent + 1);
		await desk.noSecondOrder();
		const told = stack.program("tradectl").lines.filter((line) => line.includes(`client_order_id=${clientId(id)}`));
		for (const to of await desk.moves(id))
			assert.ok(to === "approved" || told.some((line) => line.includes(`event=order.${to} `)), `${to} is in the log`);
	});

for (const [code, reason] of [["403", "insufficient buying power"], ["422", "unprocessable"]])
	test(`${code}: a refusal that asking by id confirms is rejected, with the broker's words`, async () => {
		await stack.sim.fault(POST, code);
		const id = await desk.approve();
		await desk.becomes(id, "rejected");
		assert.equal((await desk.atBroker(id)).length, 0);
		const detail = await stack.sql.value(`select detail::text from trade_order_events where order_id = ${quote(id)} and to_status = 'rejected'`);
		assert.match(detail, new RegExp(reason));
		assert.equal(await desk.haltLevel(), "active");
	});

test("an order that no broker could take is blocked at once, and its person is told why", async () => {
	const question = await desk.ask({ proposal: { notional_usd: "10.001" } });
	const sent = await desk.posts();
	assert.equal(await desk.answer(question, 10), "ok");
	await desk.becomes(question.id, "blocked", 5000);
	assert.deepEqual(await desk.moves(question.id), ["approved", "reserved", "blocked"]);
	assert.deepEqual(await desk.row(question.id, "reason, move_detail->>'message'"), ["BAD_ORDER", "notional is finer than cents"]);
	const digits = await desk.ask({ proposal: { notional_usd: null, qty: "0.00000000000001" } });
	assert.equal(await desk.answer(digits, 10), "ok");
	await desk.becomes(digits.id, "blocked", 5000);
	assert.equal((await desk.row(digits.id, "reason"))[0], "BAD_ORDER");
	assert.equal(await desk.posts(), sent);
});

test("a request that never arrived ends unresolved and is not sent again", async () => {
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 3 where account = 'paper'");
	const sent = await desk.posts();
	await stack.sim.fault(POST, "drop_before");
	const id = await desk.approve();
	await desk.becomes(id, "unresolved", 30_000);
	assert.equal(await desk.posts(), sent + 1);
	assert.equal((await desk.atBroker(id)).length, 0);
	assert.ok((await desk.moves(id)).includes("unknown"));
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
});

test("429: goes back to approved; nothing is sent before the reset, and then it goes", async () => {
	await stack.sim.fault(POST, "429", { reset_in: 60 });
	const sent = await desk.posts();
	const id = await desk.approve();
	await until("the throttled order to go back", async () => (await desk.moves(id)).slice(2).includes("approved"));
	assert.equal(await desk.haltLevel(), "active");
	await sleep(3500); // without the wait it goes again after 2 s
	assert.equal(await desk.posts(), sent + 1);
	// Another process knows nothing of the wait.
	await stack.stopDaemon("tradectl");
	await stack.restartDaemon("tradectl");
	await desk.becomes(id, "filled");
	assert.equal((await desk.atBroker(id)).length, 1);
});

test("an echo that differs is quarantined and halts the account; nothing more is sent until it is resumed", async () => {
	await stack.sim.fault(POST, "echo_differs", { change: { notional: "11" } });
	const id = await desk.approve();
	await desk.becomes(id, "quarantined");
	assert.equal(await desk.haltLevel(), "halted");
	const sent = await desk.posts();
	const stopped = await desk.approve();
	await desk.becomes(stopped, "blocked");
	assert.equal((await desk.row(stopped, "reason"))[0], "HALTED");
	assert.equal(await desk.posts(), sent);
	await desk.resume();
});

test("a 200 that shows another order's id is no acceptance: quarantined, and the account is halted", async () => {
	const [other] = await stack.sim.orders();
	await stack.sim.fault(POST, "echo_differs", { change: { id: other.id } });
	const id = await desk.approve();
	await desk.becomes(id, "quarantined");
	await until("the halt", async () => (await desk.haltLevel()) === "halted");
	await desk.resume();
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
		const sent = await desk.posts();
		await stack.sim.fault(POST, "echo_differs", { change });
		const id = await desk.approve();
		await desk.becomes(id, "filled");
		assert.ok((await desk.moves(id)).includes("unknown"));
		assert.equal(await desk.posts(), sent + 1);
		assert.equal(await desk.haltLevel(), "active");
	});

test("a database that went back: the yes whose order the broker has already finds it, and there is no second", async () => {
	const question = await desk.ask();
	await desk.atBrokerAlready(question.id);
	assert.equal(await desk.answer(question, 10), "ok");
	await desk.becomes(question.id, "filled");
	assert.equal((await desk.atBroker(question.id)).length, 1);
	await desk.noSecondOrder();
});

test("401: refused, and the account is halted", async () => {
	await stack.sim.fault(POST, "status:401", { code: 40110000, message: "request is not authorized" });
	const id = await desk.approve();
	await desk.becomes(id, "rejected");
	assert.equal(await desk.haltLevel(), "halted");
	await desk.resume();
	await until("tradectl to be ready again", () => stack.waitReady("tradectl").then(() => true));
});

test("kill -9 while the answer is awaited: found by its id after the restart", async () => {
	const sent = await desk.posts();
	await stack.sim.fault(POST, "delay_ms", { ms: 5000 });
	const id = await desk.approve();
	await desk.becomes(id, "submitting");
	await until("the POST at the broker", async () => (await desk.atBroker(id)).length === 1);
	await stack.killDaemon("tradectl");
	await stack.restartDaemon("tradectl");
	await desk.becomes(id, "filled");
	assert.equal(await desk.posts(), sent + 1);
});

test("kill -9 between the last fence and the first byte: unresolved, and nothing was sent", async () => {
	const shim = join(stack.dir, "kill-before-send.so");
	await run("cc", ["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", shim, join(TOP, "test/lib/kill-before-send.c")]);
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 3 where account = 'paper'");
	await stack.stopDaemon("tradectl");
	const sent = await desk.posts();
	const program = await stack.startDaemon("tradectl", { instance: "doomed", env: { LD_PRELOAD: shim, ASAN_OPTIONS: "verify_asan_link_order=0" } });
	const id = await desk.approve();
	assert.equal((await program.exited).signal, "SIGKILL");
	assert.equal(await desk.status(id), "submitting");
	await stack.restartDaemon("tradectl");
	await desk.becomes(id, "unresolved", 30_000);
	assert.equal(await desk.posts(), sent);
	assert.equal((await desk.atBroker(id)).length, 0);
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
});

test("trading switched off: nothing is claimed, approvals expire, open orders are still followed", async () => {
	await stack.sim.do("config", { fill_plan: ["0.5", "hold"] });
	const open = await desk.approve();
	await desk.becomes(open, "partially_filled");
	await stack.stopDaemon("tradectl");
	const program = await stack.startDaemon("tradectl", { instance: "idle", env: { TRADING_ENABLED: "false" } });
	await stack.waitReady("idle");
	assert.equal((await stack.readiness("idle")).body, "ready, idle: TRADING_ENABLED is false\n");
	const sent = await desk.posts();
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 2 where account = 'paper'");
	const id = await desk.approve();
	await stack.sim.do("fill", { order: clientId(open) });
	await desk.becomes(id, "expired");
	await desk.becomes(open, "filled");
	assert.equal(await desk.posts(), sent);
	assert.equal((await program.stop()).code, 0);
	await stack.sim.do("config", { fill_plan: ["1"] });
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
	await stack.restartDaemon("tradectl");
});

test("Postgres restarts under way: one order, and tradectl is ready again", async () => {
	await stack.sim.fault(POST, "delay_ms", { ms: 500 });
	const id = await desk.approve();
	await desk.becomes(id, "submitting");
	await stack.sql.close();
	await stack.cluster.restart("immediate");
	stack.sql = stack.cluster.session();
	await desk.becomes(id, "filled", 30_000);
	assert.equal((await desk.atBroker(id)).length, 1);
	await stack.waitReady("tradectl");
});

test("a broker that is away: not ready and says so; the order goes when it is back", async () => {
	const { port } = new URL(stack.sim.url);
	await stack.sim.do("config", { fill_plan: ["hold"] });
	const open = await desk.approve();
	await desk.becomes(open, "accepted");
	await stack.simProgram.stop();
	await stack.stopDaemon("tradectl");
	await stack.startDaemon("tradectl");
	const id = await desk.approve();
	await until("tradectl to say what is missing", async () => {
		const { metrics } = stack.running.get("tradectl").ports;
		const response = await fetch(`http://127.0.0.1:${metrics}/readyz`);
		return response.status === 503 && (await response.text()).includes("broker");
	});
	assert.equal(await desk.status(id), "approved");
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
	await desk.becomes(id, "filled", 40_000);
	assert.equal((await desk.atBroker(id)).length, 1);
	await stack.waitReady("tradectl", 40_000);
});

test("new keys of another account: not ready, nothing claimed or asked for; with the old account's it goes on", async () => {
	const program = stack.program("tradectl");
	const { metrics } = stack.running.get("tradectl").ports;
	await stack.sim.do("account", { account_number: "PA9STRANGER" });
	program.signal("SIGHUP");
	await until("tradectl to say so", async () => (await (await fetch(`http://127.0.0.1:${metrics}/readyz`)).text()).includes("another account"));
	const id = await desk.approve();
	const sent = await desk.posts();
	await sleep(2500);
	assert.equal(await desk.status(id), "approved");
	assert.equal(await desk.posts(), sent);
	await stack.sim.do("account", { account_number: "PA0SIMULATED" });
	program.signal("SIGHUP");
	await desk.becomes(id, "filled");
	await stack.waitReady("tradectl");
	assert.ok(!program.lines.some((line) => line.includes("PA9STRANGER")));
});

test("two instances race over 50 approvals: 50 orders", async () => {
	const before = (await stack.sim.orders()).length;
	await stack.startDaemon("tradectl", { instance: "tradectl2" });
	await stack.waitReady("tradectl2");
	const questions = [];
	for (let i = 0; i < 50; i++)
		questions.push(await desk.ask());
	for (const question of questions)
		assert.equal(await desk.answer(question, 10), "ok");
	for (const { id } of questions)
		await desk.becomes(id, "filled", 60_000);
	assert.equal((await stack.sim.orders()).length, before + 50);
	await desk.noSecondOrder();
	const ids = questions.map(({ id }) => quote(id)).join(", ");
	const workers = await stack.sql.value(
		`select count(distinct detail->>'worker') from trade_order_events where to_status = 'reserved' and order_id in (${ids})`,
	);
	assert.equal(workers, "2");
});

test("a drain finishes the order under way", async () => {
	await stack.stopDaemon("tradectl2");
	await stack.sim.fault(POST, "delay_ms", { ms: 600 });
	const id = await desk.approve();
	await desk.becomes(id, "submitting");
	const how = await stack.stopDaemon("tradectl");
	assert.equal(how.code, 0);
	assert.ok(["accepted", "filled"].includes(await desk.status(id)));
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
		const id = await desk.approve();
		await desk.becomes(id, "submitting");
		await holder.rows("begin");
		await holder.rows("lock table trading_halts in exclusive mode");
		const ended = stack.stopDaemon("tradectl");
		await sleep(200);
		stack.simProgram.signal("SIGCONT");
		await sleep(700);
		assert.equal(await desk.status(id), "submitting");
		await holder.rows("commit");
		assert.equal((await ended).code, 0);
		assert.equal(await desk.haltLevel(), "halted");
		assert.equal(await desk.status(id), "quarantined");
	} finally {
		stack.simProgram.signal("SIGCONT");
		await holder.close();
	}
	await desk.resume();
});
