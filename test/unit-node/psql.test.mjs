// psql sessions on a private cluster.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { Cluster } from "../lib/cluster.mjs";
import { DbClock } from "../lib/dbclock.mjs";
import { SqlError, quote } from "../lib/psql.mjs";
import { until } from "../lib/wait.mjs";

const dir = mkdtempSync(join(tmpdir(), "psql-"));
const cluster = new Cluster(join(dir, "pg"));
let session;

before(async () => {
	await cluster.start();
	await cluster.makeDatabase();
	session = cluster.session();
});

after(async () => {
	await session.close();
	await cluster.stop();
	cluster.discard();
	rmSync(dir, { recursive: true });
});

test("psql: rows are arrays of text, NULL is null", async () =>
	assert.deepEqual(await session.rows("select 1, null, '', E'a\\nb', 't\ty' union all select 2, 'q', 'z', 'w', '\\'"), [
		["1", null, "", "a\nb", "t\ty"],
		["2", "q", "z", "w", "\\"],
	]));

test("psql: no row is not an empty row", async () => {
	assert.deepEqual(await session.rows("select where false"), []);
	assert.deepEqual(await session.rows("select ''"), [[""]]);
	assert.equal(await session.row("select 1 where false"), undefined);
});

test("psql: an error is an exception with its state, and the session goes on", async () => {
	await assert.rejects(session.rows("select nope"), (error) => error instanceof SqlError && error.state === "42703");
	assert.equal(await session.value("select 7"), "7");
});

test("psql: notices and notifications are kept", async () => {
	await session.rows("do $$ begin raise notice 'heard'; end $$");
	assert.match(session.notices.at(-1), /heard/);
	await session.rows("listen bell; notify bell, 'p \"q\"'");
	await session.rows("select 1");
	assert.deepEqual(session.notifications, [{ channel: "bell", payload: 'p "q"' }]);
});

test("psql: quoting", async () => {
	const text = "it's \\ a\n'test'";
	assert.equal(await session.value(`select ${quote(text)}`), text);
	assert.equal(await session.value(`select ${quote(null)}`), null);
});

test("psql: two thousand questions at once are answered in order", async () => {
	const answers = await Promise.all([...Array(2000).keys()].map((n) => session.value(`select ${n}`)));
	assert.ok(answers.every((text, n) => text === String(n)));
});

test("dbclock: the time stands where it is put, for every role, until it is released", async () => {
	await session.rows("create function clock_now() returns timestamptz language sql stable as 'select clock_timestamp()'");
	await session.rows("create function market_data_partitions() returns void language sql as 'select'");
	await session.rows("create role somebody login");
	const clock = await new DbClock(session).install();
	await clock.set("2018-04-04T02:42:00Z");
	const other = cluster.session("somebody");
	const now = "select to_char(clock_now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')";
	assert.equal(await other.value(now), "2018-04-04 02:42:00");
	await clock.release();
	assert.equal(await other.value("select clock_now() > '2020-01-01'"), "t");
	await other.close();
});

test("psql: an open quote does not hang for ever", async () => {
	const lost = cluster.session();
	await assert.rejects(lost.rows("select 'open", 300), /no answer in 300 ms/);
	await lost.closed;
});

test("psql: a lost session fails its questions, and after a restart a new one works", async () => {
	const doomed = cluster.session();
	const pid = await doomed.value("select pg_backend_pid()");
	const waiting = assert.rejects(doomed.rows("select pg_sleep(30)"), (error) => error.state === "57P01" || error.state === "08006");
	await until("it sleeps", () => session.value(`select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`));
	await session.close();
	await cluster.restart("immediate");
	await waiting;
	session = cluster.session();
	assert.equal(await session.value("select current_database()"), "hub");
});
