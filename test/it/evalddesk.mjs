// What the tests of evald share: rows in, questions out. The database's clock is in the test's hand, so nothing waits for a
// cooldown or an expiry.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach } from "node:test";
import { DbClock } from "../lib/dbclock.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

export const TEXT = "SPY is down 1.6% vs yesterday. Swipe +10 to approve a small buy, -10 to skip.";
export const NEW_YORK_10_00 = "2026-11-25T15:00:00Z";
export let stack;
export let clock;
export let now;

export const sql = (text) => stack.sql.rows(text);
export const value = (text) => stack.sql.value(text);

export function later(seconds) {
	return new Date(now.getTime() + seconds * 1000).toISOString();
}

export async function stepTo(instant) {
	now = new Date(instant);
	await clock.set(now.toISOString());
}

export async function step(seconds) {
	await stepTo(now.getTime() + seconds * 1000);
}

// A row of market data as ingestd stores it, as old as said.
export async function observe(symbol, metric, price, { age = 0, date, feed = "iex", asset_class = "us_equity" } = {}) {
	const rows = [{ symbol, asset_class, feed, metric, price: String(price), as_of: later(-age),
		session_date: date ?? now.toISOString().slice(0, 10), session: "regular" }];
	await sql(`select market_data_store(${quote(randomUUID())}, ${quote(JSON.stringify(rows))})`);
}

// Everything that was written before this call has been evaluated: a row of its own rings, and last_eval_at follows.
export async function evaluated() {
	await step(1);
	await observe("QQQ", "last_trade", 100 + (now.getTime() % 1000) / 100);
	await until("an evaluation", async () =>
		(await value(`select last_eval_at >= ${quote(now.toISOString())} from eval_progress`)) === "t");
}

export async function person(uid, config = {}, { template = "default_paper_watchlist", enabled = true } = {}) {
	await sql(`insert into users (firebase_uid) values (${quote(uid)}) on conflict do nothing`);
	await sql(`insert into user_trading_config (firebase_uid, template_name, config, enabled)
		values (${quote(uid)}, ${quote(template)}, ${quote(JSON.stringify(config))}, ${enabled})
		on conflict (firebase_uid) do update set config = excluded.config, enabled = excluded.enabled`);
}

export async function questions(uid, columns = "kind, status") {
	return sql(`select ${columns} from questions where firebase_uid = ${quote(uid)} order by created_at, attempt, id`);
}

export const count = async (uid) => Number(await value(`select count(*) from questions where firebase_uid = ${quote(uid)}`));

// A swipe, as apid takes it for its caller.
export async function answer(uid, number) {
	const id = await value(`select id from questions where firebase_uid = ${quote(uid)} and status in ('queued', 'delivered')
		order by created_at desc limit 1`);
	await sql(`select set_config('hybridhub.uid', ${quote(uid)}, false)`);
	const outcome = await value(`select question_answer(${quote(id)}, ${number}, null)`);
	await sql("select set_config('hybridhub.uid', '', false)");
	assert.equal(outcome, "ok");
	return id;
}

export async function calendar() {
	const days = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-27", "2026-11-30", "2026-12-01"].map((date) => ({
		date, pre_open: `${date}T09:00:00Z`, open: `${date}T14:30:00Z`,
		close: `${date}T${date === "2026-11-27" ? "18" : "21"}:00:00Z`, post_close: `${date}T23:00:00Z` }));
	await sql(`select market_calendar_store(${quote(JSON.stringify(days))})`);
}

// Not ready, for a reason that is named.
export const missing = (pattern) => until(`evald to miss ${pattern}`, async () => {
	const { status, body } = await stack.readiness("evald");
	return status === 503 && pattern.test(String(body));
}, 30_000);

export const log = (pattern, ms) => stack.program("evald").waitLine(pattern, ms);

// For the whole file that calls it.
export function useEvald() {
	before(async () => {
		// Sweeps are far apart in real time: what happens here happens because of a ring.
		stack = new Stack({ name: "evald", daemons: [], tickSeconds: 60, binDir: process.env.BIN_DIR });
		await stack.start();
		clock = await new DbClock(stack.sql).install();
		now = new Date(NEW_YORK_10_00);
		await clock.set(NEW_YORK_10_00);
		await calendar();
		await observe("SPY", "prev_close", 500, { date: "2026-11-24", age: 3600 });
		await stack.startDaemon("evald");
		await stack.waitReady("evald");
	});
	after(() => stack?.stop());

	// Time only goes forward; each test has its own people.
	beforeEach(() => sql("update user_trading_config set enabled = false where enabled"));
}

export async function trade(price) {
	await step(2);
	await observe("SPY", "last_trade", price);
}

export const asked = (uid, many = 1) =>
	until(`${many} question(s) to ${uid}`, async () => (await count(uid)) === many, 30_000);

export const quiet = (uid, reason) => log(new RegExp(`event=question\\.not_asked .*uid=${uid} .*reason=${reason}`), 30_000);
