// The broker's trade updates and its cancels: tradectl hears what happened, survives what a stream does wrong, and believes
// polls all the same. The simulator's own log is the truth.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";
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

const fills = async (id) => Number(await desk.sql.value(`select count(*) from trade_fills where order_id = ${quote(id)}`));
const brokerStatus = async (id) => (await desk.row(id, "broker_status"))[0];
const fill = (id, more = {}) => sim("fill", { order: clientId(id), ...more });

before(async () => {
	stack = new Stack({ name: "stream", keep: process.env.KEEP === "1", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	await sim("config", { fill_plan: PLAN });
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
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
	await stream({ emit: { order: clientId(id), event: "on_mars", change: { status: "held_by_martians" } } });
	await until("the word", async () => (await brokerStatus(id)) === "held_by_martians");
	assert.equal(await desk.status(id), "accepted");
	assert.equal(await desk.metric("broker_stream_events_total", 'event="other"'), 1);
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
});

test("a stream that is open and silent is noticed by what polls find", async () => {
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
});
