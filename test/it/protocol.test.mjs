// What tradectl does when its own memory, the database's and the broker's differ: a state folder that cannot be written, a
// database that went back in time, orders at the broker that the database does not know.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { Desk, LIST, POSITIONS, POST, SYMBOL } from "./desk.mjs";

let stack;
let desk;
const orphans = []; // at the broker by the test's own hand

const stateDir = () => join(stack.dir, "state");

async function stateFile() {
	return join(stateDir(), `${await stack.sql.value("select id from installation")}-paper`);
}

const seen = async () => Number(readFileSync(await stateFile(), "utf8"));
const reserveSeq = async () => Number(await stack.sql.value("select reserve_seq from broker_account where account = 'paper'"));

before(async () => {
	stack = new Stack({ name: "protocol", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
});

after(async () => {
	await stack?.stop();
});

test("the reservation stands on this host's disk, in a file of this installation and account", async () => {
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	assert.ok((await reserveSeq()) > 0);
	assert.equal(await seen(), await reserveSeq());
	assert.ok(readdirSync(stateDir()).every((name) => name.endsWith("-paper") || name.endsWith("-paper.lock")));
});

test("a state folder that cannot be written: up, not ready and says why, sends nothing, goes on when it can", async () => {
	const blocker = `${await stateFile()}.new`;
	const before = await seen();
	mkdirSync(blocker);
	const sent = await desk.posts();
	const id = await desk.approve();
	await desk.notReady("state folder");
	await desk.logged("event=order.approved");
	// The last fence commits while the disk is asked; no byte flows before both have succeeded.
	assert.deepEqual((await desk.moves(id)).slice(0, 4), ["approved", "reserved", "submitting", "approved"]);
	assert.equal(await desk.posts(), sent);
	assert.equal(await seen(), before);
	assert.ok(stack.program("tradectl").alive);
	rmdirSync(blocker);
	await desk.becomes(id, "filled");
	await stack.waitReady("tradectl");
	assert.equal(await desk.posts(), sent + 1);
});

test("a start without a state folder: the same", async () => {
	await stack.stopDaemon("tradectl");
	renameSync(stateDir(), `${stateDir()}.away`);
	await stack.startDaemon("tradectl");
	await desk.notReady("state folder");
	const id = await desk.approve();
	await sleep(2500);
	assert.deepEqual(await desk.moves(id), ["approved"]);
	renameSync(`${stateDir()}.away`, stateDir());
	await desk.becomes(id, "filled");
});

// The database as it was before the last reservations: what a lossy failover or a restored dump leaves.
test("a database that went back in time: quarantine first, one line, served meanwhile, and then it goes on", async () => {
	await stack.stopDaemon("tradectl");
	const high = await seen();
	await stack.sql.rows(`update broker_account set reserve_seq = ${high - 2}, quarantine_until = null where account = 'paper'`);
	const program = await stack.startDaemon("tradectl");
	const id = await desk.approve();
	await desk.logged("event=database.rewound");
	const [until_, ahead] = await stack.sql.row("select quarantine_until, quarantine_until > clock_now() from broker_account where account = 'paper'");
	assert.equal(ahead, "t");
	assert.equal(await reserveSeq(), high);
	await desk.becomes(id, "filled");
	const [reserved, served] = await stack.sql.row(`select e.at >= ${quote(until_)}::timestamptz, b.served_at is not null
		from trade_order_events e, broker_account b where e.order_id = ${quote(id)} and e.to_status = 'reserved' and b.account = 'paper'`);
	assert.deepEqual([reserved, served], ["t", "t"]);
	assert.equal(program.lines.filter((line) => line.includes("event=database.rewound")).length, 1);
	assert.equal(await reserveSeq(), high + 1);
	assert.equal(await seen(), high + 1);
});

test("the same while it runs, behind a connection that never broke; and another server under the same name", async () => {
	let from = desk.lineCount();
	await stack.sql.rows(`update broker_account set reserve_seq = reserve_seq - 1 where account = 'paper'`);
	await stack.sql.rows("notify reconcile_asked"); // looks at once
	await desk.logged("event=database.rewound", from);
	await stack.waitReady("tradectl");
	from = desk.lineCount();
	await stack.sql.rows(`update broker_account set timeline = timeline + 1 where account = 'paper'`);
	await stack.sql.rows("notify reconcile_asked");
	await desk.logged("event=database.rewound", from);
	assert.equal(await stack.sql.value("select quarantine_until > clock_now() from broker_account where account = 'paper'"), "t");
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	assert.equal(await stack.sql.value(`select e.at >= b.quarantine_until from trade_order_events e, broker_account b
		where e.order_id = ${quote(id)} and e.to_status = 'reserved' and b.account = 'paper'`), "t");
});

test("an order under a question that was never answered is adopted before the first claim, and the same yes is the same order", async () => {
	await stack.stopDaemon("tradectl");
	const question = await desk.ask();
	await desk.atBrokerAlready(question.id);
	const waits = await desk.approve();
	await stack.startDaemon("tradectl");
	await desk.becomes(question.id, "filled");
	await desk.becomes(waits, "filled");
	await stack.waitReady("tradectl");
	assert.equal(await stack.sql.value(`select (select min(id) from trade_order_events where order_id = ${quote(question.id)} and to_status = 'accepted')
		< (select min(id) from trade_order_events where order_id = ${quote(waits)} and to_status = 'reserved')`), "t", "what waited was claimed behind the adoption");
	assert.deepEqual(await desk.moves(question.id), ["approved", "accepted", "filled"]);
	const sent = await desk.posts();
	assert.equal(await desk.answer(question, 10), "again");
	assert.equal(await desk.answer(question, -10), "conflict");
	await stack.sql.rows("notify order_approved");
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	assert.equal(await desk.posts(), sent + 1);
	assert.ok((await desk.metric("reconcile_adopted_total")) >= 1);
	assert.equal(await desk.haltLevel(), "active");
});

test("an order that no question explains: kept as an orphan, counted, and the account is reducing; strangers' orders are nobody's business", async () => {
	await desk.atBrokerAlready(randomUUID(), { client_order_id: "by-hand-1" });
	const stranger = await desk.atBrokerAlready(randomUUID());
	orphans.push(stranger.client_order_id);
	await desk.reconcile();
	await desk.logged(`${stranger.client_order_id} is at the broker and no question explains it`);
	assert.equal(await desk.haltLevel(), "reducing");
	assert.deepEqual(await stack.sql.rows("select client_order_id, reserved_usd from orphan_orders"), [[stranger.client_order_id, "10.00"]]);
	await desk.resume();
	await desk.reconcile();
	assert.equal(await desk.haltLevel(), "active");
});

test("an order under our id that is not what was asked for: the account is halted", async () => {
	const question = await desk.ask();
	const other = await desk.atBrokerAlready(question.id, { notional: "11" });
	orphans.push(other.client_order_id);
	await desk.reconcile();
	await desk.logged("is not what its question proposed");
	assert.equal(await desk.haltLevel(), "halted");
	await desk.resume();
});

test("an order that arrived after its approval was given up is found by the list, late", async () => {
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 2 where account = 'paper'");
	await stack.sim.fault(POST, "drop_before");
	const id = await desk.approve();
	await desk.becomes(id, "unresolved", 40_000);
	await stack.sql.rows("update broker_account set approval_ttl_seconds = 60 where account = 'paper'");
	await desk.atBrokerAlready(id);
	await desk.reconcile();
	await desk.becomes(id, "filled");
	assert.deepEqual((await desk.moves(id)).slice(-3), ["unresolved", "accepted", "filled"]);
	assert.equal(await desk.metric("late_orders_total"), 1);
});

test("more orders than a page: all are seen", async () => {
	const question = await desk.ask();
	const byHand = { symbol: SYMBOL, qty: "10", side: "buy", type: "limit", limit_price: "1", time_in_force: "gtc" };
	for (let i = 0; i < 510; i += 51)
		await Promise.all(Array.from({ length: 51 }, () => stack.sim.do("order", byHand)));
	await desk.atBrokerAlready(question.id);
	const before = (await stack.sim.requests(LIST)).length;
	await desk.reconcile();
	await desk.becomes(question.id, "filled");
	assert.ok((await stack.sim.requests(LIST)).length >= before + 2);
	assert.equal(await desk.haltLevel(), "active");
});

test("a broker that cannot list all because of one symbol is asked symbol by symbol; the bad one is left out, said, and it goes on", async () => {
	await desk.price("ETH/USD", "2000");
	const bad = await desk.ask({ symbol: "ETH/USD" });
	const good = await desk.ask();
	await desk.atBrokerAlready(bad.id, { symbol: "ETH/USD" });
	await desk.atBrokerAlready(good.id);
	await stack.stopDaemon("tradectl");
	await stack.sim.fault(LIST, "poisoned", { symbol: "ETH/USD", times: -1 });
	const program = await stack.startDaemon("tradectl");
	await desk.becomes(good.id, "filled");
	await stack.waitReady("tradectl", 40_000);
	assert.equal(program.lines.filter((line) => line.includes("event=list.left_out") && line.includes("symbol=ETH/USD")).length, 1);
	assert.equal(await desk.status(bad.id), undefined);
	assert.ok(!program.lines.some((line) => line.includes("event=broker.down")));
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	await stack.sim.clearFaults();
	await desk.reconcile();
	await desk.becomes(bad.id, "filled");
});

for (const [what, fault, said] of [
	["a broker that can list no symbol at all has listed nothing", "status:503", "the broker lists no symbol of ours"],
	["no list at all is no empty list", "null_200", "event=list.failed"],
])
	test(`${what}: nothing is claimed before there is one`, async () => {
		await stack.stopDaemon("tradectl");
		await stack.sim.fault(LIST, fault, { times: -1 });
		await stack.startDaemon("tradectl");
		await desk.logged(said);
		const id = await desk.approve();
		await desk.notReady("listing the broker");
		await sleep(2500);
		assert.deepEqual(await desk.moves(id), ["approved"]);
		await stack.sim.clearFaults();
		await desk.becomes(id, "filled");
	});

test("a full page that gets no further is no whole list: said, and what it hides is found symbol by symbol", async () => {
	await desk.price("ETH/USD", "2000");
	const question = await desk.ask({ symbol: "ETH/USD" });
	await desk.atBrokerAlready(question.id, { symbol: "ETH/USD" }); // behind the 510 of before
	await stack.sim.fault(LIST, "same_page", { symbol: "ETH/USD", times: -1 });
	await desk.reconcile();
	await desk.becomes(question.id, "filled");
	await desk.logged("a full page that gets no further");
	await stack.sim.clearFaults();
});

test("refusals in a row hold back the person who has them, nobody else, until they resume", async () => {
	const uid = await desk.person();
	for (let i = 0; i < 3; i++) {
		await stack.sim.fault(POST, "403");
		await desk.becomes(await desk.approve({ uid }), "rejected");
	}
	await until("the trip", async () => (await desk.haltLevel("self", uid)) === "reducing", 30_000);
	const held = await desk.approve({ uid });
	await desk.becomes(held, "blocked");
	assert.deepEqual(await desk.row(held, "reason"), ["HALTED"]);
	await desk.becomes(await desk.approve(), "filled");
	await desk.resume("self", uid);
	await desk.becomes(await desk.approve({ uid }), "filled");
});

for (const [refusal, reason, level] of [
	["wash_trade", "BROKER_WASH_TRADE", "active"],
	["wash_trade_422", "BROKER_WASH_TRADE", "active"],
	["suspended", "BROKER_SUSPENDED", "halted"],
	["liquidation_only", "BROKER_LIQUIDATION_ONLY", "reducing"],
])
	test(`${refusal}: rejected as ${reason}, and the account is ${level}`, async () => {
		await stack.sim.fault(POST, "refuse", { of: refusal });
		const id = await desk.approve();
		await desk.becomes(id, "rejected");
		assert.deepEqual(await desk.row(id, "reason"), [reason]);
		await until(`the account to be ${level}`, async () => (await desk.haltLevel()) === level, 30_000);
		await desk.resume();
	});

test("a ledger that shows more than the broker holds: the account is reducing; no answer, and more there than ours, are nothing", async () => {
	await stack.sim.do("account", { positions: [{ symbol: SYMBOL, qty: "1000", cost: "1" }] });
	await stack.sim.fault(POSITIONS, "null_200");
	await desk.reconcile();
	await desk.logged("event=ledger.failed");
	await desk.reconcile();
	await until("the positions to be read", async () => (await desk.metric("ledger_suspects")) === 0, 30_000);
	assert.equal(await stack.sql.value("select count(*) from ledger_suspects"), "0");
	// What was filled a moment ago may still be on its way there: that was long ago.
	await stack.sql.rows("update trade_orders set moved_at = moved_at - interval '1 minute' where filled_qty > 0");
	await stack.sim.do("account", { positions: [{ symbol: SYMBOL, qty: "0.00001", cost: "1" }] });
	await desk.reconcile();
	await desk.logged("and the broker holds 0.00001");
	assert.equal(await desk.haltLevel(), "reducing");
	const from = desk.lineCount();
	await desk.resume();
	await desk.logged("and the broker holds 0.00001", from); // it differs still
	await stack.sql.value(`select operator_acknowledge('me', ${quote(SYMBOL)}, 'paper', 'sold by hand')`);
	await desk.resume();
	await desk.reconcile();
	await until("the ledger to be compared", async () => (await desk.metric("ledger_suspects")) === 0, 30_000);
	assert.equal(await desk.haltLevel(), "active");
	await stack.sim.do("account", { positions: [{ symbol: SYMBOL, qty: "1000", cost: "1" }] });
});

// What broker_serve says, with a change to its text: the database's clock runs ahead.
async function changeServe(from, to) {
	const text = await stack.sql.value("select pg_get_functiondef('broker_serve(text, text, text, text)'::regprocedure)");
	assert.ok(text.includes(from));
	await stack.sql.rows(text.replace(from, to));
}

test("a clock that differs by more than two seconds: nothing is claimed, and which one is said", async () => {
	await stack.sim.do("config", { date_skew_seconds: -9 });
	await desk.reconcile();
	await desk.notReady("CLOCK_SKEW: the broker's clock");
	assert.ok((await desk.metric("clock_skew_seconds", 'source="broker"')) <= -8);
	const id = await desk.approve();
	await sleep(2500);
	assert.deepEqual(await desk.moves(id), ["approved"]);
	await stack.sim.do("config", { date_skew_seconds: 0 });
	await desk.reconcile();
	await desk.becomes(id, "filled");

	await changeServe("clock_timestamp(), b.reconcile_asked_at", "clock_timestamp() + interval '1 hour', b.reconcile_asked_at");
	await stack.sql.rows("notify reconcile_asked");
	await desk.notReady("CLOCK_SKEW: the database's clock");
	assert.ok((await desk.metric("clock_skew_seconds", 'source="database"')) >= 3598);
	const held = await desk.approve();
	await sleep(2500);
	assert.deepEqual(await desk.moves(held), ["approved"]);
	await changeServe("clock_timestamp() + interval '1 hour', b.reconcile_asked_at", "clock_timestamp(), b.reconcile_asked_at");
	await stack.sql.rows("notify reconcile_asked");
	await desk.becomes(held, "filled");
});

test("a live order whose account nobody serves is ended by the paper account's tradectl; one whose account is served waits", async () => {
	const uid = await desk.person("live");
	await stack.sql.rows("update hard_limits set live_allowed = true where scope = 'global'");
	await stack.sql.rows(`insert into hard_limits (scope, firebase_uid, live_allowed) values ('user', ${quote(uid)}, true)`);
	await stack.sql.rows("update broker_account set unserved_seconds = 2, served_at = case account when 'live' then clock_timestamp() + interval '1 hour' else served_at end");
	const paper = await desk.approve();
	const waits = await desk.approve({ uid, mode: "live" });
	await desk.becomes(paper, "filled");
	assert.deepEqual(await desk.moves(waits), ["approved"]);
	await stack.sql.rows("update broker_account set served_at = clock_timestamp() - interval '3 s' where account = 'live'");
	await desk.becomes(waits, "blocked");
	assert.deepEqual(await desk.row(waits, "reason"), ["LIVE_NOT_ALLOWED"]);
	await desk.logged("event=order.blocked");
	await stack.sql.rows("update broker_account set unserved_seconds = 30");
});

test("nobody has two orders", () => desk.noSecondOrder(orphans));
