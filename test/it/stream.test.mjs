// The broker's trade updates and its cancels: tradectl hears what happened, survives what a stream does wrong, and believes
// polls all the same. The simulator's own log is the truth.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { Desk, clientId } from "./desk.mjs";

const PLAN = ["hold"];

let stack;
let desk;

const sim = (verb, body) => stack.sim.do(verb, body);
const stream = (body) => sim("stream", body);
const hears = (count = 1) => until("tradectl to listen", async () => (await stack.sim.read("/sim/stream")).listening === count, 45_000);

// From now on no poll brings anything: what happens is heard.
async function unpolled(id) {
	await until("its first polls to be over", async () => (await desk.row(id, "accepted_at < clock_now() - interval '1 second'"))[0] === "t");
	await desk.sql.rows(`update trade_orders set next_poll_at = clock_now() + interval '90 seconds' where id = ${quote(id)}`);
}

// An accepted order that only the stream tells about.
async function open() {
	const id = await desk.approve();
	await desk.becomes(id, "accepted");
	await unpolled(id);
	return id;
}

// The person's own hand, as apid takes it.
async function takeBack({ uid, id }) {
	await desk.sql.rows("begin");
	await desk.sql.rows(`set local hybridhub.uid = ${quote(uid)}`);
	const outcome = await desk.sql.value(`select order_cancel(${quote(id)})`);
	await desk.sql.rows("commit");
	return outcome;
}

async function openOf() {
	const question = await desk.ask();
	assert.equal(await desk.answer(question, 10), "ok");
	await desk.becomes(question.id, "accepted");
	return question;
}

const cancelStatus = async (id) => (await desk.row(id, "cancel_status"))[0];
const fills = async (id) => Number(await desk.sql.value(`select count(*) from trade_fills where order_id = ${quote(id)}`));
const brokerStatus = async (id) => (await desk.row(id, "broker_status"))[0];
const fill = (id, more = {}) => sim("fill", { order: clientId(id), ...more });

before(async () => {
	stack = new Stack({ name: "stream", stream: true, keep: process.env.KEEP === "1", daemons: ["tradectl", "apid"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	await sim("config", { fill_plan: PLAN });
	await Promise.all(["tradectl", "apid"].map((name) => stack.startDaemon(name)));
	await Promise.all(["tradectl", "apid"].map((name) => stack.waitReady(name)));
	await hears();
});

after(async () => {
	await stack?.stop();
});

test("a fill in parts is heard, with its executions as evidence", async () => {
	const id = await open();
	const events = (await desk.metric("broker_stream_events_total", 'event="fill"')) ?? 0;
	await fill(id, { qty: "0.00005" });
	await desk.becomes(id, "partially_filled");
	await unpolled(id);
	await fill(id);
	await desk.becomes(id, "filled");
	assert.equal(await fills(id), 2);
	const [same] = await desk.row(id, "filled_qty = (select sum(qty) from trade_fills where order_id = trade_orders.id)");
	assert.equal(same, "t");
	assert.deepEqual(await desk.moves(id), ["approved", "reserved", "submitting", "accepted", "partially_filled", "filled"]);
	assert.equal(await desk.metric("broker_stream_up"), 1);
	assert.equal(await desk.metric("broker_stream_events_total", 'event="fill"'), events + 1);
});

test("text frames, twice each, backwards, with strangers between: the same row", async () => {
	await sim("config", { stream_binary: false });
	await stream({ copies: 2 });
	const id = await open();
	await stream({ hold: true });
	await fill(id, { qty: "0.00005" });
	await fill(id);
	await sim("order", { symbol: "BTC/USD", notional: "20", side: "buy", type: "market", time_in_force: "gtc" });
	await stream({ raw: "", release: "reverse" });
	await stream({ hold: false });
	await desk.becomes(id, "filled");
	await until("both executions", async () => (await fills(id)) === 2);
	const [{ filled_qty: atBroker }] = await desk.atBroker(id);
	assert.deepEqual(await desk.row(id, `broker_status, filled_qty = ${atBroker}`), ["filled", "t"]);
	await sim("config", { stream_binary: true });
	await stream({ copies: 1 });
});

test("a fill is the first that is heard, before the POST has been answered", async () => {
	await sim("config", { fill_plan: ["1"] });
	await stream({ only: ["fill"] });
	await stack.sim.fault("POST /v2/orders", "delay_ms", { ms: 800 });
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	assert.deepEqual(await desk.moves(id), ["approved", "reserved", "submitting", "accepted", "filled"]);
	await until("the answer to the POST", async () => (await desk.metric("broker_requests_total", 'endpoint="post_order",code="200"')) >= 3);
	await until("its record", async () => stack.program("tradectl").lines.some((line) => line.includes(clientId(id)) && line.includes("order.")));
	assert.equal(await desk.status(id), "filled");
	assert.equal(await fills(id), 1);
	const told = stack.program("tradectl").lines.filter((line) => line.includes(clientId(id)) && /event=order\.(accepted|filled)/.test(line));
	assert.equal(told.length, 2, told.join("\n"));
	await stream({ only: null });
	await sim("config", { fill_plan: PLAN });
});

test("an event that shows another order under our id is not recorded; the answer to the POST decides", async () => {
	await stream({ hold: true });
	await stack.sim.fault("POST /v2/orders", "delay_ms", { ms: 800 });
	const from = desk.lineCount();
	const id = await desk.approve();
	await until("the order at the broker", async () => (await desk.atBroker(id)).length === 1);
	await stream({ hold: false });
	await stream({ emit: { order: clientId(id), event: "fill", change: { notional: "11", status: "filled", filled_qty: "1", filled_avg_price: "11" } } });
	await desk.logged("event=stream.differs", from);
	await desk.becomes(id, "accepted");
	assert.equal(await desk.haltLevel(), "active");
});

test("unknown events, unknown words and frames that are nothing are survived", async () => {
	const id = await open();
	await stream({ raw: { hex: "01" } });
	await stream({ raw: "{\"stream\":\"trade_updates\"" });
	await stream({ raw: JSON.stringify({ stream: "trade_updates", data: { event: "fill", order: { id: "x" } } }) });
	await stream({ raw: JSON.stringify({ stream: "weather", data: { rain: true } }) });
	// The poll that an unreadable frame brings may have the last word: then it is said again.
	await until("the word", async () => {
		await stream({ emit: { order: clientId(id), event: "on_mars", change: { status: "held_by_martians" } } });
		return (await brokerStatus(id)) === "held_by_martians";
	});
	assert.equal(await desk.status(id), "accepted");
	assert.ok((await desk.metric("broker_stream_events_total", 'event="other"')) >= 1);
	await fill(id);
	await desk.becomes(id, "filled");
	assert.equal((await stack.sim.read("/sim/stream")).listening, 1);
});

test("expired, rejected after acceptance, canceled by somebody: heard", async () => {
	for (const status of ["expired", "rejected", "canceled"]) {
		const id = await open();
		await sim("end", { order: clientId(id), status });
		await desk.becomes(id, status);
		assert.equal((await desk.row(id, "reason"))[0], `BROKER_${status.toUpperCase()}`);
	}
});

test("replaced by somebody: quarantined, and the account is halted", async () => {
	const id = await open();
	await sim("end", { order: clientId(id), status: "replaced" });
	await desk.becomes(id, "quarantined");
	await until("the halt", async () => (await desk.haltLevel()) === "halted");
	await desk.resume();
});

test("a connection that ends is made again, and what it missed is read: one line each way", async () => {
	const id = await open();
	const from = desk.lineCount();
	await stack.sim.fault("GET /stream", "status:429");
	await stream({ drop: true });
	await fill(id);
	await desk.becomes(id, "filled");
	await hears();
	await desk.logged("event=stream.up", from);
	const lines = stack.program("tradectl").lines.slice(from);
	assert.equal(lines.filter((line) => line.includes("event=stream.down")).length, 1);
	assert.equal(lines.filter((line) => line.includes("event=stream.up")).length, 1);
	await stack.waitReady("tradectl");
	const next = await open();
	await stream({ error: true });
	await hears();
	await fill(next);
	await desk.becomes(next, "filled");
	await until("its execution", async () => (await fills(next)) === 1, 30_000);
	await until("the execution that nobody heard, from the broker's list", async () => (await fills(id)) === 1, 30_000);
});

test("each part of a fill reaches the person's app", async () => {
	const question = await openOf();
	const hub = await stack.hub(question.uid);
	try {
		for (const filled of ["0.00005", "0.0001", "0.00015"]) {
			await fill(question.id, { qty: "0.00005" });
			const update = await hub.waitUpdate((order) => order.filled_qty === filled, 30_000);
			assert.deepEqual([update.id, update.status], [question.id, "partially_filled"]);
		}
		await fill(question.id);
		await hub.waitUpdate((order) => order.status === "filled", 30_000);
	} finally {
		await hub.close();
	}
});

test("an order that its person takes back is canceled at the broker, when the broker says so", async () => {
	const question = await openOf();
	assert.equal(await takeBack(question), "asked");
	await desk.becomes(question.id, "canceled");
	assert.equal((await desk.row(question.id, "reason"))[0], "CANCELED_BY_USER");
	await until("the answer", async () => (await cancelStatus(question.id)) === "204");
	assert.equal((await desk.atBroker(question.id))[0].status, "canceled");
});

test("a fill between DELETE and the cancel: filled, never canceled", async () => {
	await sim("config", { cancel_delay_ms: -1 });
	const question = await openOf();
	assert.equal(await takeBack(question), "asked");
	await until("pending_cancel", async () => (await brokerStatus(question.id)) === "pending_cancel");
	await until("the answer", async () => (await cancelStatus(question.id)) === "204");
	assert.equal(await desk.status(question.id), "accepted");
	await fill(question.id);
	await desk.becomes(question.id, "filled");
	assert.ok(!(await desk.moves(question.id)).includes("canceled"));
	await sim("config", { cancel_delay_ms: 2 });
});

test("DELETE answered 422, for it was filled before: the order is read", async () => {
	const question = await openOf();
	await unpolled(question.id);
	await stream({ hold: true });
	await fill(question.id);
	assert.equal(await takeBack(question), "asked");
	await desk.becomes(question.id, "filled");
	await until("the answer", async () => (await cancelStatus(question.id)) === "422");
	await stream({ release: "order" });
	await stream({ hold: false });
});

test("DELETE answered 404, 503 or not at all proves nothing: asked again until it is canceled", async () => {
	const question = await openOf();
	const on = "DELETE /v2/orders/*";
	const after = (await stack.sim.log()).at(-1).seq;
	for (const kind of ["status:404", "status:503", "drop_before"])
		await stack.sim.fault(on, kind);
	assert.equal(await takeBack(question), "asked");
	const asked = async () => (await stack.sim.log({ kind: "request", after })).filter((e) => e.method === "DELETE").map((e) => e.verdict);
	for (const count of [1, 2, 3]) {
		await until(`cancel ${count}`, async () => (await asked()).length >= count, 30_000);
		await desk.sql.rows(`update trade_orders set next_cancel_at = clock_now() where id = ${quote(question.id)} and next_cancel_at is not null`);
	}
	await desk.becomes(question.id, "canceled");
	await until("the answer", async () => (await cancelStatus(question.id)) === "204");
	assert.deepEqual((await asked()).slice(0, 4), ["status", "status", "drop_before", "served"]);
});

test("a stream that is open and silent is noticed by what polls find; a cancel that is pending for over an hour is an alarm", async () => {
	await sim("config", { cancel_delay_ms: -1 });
	const stuck = await openOf();
	assert.equal(await takeBack(stuck), "asked");
	await until("pending_cancel", async () => (await brokerStatus(stuck.id)) === "pending_cancel");
	await desk.sql.rows(`update trade_orders set cancel_requested_at = clock_now() - interval '2 hours' where id = ${quote(stuck.id)}`);
	await stream({ mute: true });
	const from = desk.lineCount();
	const id = await desk.approve();
	await desk.becomes(id, "accepted");
	await fill(id);
	await desk.becomes(id, "filled");
	assert.equal(await fills(id), 0);
	await desk.logged("it is open and silent", from);
	await stream({ mute: false });
	await hears();
	assert.equal(await desk.metric("broker_stream_mute_total"), 1);
	assert.equal(stack.program("tradectl").lines.slice(from).filter((line) => line.includes("event=stream.down")).length, 1);

	const alarm = await desk.logged("event=order.cancel_pending");
	assert.ok(alarm.includes(clientId(stuck.id)));
	assert.ok((await desk.metric("orders_pending_cancel_age_seconds")) >= 7200);
	assert.equal(stack.program("tradectl").lines.filter((line) => line.includes("event=order.cancel_pending")).length, 1);
	assert.deepEqual(await desk.row(stuck.id, "status, reserved_usd"), ["accepted", "10.00"]);
	await sim("end", { order: clientId(stuck.id), status: "canceled" });
	await desk.becomes(stuck.id, "canceled");
});

test("with the broker inside the process nobody listens outside", async () => {
	const upgrades = async () => (await stack.sim.log({ kind: "stream" })).filter((entry) => entry.upgrade).length;
	const before = await upgrades();
	const env = { QUESTION_PIPELINE_TEST_MODE: "true" };
	await stack.startDaemon("tradectl", { instance: "inside", env });
	await stack.waitReady("inside");
	await sleep(5000); // two sweeps
	assert.equal(await upgrades(), before);
	assert.equal(await desk.metric("broker_stream_up", "", "inside"), 0);
	assert.equal((await stack.stopDaemon("inside")).code, 0);
});
