// QUESTION_PIPELINE_TEST_MODE: the plan's scenario through all four daemons without a key, an address or a network: a connect to
// anything but a Unix socket fails, and is written down (test/lib/no-network.c).
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { QUICK, makePerson, retirePerson } from "../lib/person.mjs";
import { run } from "../lib/proc.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const TEXT = "SPY is down 1.6% vs yesterday. Swipe +10 to approve a small buy, -10 to skip.";
const PATIENCE = 30_000;
const LIVE = "https://api.alpaca.markets";

let stack, shim;

const tries = (instance) => join(stack.dir, `${instance}.tries`);
const tried = (instance) => (existsSync(tries(instance)) ? readFileSync(tries(instance), "utf8").trim().split("\n") : []);
const lastTrade = () => stack.sql.value("select trim_scale(price)::text from market_data_latest where symbol = 'SPY' and metric = 'last_trade'");
const order = (id, columns = "status") => stack.sql.row(`select ${columns} from trade_orders where id = ${quote(id)}`);

function walled(instance, more = {}) {
	return { LD_PRELOAD: shim, NO_NETWORK_LOG: tries(instance), ASAN_OPTIONS: "verify_asan_link_order=0", ...more };
}

// The newest question that is no notice.
function question(uid) {
	return until(`a question for ${uid}`, async () => {
		const [row] = await stack.sql.rows(`select id, question_text, kind, broker_account from questions
			where firebase_uid = ${quote(uid)} and kind <> 'notice' and status in ('queued', 'delivered') order by created_at desc limit 1`);
		return row && { id: row[0], text: row[1], kind: row[2], account: row[3] };
	}, PATIENCE);
}

async function answer(uid, id, value) {
	const reply = await stack.person(uid).answer(id, value);
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body;
}

function ends(id, status) {
	return until(`order ${id} to be ${status}`, async () => {
		const [now] = await order(id);
		if (now !== status)
			throw new Error(now);
		return true;
	}, PATIENCE);
}

before(async () => {
	stack = new Stack({ name: "testmode", testMode: true, binDir: process.env.BIN_DIR ?? "build/bin" });
	shim = join(stack.dir, "no-network.so");
	await run("cc", ["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", shim, join(TOP, "test/lib/no-network.c")]);
	await stack.startGround();
});

after(() => stack?.stop());

test("the shipped fixture: SPY 500, then 492; +10: filled on account test, at the price asked", async () => {
	const uid = await makePerson(stack.sql);
	for (const name of ["ingestd", "evald", "tradectl"])
		await stack.startDaemon(name, { env: walled(name) });
	await stack.startDaemon("apid", { env: walled("apid", { NO_NETWORK_PORT: new URL(stack.certs.url).port }) });
	await Promise.all(["ingestd", "evald", "tradectl", "apid"].map((name) => stack.waitReady(name, PATIENCE)));
	const asked = await question(uid);
	assert.deepEqual([asked.text, asked.kind, asked.account], [TEXT, "proposal", "test"]);
	const seen = await stack.sql.rows(`select trim_scale(price)::text from market_data_snapshots
		where symbol = 'SPY' and metric = 'last_trade' order by id`);
	assert.deepEqual(seen.flat().filter((price, at, all) => price !== all[at - 1]), ["500", "492"]);

	assert.equal((await answer(uid, asked.id, 10)).decision, "approve");
	await ends(asked.id, "filled");
	assert.deepEqual(await order(asked.id, "alpaca_order_id, broker_account, mode, trim_scale(filled_avg_price)::text, trim_scale(filled_qty)::text"),
		[`test-${asked.id}`, "test", "paper", "492", "0.020325203"]);
	const moves = await stack.sql.rows(`select to_status from trade_order_events where order_id = ${quote(asked.id)} order by id`);
	assert.deepEqual(moves.flat(), ["approved", "reserved", "submitting", "accepted", "filled"]);
	await retirePerson(stack.sql, uid);
});

test("-10: no order", async () => {
	const uid = await makePerson(stack.sql);
	const asked = await question(uid);
	const { decision, reason } = await answer(uid, asked.id, -10);
	assert.deepEqual([decision, reason], ["skip", "SKIPPED"]);
	assert.equal(await stack.sql.value(`select count(*) from trade_orders where firebase_uid = ${quote(uid)}`), "0");
	await retirePerson(stack.sql, uid);
});

test("0: one follow-up, about the test account too", async () => {
	const uid = await makePerson(stack.sql);
	const first = await question(uid);
	await answer(uid, first.id, 0);
	const again = await question(uid);
	assert.deepEqual([again.kind, again.text, again.account], ["follow_up", `Please decide: ${TEXT}`, "test"]);
	assert.equal((await answer(uid, again.id, 0)).reason, "AMBIGUOUS");
	assert.equal(await stack.sql.value(`select count(*) from trade_orders where firebase_uid = ${quote(uid)}`), "0");
	await retirePerson(stack.sql, uid);
});

test("kill -9 between submitting and accepted: after the restart the order is found again, and filled", async () => {
	await stack.sql.rows(`create function never() returns trigger language plpgsql as $$ begin raise 'not yet'; end $$`);
	await stack.sql.rows(`create trigger a_never before update on trade_orders for each row
		when (old.status = 'submitting' and new.status = 'accepted') execute function never()`);
	const uid = await makePerson(stack.sql);
	const { id } = await question(uid);
	await answer(uid, id, 10);
	await ends(id, "submitting");
	await stack.killDaemon("tradectl");
	assert.deepEqual(await order(id), ["submitting"]);
	await stack.sql.rows("drop trigger a_never on trade_orders");
	await stack.restartDaemon("tradectl");
	await ends(id, "filled");
	assert.deepEqual(await order(id, "attempt, alpaca_order_id"), ["1", `test-${id}`]);
	await retirePerson(stack.sql, uid);
});

test("a limit order that nothing meets works until its person cancels it", async () => {
	const action = { order_type: "limit", limit_price: 90, qty: 1, notional_usd: null };
	const uid = await makePerson(stack.sql, { override: { ...QUICK, rules: [{ id: "dip_confirm", on_answer_match: action }] } });
	const { id } = await question(uid);
	await answer(uid, id, 10);
	await ends(id, "accepted");
	await stack.sql.rows("begin");
	await stack.sql.rows(`set local hybridhub.uid = ${quote(uid)}`);
	assert.equal(await stack.sql.value(`select order_cancel(${quote(id)})`), "asked");
	await stack.sql.rows("commit");
	await ends(id, "canceled");
	assert.deepEqual(await order(id, "filled_qty"), ["0"]);
	await retirePerson(stack.sql, uid);
});

test("SIGHUP reads the fixture again and begins it; a bad one keeps the old, and says what is wrong with it", async () => {
	const file = join(stack.dir, "fixture.json");
	const rows = (...more) => writeFileSync(file, JSON.stringify({
		rows: [{ symbol: "SPY", asset_class: "us_equity", feed: "iex", metric: "prev_close", price: "500", session_offset: -1 }, ...more],
		calendar: [-1, 0].map((day_offset) => ({ day_offset, open: "00:00", close: "24:30" })),
	}));
	const trade = (price, more) => ({ symbol: "SPY", asset_class: "us_equity", feed: "iex", metric: "last_trade", price, volume: 100, ...more });
	const watcher = await makePerson(stack.sql, { name: "watcher" });
	rows(trade(499.5));
	await stack.stopDaemon("ingestd");
	const program = await stack.startDaemon("ingestd", { env: walled("ingestd", { TRADING_FIXTURE_FILE: file }) });
	await until("499.5", async () => (await lastTrade()) === "499.5", PATIENCE);

	rows(trade(498), trade("497.25", { age: 3 }));
	program.signal("SIGHUP");
	const [, why] = await program.waitLine(/event=fixture\.refused .*why="(.*?)"/, PATIENCE);
	assert.equal(why, `${file}: rows[2].age: no such field`);
	rmSync(file);
	program.signal("SIGHUP");
	await program.waitLine(/event=fixture\.refused .*No such file/, PATIENCE);
	const stored = await stack.sql.value("select clock_now()");
	await until("the old one goes on", () => stack.sql.value(`select price = 499.5 and as_of > ${quote(stored)} from market_data_latest
		where symbol = 'SPY' and metric = 'last_trade'`).then((yes) => yes === "t"), PATIENCE);

	rows(trade(498, { age_seconds: 30 }), trade("497.25"));
	program.signal("SIGHUP");
	await until("497.25", async () => (await lastTrade()) === "497.25", PATIENCE);
	const [before] = await stack.sql.row(`select trim_scale(price)::text from market_data_snapshots where symbol = 'SPY' and metric = 'last_trade'
		and price <> 497.25 order by id desc limit 1`);
	assert.equal(before, "499.5", "what is older than the latest is no news");
	await retirePerson(stack.sql, watcher);
});

test("a live address, a fixture that is not there, an unknown value: exit 78 and why, from every daemon that has the switch", async () => {
	const wrong = [
		["ingestd", { ALPACA_TRADING_BASE_URL: LIVE }, /ALPACA_TRADING_BASE_URL: .*QUESTION_PIPELINE_TEST_MODE/],
		["tradectl", { ALPACA_TRADING_BASE_URL: LIVE }, /ALPACA_TRADING_BASE_URL: .*QUESTION_PIPELINE_TEST_MODE/],
		["tradectl", { ALPACA_TRADING_BASE_URL: LIVE, ALPACA_ALLOW_LIVE: "true" }, /QUESTION_PIPELINE_TEST_MODE/],
		["ingestd", { TRADING_FIXTURE_FILE: "/nonexistent" }, /TRADING_FIXTURE_FILE: \/nonexistent: No such file/],
		["ingestd", { TRADING_FIXTURE_FILE: "/nonexistent", QUESTION_PIPELINE_TEST_MODE: "false" }, /TRADING_FIXTURE_FILE/],
		["ingestd", { QUESTION_PIPELINE_TEST_MODE: "TRUE" }, /QUESTION_PIPELINE_TEST_MODE/],
		["evald", { QUESTION_PIPELINE_TEST_MODE: "yes" }, /QUESTION_PIPELINE_TEST_MODE/],
		["tradectl", { QUESTION_PIPELINE_TEST_MODE: "1" }, /QUESTION_PIPELINE_TEST_MODE/],
	];
	const env = { DATABASE_URL: "postgresql:///nowhere", QUESTION_PIPELINE_TEST_MODE: "true", TRADING_ENABLED: "true" };
	for (const [name, more, words] of wrong)
		for (const flag of [["--check-config"], []]) {
			const { code, output } = await run(name, [stack.binary(name), ...flag], { env: { ...env, ...more }, check: false });
			assert.equal(code, 78, `${name} ${JSON.stringify(more)}: ${output}`);
			assert.match(output, words);
		}
	for (const name of ["ingestd", "evald", "tradectl"]) {
		await run(name, [stack.binary(name), "--check-config"], { env });
		const { output } = await run(name, [stack.binary(name), "--dump-config"], { env });
		assert.match(output, /^QUESTION_PIPELINE_TEST_MODE=true$/m);
	}
});

test("no outside call was made; where the mode is off the same wall sees one", async () => {
	for (const name of ["ingestd", "evald", "tradectl", "apid"])
		assert.deepEqual(tried(name), [], name);
	assert.deepEqual(stack.program("tradectl").lines.filter((line) => /event=(ledger|list|account)\.\w*failed/.test(line)), [], "and its broker answers what tradectl asks");
	await stack.stopDaemon("ingestd");
	await stack.stopDaemon("tradectl");
	const off = { QUESTION_PIPELINE_TEST_MODE: "false", ALPACA_API_KEY_ID: "key", ALPACA_API_SECRET_KEY: "secret" };
	for (const name of ["ingestd", "tradectl"]) {
		await stack.startDaemon(name, { instance: `${name}-outside`, env: walled(`${name}-outside`, off) });
		await until(`${name} to try`, () => tried(`${name}-outside`).some((line) => /^(lookup|connect) /.test(line)), PATIENCE);
	}
});
