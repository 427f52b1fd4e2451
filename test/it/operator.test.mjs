// The operator's hand: tradectl's commands against a living tradectl, the simulator and a database, as role
// hybridhub_operator. What they change, what they say, what they refuse, and what they write down.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { randomUUID } from "node:crypto";
import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";
import { Desk, SYMBOL, clientId } from "./desk.mjs";

const EX = { ok: 0, usage: 64, refused: 65, misfit: 69, later: 75, forbidden: 77, config: 78 };
let stack;
let desk;

// Runs `tradectl ARGS`; {code, out, err}.
function tradectl(args, { role = "hybridhub_operator", env = {} } = {}) {
	const done = spawnSync(stack.binary("tradectl"), args, {
		env: { PATH: process.env.PATH, DATABASE_URL: stack.cluster.url(role), ...env },
		encoding: "utf8",
		timeout: 60_000,
	});
	return { code: done.status, out: done.stdout, err: done.stderr };
}

// The same for a command that must succeed, as JSON.
function ask(...args) {
	const { code, out, err } = tradectl([...args, "--json"]);
	assert.equal(code, EX.ok, `${args.join(" ")}: ${err}`);
	assert.equal(err, "");
	return JSON.parse(out);
}

const METADATA = {
	facts: { side: "buy", price: "50000" },
	evidence: [{ id: "17", symbol: SYMBOL, metric: "last_trade", price: "50000" }],
};

// A new person who was asked and said yes; the order's id and the uid.
async function approve(text = "Buy?", proposal = {}) {
	const question = await desk.ask({ text, proposal, metadata: METADATA });
	assert.equal(await desk.answer(question, 10), "ok");
	return question;
}

const status = (id) => stack.sql.value(`select status || coalesce(' ' || reason, '') from trade_orders where id = ${quote(id)}`);
const becomes = (id, wanted) => until(`order ${id} to be ${wanted}`, async () => {
	const seen = await status(id);
	if (seen !== wanted)
		throw new Error(seen);
	return true;
}, 30_000);

before(async () => {
	stack = new Stack({ name: "operator", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await stack.startGround();
	await desk.price(SYMBOL, "50000");
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
	// A queue that fills up: seen by the next look at the gauges, and told by the last test.
	await stack.sql.rows(`create or replace function trading_gauges(p_account text) returns table (scope text, level bigint, queue_use_ppm bigint)
		language sql stable set search_path = pg_catalog, public, pg_temp
		as 'select s, case when s = ''user'' then 2 else (select max(array_position(array[''active'', ''reducing'', ''halted''], h.level) - 1)
			from trading_halts h where h.scope = s) end::bigint, 250000::bigint from unnest(array[''global'', ''account'', ''user'', ''self'']) s'`);
});

after(async () => {
	await stack?.stop();
});

test("a halt stops the next order, says who set it, and a resume lets the one after it through", async () => {
	const halted = ask("halt", "--reason", "a drill");
	assert.deepEqual([halted.halt.scope, halted.halt.before, halted.halt.after], ["global", "active", "halted"]);
	assert.equal(halted.halt.by, `${userInfo().username} (hybridhub_operator)`);
	assert.deepEqual(halted.submitting, []);
	const { id } = await approve();
	await becomes(id, "blocked HALTED");
	await until("/readyz to say so", async () => {
		const { status, body } = await stack.readiness("tradectl");
		return status === 200 && String(body).includes("ready, but trading is halted: tradectl status says");
	}, 30_000);
	const resumed = ask("resume", "--reason", "over");
	assert.deepEqual([resumed.resume.before, resumed.resume.after, resumed.still_in_force], ["halted", "active", []]);
	const next = await approve();
	await becomes(next.id, "filled");
	const done = await stack.sql.rows("select os_user, role, command, target, reason from operator_actions order by id");
	assert.deepEqual(done, [
		[userInfo().username, "hybridhub_operator", "halt", "global", "a drill"],
		[userInfo().username, "hybridhub_operator", "resume", "global", "over"],
	]);
});

test("scopes: one person and one account; what still holds is said", async () => {
	const { id, uid } = await approve();
	await becomes(id, "filled");
	ask("halt", "--user", uid, "--level", "reducing", "--reason", "calls us");
	const account = ask("halt", "--account", "paper", "--reason", "a drill");
	assert.equal(account.halt.key, "paper");
	const left = ask("resume", "--account", "paper", "--reason", "over").still_in_force;
	assert.deepEqual(left.map((halt) => [halt.scope, halt.key, halt.level, halt.reason]), [["user", uid, "reducing", "calls us"]]);
	const text = tradectl(["resume", "--user", uid, "--reason", "done"]);
	assert.equal(text.code, EX.ok);
	assert.match(text.out, /^resume\n {2}scope +user\n {2}key +person-.*\n {2}before +reducing\n {2}after +active\n/);
	assert.match(text.out, /\nstill in force: none\n/);
});

test("status, orders and explain tell what is there", async () => {
	const { id, uid } = await approve("Buy?\u001b[31m \u009b2J really?");
	await becomes(id, "filled");
	const seen = ask("status");
	assert.equal(seen.accounts.find(({ account }) => account === "paper").state, "served");
	assert.ok(seen.orders.some(({ account, state, orders }) => account === "paper" && state === "filled" && orders >= 1));
	assert.deepEqual([seen.halts, seen.unclear, seen.orphans], [[], [], []]);
	assert.equal(typeof seen.database.notification_queue_use, "number");
	assert.match(tradectl(["status"]).out, /\naccounts\n {2}account +served seconds .*\n {2}live .*\n {2}paper .* served\n/);

	assert.deepEqual(ask("orders", "--user", uid).orders.map((order) => [order.order, order.state]), [[id, "filled"]]);
	assert.deepEqual(ask("orders", "--state", "rejected", "--limit", "5").orders, []);
	assert.match(tradectl(["orders", "--limit", "1"]).out, /^orders\n {2}order .*\n {2}[0-9a-f-]{36} .*\n$/);

	const told = ask("explain", id);
	assert.equal(told.question.answer, 10);
	assert.deepEqual(told.evidence, [{ id: "17", price: "50000", metric: "last_trade", symbol: SYMBOL }]);
	assert.ok(told.guardrails.length > 10 && told.guardrails.every(({ ok }) => ok));
	assert.deepEqual(told.events.map(({ to }) => to), ["approved", "reserved", "submitting", "accepted", "filled"]);
	assert.ok(told.events.every(({ what }) => what?.length > 5));
	assert.equal(told.broker.at(-1).status, "filled");
	assert.equal(told.configuration[0].version, 1);
	assert.deepEqual(ask("explain", clientId(id)).order.id, id);
	assert.equal(ask("explain", told.order.broker_id).order.id, id);

	const text = tradectl(["explain", id]).out;
	assert.match(text, /\n {2}text +Buy\?\\u001b\[31m \\u009b2J really\?\n/);
	// biome-ignore lint: control bytes are what is looked for
	assert.doesNotMatch(text.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f]/);
	assert.doesNotMatch(tradectl(["explain", id, "--json"]).out.trimEnd(), /[\u0000-\u001f\u007f-\u009f]/);
});

test("reconcile: the daemon asks again, and the command waits for it", async () => {
	const before = await stack.sql.value("select reconciled_at from broker_account where account = 'paper'");
	const done = ask("reconcile", "--account", "paper", "--reason", "to see");
	assert.equal(done.done, true);
	const after = await stack.sql.value("select reconciled_at from broker_account where account = 'paper'");
	assert.ok(new Date(after) > new Date(before));
	const nobody = tradectl(["reconcile", "--account", "live"]);
	assert.equal(nobody.code, EX.refused);
	assert.match(nobody.err, /no tradectl serves account live; nobody would hear it\ntradectl: what to do: /);
});

test("reconcile: what the broker could not show is named, and it is not done", async () => {
	// Works at the broker: it is asked for by id.
	const { id } = await approve("Buy?", { order_type: "limit", notional_usd: null, qty: "0.001", limit_price: "10000" });
	await becomes(id, "accepted");
	await stack.sim.fault("GET /v2/orders:by_client_order_id", "status:500", { times: -1 });
	const failed = tradectl(["reconcile", "--account", "paper", "--json"]);
	await stack.sim.clearFaults();
	assert.equal(failed.code, EX.later, failed.err);
	assert.match(failed.err, /not all could be asked for: of what stands under `unasked` nothing is known now/);
	const told = JSON.parse(failed.out);
	assert.deepEqual(told.unasked.map(({ account, what }) => [account, what]), [["paper", clientId(id)]]);
	assert.match(told.unasked[0].why, /status 500/);
	assert.deepEqual(ask("reconcile", "--account", "paper").unasked, []);
	await stack.sql.rows(`update trade_orders set cancel_requested_at = clock_now(), cancel_requested_by = 'operator', next_cancel_at = clock_now()
		where id = ${quote(id)}`);
	await becomes(id, "canceled BROKER_CANCELED");
});

test("resolve: only what a person can judge, on evidence", async () => {
	const { id } = await approve();
	await becomes(id, "filled");
	const ended = tradectl(["resolve", id, "--as", "rejected", "--evidence", "none"]);
	assert.equal(ended.code, EX.refused);
	assert.match(ended.err, /is filled: it cannot be resolved as rejected\ntradectl: what to do: it has ended\n/);

	// As one that the broker has never shown.
	const other = await approve();
	await becomes(other.id, "filled");
	await stack.sql.rows(`alter table trade_orders disable trigger user;
		update trade_orders set status = 'unresolved', reason = 'UNRESOLVED', filled_qty = 0, alpaca_order_id = null, accepted_at = null,
			next_check_at = clock_now() + interval '1 hour' where id = ${quote(other.id)};
		alter table trade_orders enable trigger user`);
	assert.equal(ask("status").unclear[0].order, other.id);
	assert.equal(tradectl(["resolve", other.id, "--as", "accepted", "--evidence", "x"]).code, EX.refused);
	const resolved = ask("resolve", other.id, "--as", "rejected", "--evidence", "mail of the broker, 4711");
	assert.deepEqual([resolved.order.before, resolved.order.after], ["unresolved", "rejected"]);
	assert.equal(await status(other.id), "rejected RESOLVED_BY_OPERATOR");
	assert.equal(ask("explain", other.id).operators[0].reason, "mail of the broker, 4711");
});

test("acknowledge: an orphan is listed until somebody has looked into it", async () => {
	const orphan = `h1-${randomUUID().replaceAll("-", "")}`;
	await stack.sql.rows(`insert into orphan_orders (client_order_id, broker_account, alpaca_order_id, symbol, side, reserved_usd, submitted_at, raw)
		values (${quote(orphan)}, 'test', 'at-the-broker', ${quote(SYMBOL)}, 'buy', 10, clock_now(), '{}')`);
	assert.deepEqual(ask("status").orphans.map(({ client_order_id }) => client_order_id), [orphan]);
	const done = ask("acknowledge", "at-the-broker", "--reason", "placed by the desk, ticket 12");
	assert.deepEqual([done.acknowledged.kind, done.acknowledged.what, done.acknowledged.account], ["orphan", orphan, "test"]);
	assert.deepEqual(ask("status").orphans, []);
	assert.deepEqual(await stack.sql.rows("select os_user, role, target, reason from operator_actions where command = 'acknowledge'"),
		[[userInfo().username, "hybridhub_operator", "at-the-broker", "placed by the desk, ticket 12"]]);
	await stack.sql.rows(`delete from orphan_orders where client_order_id = ${quote(orphan)}`);
});

test("what cannot be is refused by name, with the exit code that says why", async () => {
	const rows = [
		[["cancel"], EX.usage, /cancel is no command/],
		[["halt\u001b[31m"], EX.usage, /halt\\u001b\[31m is no command/],
		[["halt"], EX.usage, /--reason TEXT is needed/],
		[["halt", "--reason", "x", "--level", "off"], EX.usage, /--level is reducing/],
		[["halt", "--reason", "x", "--user", "a", "--account", "b"], EX.usage, /not both/],
		[["halt", "--reason", "x", "all"], EX.usage, /^usage: tradectl halt/],
		[["halt", "--state", "x"], EX.usage, /--state has no meaning here\nusage: tradectl halt/],
		[["halt", "--user", "nobody", "--reason", "x"], EX.refused, /there is no user nobody/],
		[["resume", "--account", "gold", "--reason", "x"], EX.refused, /there is no account gold\n.*what to do: the accounts are: live paper test\n/],
		[["orders", "--state", "open"], EX.refused, /there is no state open; the states are: approved /],
		[["orders", "--limit", "many"], EX.usage, /--limit is a number/],
		[["explain"], EX.usage, /usage: tradectl explain ORDER/],
		[["explain", "4711"], EX.refused, /there is no order 4711/],
		[["resolve", "4711", "--as", "filled", "--evidence", "x"], EX.usage, /--as rejected or --as accepted/],
		[["acknowledge", "4711"], EX.usage, /--reason TEXT is needed/],
		[["acknowledge", "4711", "--reason", "x"], EX.refused, /there is no orphan 4711 and no ledger .*\n.*`tradectl status` lists both/],
		[["resolve", "4711", "--as", "rejected"], EX.usage, /--evidence TEXT is needed/],
	];
	for (const [args, code, words] of rows) {
		const done = tradectl(args);
		assert.equal(done.code, code, `${args.join(" ")}: ${done.err}`);
		assert.match(done.err, words);
		assert.equal(done.out, "");
	}
	assert.equal(tradectl(["status"], { env: { DATABASE_URL: "" } }).code, EX.config);
	const wrongRole = tradectl(["halt", "--reason", "x"], { role: "hybridhub_evald" });
	assert.equal(wrongRole.code, EX.forbidden);
	assert.match(wrongRole.err, /what to do: let DATABASE_URL name the role hybridhub_operator; this was hybridhub_evald\n/);
	const wrongDatabase = tradectl(["status"], { env: { DATABASE_URL: stack.cluster.url("hybridhub_operator", "template1") } });
	assert.equal(wrongDatabase.code, EX.misfit, wrongDatabase.err);
	assert.match(wrongDatabase.err, /what to do: database template1 holds nothing of this program/);
	assert.equal(tradectl(["status"], { env: { DATABASE_URL: "postgresql://x@/hub?host=/nowhere" } }).code, EX.later);
	const none = spawnSync(stack.binary("tradectl"), ["status"], { env: { PATH: process.env.PATH }, encoding: "utf8" });
	assert.equal(none.status, EX.config);
	assert.match(none.stderr, /DATABASE_URL is not set; .* postgresql:\/\/hybridhub_operator@\/hybridhub\n/);
	for (const verb of ["halt", "resume", "status", "orders", "explain", "reconcile", "resolve", "acknowledge", "verify"]) {
		const help = tradectl([verb, "--help"], { env: { DATABASE_URL: "" } });
		assert.equal(help.code, EX.ok, help.err);
		assert.match(help.out, new RegExp(`^usage: tradectl ${verb} .*\n  \\S`));
	}
	assert.equal((await stack.sql.value("select level from trading_halts where scope = 'global'")), "active");
	assert.match(spawnSync(stack.binary("tradectl"), ["--help"], { encoding: "utf8" }).stdout,
		/\n {2}halt \[--account A \| --user U\] \[--level reducing\|halted\] --reason TEXT\n[^]*\n {2}resolve ORDER --as/);
});

test("another release's schema: 69, and nothing is done", async () => {
	await stack.sql.rows("insert into schema_steps (number, name, checksum) values (900, '900_later.sql', 'x')");
	try {
		const done = tradectl(["halt", "--reason", "x"]);
		assert.equal(done.code, EX.misfit);
		assert.match(done.err, /schema is at step 900, this release's at \d+: run sql\/migrate up/);
	} finally {
		await stack.sql.rows("delete from schema_steps where number = 900");
	}
});

test("gauges: halts by scope, and the alarm of a notification queue that fills up, once", async () => {
	const { program, ports } = stack.running.get("tradectl");
	await program.waitLine(/level=error .*event=notifications\.filling .*percent=25/, 30_000);
	// What an earlier test halted is read again every 10 s.
	const text = await until("the gauge of a lifted halt", async () => {
		const seen = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
		return seen.includes('\nhybridhub_trading_halted{scope="global"} 0\n') && seen;
	}, 30_000);
	assert.match(text, /\nhybridhub_notification_queue_use 0\.250000\n/);
	assert.match(text, /\nhybridhub_trading_halted\{scope="user"\} 2\n/);
	assert.match(text, /\nhybridhub_guardrail_blocks_total\{reason="HALTED"\} 1\n/);
	assert.match(text, /\nhybridhub_orders_total\{outcome="filled"\} [1-9]/);
	assert.equal(program.lines.filter((line) => line.includes("notifications.filling")).length, 1);
});
