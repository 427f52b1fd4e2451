// tradectl venue-check, and what rests on it: an unknown order is sent again under its own id, or never.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";
import { Desk, POST, clientId } from "./desk.mjs";

const FIND = "GET /v2/orders:by_client_order_id";
const EX = { ok: 0, failed: 1, usage: 64, refused: 65, later: 75, forbidden: 77, config: 78 };
const TEST_MS = 120_000;
let stack;
let desk;

// Runs `tradectl venue-check ARGS` as the operator: {code, out, err}.
function check(args = [], env = {}, role = "hybridhub_operator") {
	const child = spawn(stack.binary("tradectl"), ["venue-check", ...args], {
		env: {
			PATH: process.env.PATH,
			DATABASE_URL: stack.cluster.url(role),
			ALPACA_API_KEY_ID: SIM.key_id,
			ALPACA_API_SECRET_KEY: SIM.secret,
			ALPACA_TRADING_BASE_URL: stack.sim.url,
			...env,
		},
		timeout: 90_000,
	});
	const said = { out: "", err: "" };
	child.stdout.on("data", (text) => (said.out += text));
	child.stderr.on("data", (text) => (said.err += text));
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code) => resolve({ code, ...said }));
	});
}

async function checked(args, code, env) {
	const said = await check([...args, "--json"], env);
	assert.equal(said.code, code, `${said.out}\n${said.err}`);
	return { ...said, check: said.out === "" ? null : JSON.parse(said.out).check };
}

const rows = () => stack.sql.rows("select result, again::text, account_tail, client_order_id from venue_checks order by id");
const results = async () => (await rows()).map(([result]) => result).join(" ");
const sent = async (client) => (await stack.sim.requests(POST)).filter((entry) => JSON.stringify(entry.body).includes(client)).length;
const at = async (client) => (await stack.sim.orders()).filter((order) => order.client_order_id === client);
const resubmit = (word) => stack.sql.rows(`update broker_account set resubmit = ${quote(word)} where account = 'paper'`);
// Nothing sends it again any more.
const tooLate = (id) => stack.sql.rows(`update trade_orders set reserved_at = reserved_at - interval '2 minutes' where id = ${quote(id)}`);
const missed = (id, times) => until(`${id} missed ${times} times`, async () =>
	Number((await desk.row(id, "missing_count"))[0]) >= times || null, 30_000);

before(async () => {
	stack = new Stack({ name: "venue", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	await stack.sim.price("SPY", "500", { prev_close: "500" });
	await stack.sql.rows("update broker_account set missing_after_seconds = 0, approval_ttl_seconds = 300");
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
});

after(async () => {
	await stack?.stop();
});

test("never is the default: a lost request is asked for and not sent again, whatever the broker does with ids", { timeout: TEST_MS }, async () => {
	await stack.sim.fault(POST, "drop_before");
	const id = await desk.approve();
	await missed(id, 2);
	assert.equal(await sent(clientId(id)), 1);
	assert.equal(await desk.status(id), "unknown");
	// Nor with the word alone: no check has passed. The claim of another order comes behind the look for one to send again.
	await resubmit("same-id");
	await desk.becomes(await desk.approve(), "filled");
	assert.equal(await sent(clientId(id)), 1);
	assert.equal((await desk.row(id, "attempt"))[0], "1");
	await resubmit("never");
	await tooLate(id);
});

test("a broker that refuses a used id: passed, with who and when; and once more with the same id", { timeout: TEST_MS }, async () => {
	const { check: first } = await checked([], EX.ok);
	assert.equal(first.result, "passed");
	assert.match(first.client_order_id, /^vc-[0-9a-f]{32}$/);
	assert.match(first.detail.message, /client_order_id must be unique/);
	const [order] = await at(first.client_order_id);
	assert.deepEqual([order.symbol, Number(order.notional), order.side, order.type, order.status, order.id],
		["SPY", 1, "buy", "market", "filled", first.detail.order]);
	assert.equal(await sent(first.client_order_id), 2);
	const { check: again } = await checked(["--again"], EX.ok);
	assert.deepEqual([again.result, again.again, again.client_order_id], ["passed", true, first.client_order_id]);
	assert.equal(await sent(first.client_order_id), 3);
	assert.equal((await at(first.client_order_id)).length, 1);
	const number = (await (await fetch(`${stack.sim.url}/v2/account`, { headers: { "APCA-API-KEY-ID": SIM.key_id, "APCA-API-SECRET-KEY": SIM.secret } })).json()).account_number;
	assert.deepEqual((await rows()).map((row) => row.slice(0, 3).join(" ")),
		["begun false", "passed false", "begun true", "passed true"].map((words) => `${words} ${number.slice(-4)}`));
	assert.equal(await stack.sql.value("select count(*) from operator_actions where command = 'venue-check' and role = 'hybridhub_operator'"), "4");
	// It is nobody's order to the daemon.
	await desk.reconcile();
	assert.equal(await stack.sql.value("select count(*) from orphan_orders"), "0");
	assert.equal(await desk.haltLevel(), "active");
});

test("same-id: a lost request is sent once more under its own id; not through a halt that only the last fence sees", { timeout: TEST_MS }, async () => {
	await resubmit("same-id");
	await stack.sim.fault(POST, "drop_before");
	const id = await desk.approve();
	await until("the first send", async () => (await sent(clientId(id))) === 1 || null, 30_000);
	const text = await stack.sql.value("select pg_get_functiondef('halt_level(text, text)'::regprocedure)");
	await stack.sql.rows(`create or replace function halt_level(p_uid text, p_account text) returns text language sql stable
		set search_path = pg_catalog, public, pg_temp as $$ select 'active'::text $$`);
	await stack.sql.rows("select halt_set('account', 'paper', 'reducing', 'a drill', 'the test', false)");
	await missed(id, 2);
	// next_try_at: taken to be sent again, which nothing else leaves in an unknown order.
	await until("taken and put back", async () => (await desk.row(id, "next_try_at is not null and lease_until is null"))[0] === "t" || null, 30_000);
	assert.deepEqual([await desk.status(id), await sent(clientId(id))], ["unknown", 1]);
	await stack.sql.rows(text);
	await desk.resume();
	await desk.becomes(id, "filled");
	assert.deepEqual(await desk.moves(id), ["approved", "reserved", "submitting", "unknown", "submitting", "accepted", "filled"]);
	assert.equal(await sent(clientId(id)), 2);
	assert.equal((await desk.atBroker(id)).length, 1);
	assert.match(await desk.logged(`event=order.submitting msg="twice the broker did not show it`), /from=unknown/);
});

test("a 504 that was executed: the second send is refused for its id, and the order is adopted", { timeout: TEST_MS }, async () => {
	await stack.sim.fault(POST, "accept_then_504");
	await stack.sim.fault(FIND, "status:404", { times: -1 });
	const id = await desk.approve();
	await until("a second send", async () => (await sent(clientId(id))) >= 2 || null, 45_000);
	await stack.sim.clearFaults();
	await desk.becomes(id, "filled");
	assert.equal((await desk.atBroker(id)).length, 1);
	const moves = await desk.moves(id);
	assert.deepEqual(moves.slice(0, 5), ["approved", "reserved", "submitting", "unknown", "submitting"]);
	assert.deepEqual(moves.slice(-2), ["accepted", "filled"]);
	await desk.noSecondOrder();
});

test("anything but a refusal for the id's sake proves nothing", { timeout: TEST_MS }, async () => {
	await stack.sim.fault(POST, "refuse:buying_power", { skip: 1 });
	assert.match((await checked([], EX.later)).err, /proves nothing/);
	assert.match(await results(), /begun unclear$/);
	await stack.sim.fault(POST, "422");
	const other = await checked(["--again"], EX.later);
	assert.equal(other.check.result, "unclear");
	await stack.sim.fault(POST, "drop_before", { skip: 1 });
	await checked([], EX.later);
	await stack.sim.fault(POST, "refuse:suspended");
	assert.match((await checked([], EX.later)).err, /the order itself was refused/);
	await stack.sim.clearFaults();
});

test("a broker that takes a used id: FAIL, loudly, its order canceled, and nothing is sent again there", { timeout: TEST_MS }, async () => {
	await stack.sim.do("config", { used_id_refused: false });
	const { check: result, err } = await checked(["--again"], EX.failed);
	assert.match(err, /FAIL: the broker took a second order/);
	assert.equal(result.result, "failed");
	const orders = await at(result.client_order_id);
	assert.equal(orders.length, 2);
	assert.ok(orders.some((order) => order.id === result.detail.second_order));
	assert.ok((await stack.sim.log({ kind: "request" })).some((entry) => entry.method === "DELETE" && entry.path.includes(result.detail.second_order)));
	const { check: whole } = await checked([], EX.failed);
	assert.notEqual(whole.detail.order, whole.detail.second_order);
	await stack.sim.do("config", { used_id_refused: true });
	assert.match((await check(["--again"])).err, /since one failed[\s\S]*without --again/);
	assert.equal((await check(["--again"])).code, EX.refused);
	assert.match(await results(), /failed begun failed$/);
});

test("where it never goes, and what it needs", { timeout: TEST_MS }, async () => {
	const before = (await stack.sim.requests(POST)).length;
	const live = await check([], { ALPACA_TRADING_BASE_URL: "https://api.alpaca.markets", ALPACA_ALLOW_LIVE: "true" });
	assert.equal(live.code, EX.config);
	assert.match(live.err, /is the live host/);
	for (const env of [{ ALPACA_TRADING_BASE_URL: "https://paper-api.alpaca.markets.example.com" }, { QUESTION_PIPELINE_TEST_MODE: "true" },
		{ ALPACA_API_SECRET_KEY: "" }, { ALPACA_API_SECRET_KEY: "wrong" }])
		assert.equal((await check([], env)).code, EX.config, JSON.stringify(env));
	assert.equal((await check([], {}, "hybridhub_tradectl")).code, EX.forbidden);
	assert.equal((await check(["--reason", "x"])).code, EX.usage);
	await stack.sim.fault("GET /v2/clock", "status:200", { times: -1, extras: { is_open: false, next_open: "2026-11-30T09:30:00-05:00" } });
	const closed = await check();
	await stack.sim.clearFaults();
	assert.equal(closed.code, EX.later);
	assert.match(closed.err, /the market is closed[\s\S]*opens next: 2026-11-30T09:30:00-05:00/);
	assert.equal((await stack.sim.requests(POST)).length, before);
});
