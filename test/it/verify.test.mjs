// tradectl verify: on a database as migrated every guarantee holds; on one where guarantees were taken away it names each; what
// does not apply says so; nothing of the operator's own database changes, and no scratch database is left.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { Cluster } from "../lib/cluster.mjs";
import { Program, run } from "../lib/proc.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const TRADECTL = resolve(TOP, process.env.BIN_DIR ?? "build/bin", "tradectl");
const MINUTES = 120_000;
let cluster;
let dir;
let sql;

function start(args, role = "hybridhub_operator") {
	return new Program("tradectl verify", [TRADECTL, "verify", ...args], { env: { DATABASE_URL: cluster.url(role) } });
}

// {code, guarantees: {name: {result, why}}, held, failed, not_applicable}
async function verify() {
	const program = start(["--json", "--scratch", cluster.url(undefined, "postgres")]);
	const { code } = await program.exited;
	assert.equal(program.lines.length, 1, program.tail());
	const said = JSON.parse(program.lines[0]);
	const guarantees = Object.fromEntries(said.guarantees.map(({ guarantee, result, why }) => [guarantee, { result, why }]));
	return { code, ...said, guarantees };
}

const databases = async () => (await sql.rows("select datname from pg_database order by 1")).map(([name]) => name);

// Every row of every table, and every function, as one digest each.
async function fingerprint() {
	const tables = await sql.rows(`select c.oid::regclass::text from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`);
	const digests = [];
	for (const [table] of tables)
		digests.push(await sql.value(`select '${table} ' || count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from ${table} t`));
	digests.push(await sql.value(`select md5(string_agg(pg_get_functiondef(p.oid), '' order by p.oid)) from pg_proc p
		where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'`));
	return digests;
}

before(async () => {
	dir = mkdtempSync(join(TOP, "build", "verify-"));
	cluster = new Cluster(join(dir, "pg"));
	await cluster.start();
	await cluster.makeDatabase();
	await run("sql/migrate up", [join(TOP, "sql/migrate"), "up"], { env: { DATABASE_URL: cluster.url() } });
	sql = cluster.session();
});

after(async () => {
	await sql?.close();
	await cluster?.stop();
	if (cluster?.isOutside())
		cluster.discard();
	rmSync(dir, { recursive: true, force: true });
});

test("as migrated, every guarantee holds, each with its control; nothing is changed and nothing is left", { timeout: MINUTES }, async () => {
	const before = await fingerprint();
	const had = await databases();
	const { code, guarantees, held, failed, not_applicable } = await verify();
	const wrong = Object.entries(guarantees).filter(([, { result }]) => result !== "ok");
	assert.deepEqual(wrong, []);
	assert.deepEqual([code, failed, not_applicable], [0, 0, 0]);
	assert.ok(held >= 19, `${held} guarantees`);
	for (const name of ["one_order", "answer_with_order", "legal_moves", "events", "cap_of_person", "cap_of_account", "halt", "expired",
		"frozen", "fills_grow", "missing", "rights", "rewound"])
		assert.equal(guarantees[name]?.result, "ok", name);
	assert.deepEqual(await fingerprint(), before);
	assert.deepEqual(await databases(), had);
});

test("a role that may make no database is told what to do", { timeout: MINUTES }, async () => {
	const program = start([]);
	assert.equal((await program.exited).code, 77);
	assert.match(program.tail(), /permission denied to create database\ntradectl: what to do: .* --scratch postgresql:/);
});

test("an interrupted run leaves nothing either", { timeout: MINUTES }, async () => {
	const had = await databases();
	const program = start(["--scratch", cluster.url(undefined, "postgres")]);
	await program.waitLine(/^ok .* one question makes at most one order$/, 60_000);
	assert.notDeepEqual(await databases(), had);
	program.signal("SIGINT");
	assert.equal((await program.exited).code, 75);
	assert.match(program.tail(), /ended before all was tried/);
	assert.deepEqual(await databases(), had);
});

test("what was taken away is found, what does not apply says so, a control that cannot be planted is no ok", { timeout: MINUTES }, async () => {
	await sql.rows(`do $$
		declare
			v_def text;
		begin
			-- the account's lock is gone from the claim
			v_def := pg_get_functiondef('order_claim(text, text, timestamptz, uuid)'::regprocedure);
			execute replace(v_def, 'update broker_account b set reserve_seq = b.reserve_seq + 1, reserved_before = b.last_reserved_at,
        last_reserved_at = greatest(clock_now(), b.last_reserved_at) where b.account = p_account returning b.* into v_account;',
				'select b.* into v_account from broker_account b where b.account = p_account; v_account.last_reserved_at := clock_now();');
			-- the same, written otherwise: it holds, but the control does not find its line
			v_def := pg_get_functiondef('question_answer(uuid, numeric, text)'::regprocedure);
			execute replace(v_def, 'q.id = p_id and q.firebase_uid = session_uid()', 'q.firebase_uid = session_uid() and q.id = p_id');
		end $$;
		update hard_limits set max_notional_usd_per_4h = null, max_orders_per_day = null where scope = 'global';
		update broker_account set quarantine_seconds = 0 where account = 'paper';
		grant update on trade_order_events to hybridhub_evald;
		drop trigger append_only on trade_order_events;
		-- what was filled is kept twice: with verify's own way of taking it away it is still there, and its check has proven nothing
		create function kept_twice() returns trigger language plpgsql as
			'begin if new.filled_qty < old.filled_qty then raise exception ''it shrinks''; end if; return new; end';
		create trigger kept_twice before update on trade_orders for each row execute function kept_twice();
		insert into trade_order_moves values ('unknown', 'approved', 'sent again');
		create or replace function halt_level_locked(p_uid text, p_account text) returns text language sql
			as 'select level from trading_halts where scope = ''global''';
		create or replace function order_missing(p_id uuid, p_fence bigint, p_detail jsonb) returns text language sql
			as 'update trade_orders set reserved_at = null, reserved_usd = null, trade_day = null where id = p_id returning status';
		create or replace function clock_now() returns timestamptz language sql stable as 'select clock_timestamp() + interval ''1 day'''`);
	const { code, guarantees, failed, not_applicable } = await verify();
	const found = (name) => `${guarantees[name].result}: ${guarantees[name].why}`;
	assert.equal(code, 1);
	assert.match(found("cap_of_person"), /^FAIL: limit 1 a day: [2-4] orders were reserved$/);
	assert.match(found("own_question"), /^FAIL: its control could not be tried: .*has no such line/);
	assert.match(found("cap_of_account"), /^does not apply: hard_limits caps neither/);
	assert.match(found("rewound"), /^does not apply: quarantine_seconds is 0$/);
	assert.match(found("rights"), /^FAIL: hybridhub_evald may update trade_order_events$/);
	assert.match(found("events"), /^FAIL: let through: update .*; let through: delete/);
	assert.match(found("legal_moves"), /^FAIL: the table lets unknown become approved/);
	assert.match(found("halt"), /^FAIL: scope account was halted, and a buy passed/);
	assert.match(found("missing"), /^FAIL: after ten 404s it is unknown, with 0 USD reserved$/);
	assert.match(found("clock"), /^FAIL: clock_now\(\) says /);
	assert.match(found("fills_grow"), /^FAIL: the check finds nothing even when the guarantee is taken away/);
	assert.deepEqual([failed, not_applicable], [9, 2]);
});
