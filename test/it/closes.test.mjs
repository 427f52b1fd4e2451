// Which close is "yesterday's", from the feed to the question: ingestd stores it and evald judges by it, around a holiday,
// an early close, a weekend and a session's first seconds, by the simulator's calendar of real sessions.
//   node --test test/it/closes.test.mjs
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DbClock } from "../lib/dbclock.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

// Closes of the days that trade: Thursday 26 is Thanksgiving, Friday 27 ends at 13:00.
const CLOSES = { "2026-11-23": 50, "2026-11-24": 100, "2026-11-25": 200, "2026-11-27": 400 };

// Every trade is 2 % below the close that counts; one in a session makes that day's own bar;
// today: the feed has one from before.
const MOMENTS = [
	{ name: "before a session, the feed still at yesterday's bar", now: "2026-11-25T12:00:00Z", close: "2026-11-24", quiet: "MARKET_CLOSED" },
	{ name: "a session's first seconds", now: "2026-11-25T14:30:20Z", close: "2026-11-24" },
	{ name: "the evening after", now: "2026-11-25T22:00:00Z", today: true, close: "2026-11-24", quiet: "MARKET_CLOSED" },
	{ name: "a holiday", now: "2026-11-26T15:00:00Z", close: "2026-11-25", quiet: "MARKET_CLOSED" },
	{ name: "an early close's last hour", now: "2026-11-27T17:10:00Z", close: "2026-11-25" },
	{ name: "after an early close", now: "2026-11-27T18:30:00Z", today: true, close: "2026-11-25", quiet: "MARKET_CLOSED" },
	{ name: "a Saturday", now: "2026-11-28T15:00:00Z", close: "2026-11-27", quiet: "MARKET_CLOSED" },
	{ name: "Monday's first seconds", now: "2026-11-30T14:30:05Z", close: "2026-11-27" },
];
const CONFIG = { data_inputs: [{ id: "primary_watchlist", symbols: ["SPY"], poll_interval_seconds: 3600 }],
	rules: [{ id: "dip_confirm", cooldown_seconds: 0, max_fires_per_day: 50, session: "regular" }] };
let stack;
let clock;

const bar = (close) => ({ o: `${close}`, h: `${close}`, l: `${close}`, c: `${close}`, v: "1000" });

// The feed as it stands at that moment.
async function stage({ now, close, today }) {
	const past = Object.entries(CLOSES).filter(([date]) => date < now.slice(0, 10) || (today && now.startsWith(date)));
	await stack.sim.clock({ now });
	await stack.sim.do("price", { symbol: "SPY", forget: true, daily: past.map(([date, value]) => ({ date, ...bar(value) })),
		trade: { p: String(CLOSES[close] * 0.98) } });
	await clock.set(now);
}

async function poll() {
	const { lines } = stack.program("ingestd");
	const from = lines.length;
	stack.program("ingestd").signal("SIGHUP");
	await until("a poll", () => {
		const begun = lines.slice(from).findIndex((line) => line.includes("event=credentials.read"));
		return begun >= 0 && lines.slice(from + begun).some((line) => line.includes("event=poll.stored"));
	});
}

before(async () => {
	stack = new Stack({ name: "closes", daemons: [], tickSeconds: 1, simArgs: [], binDir: process.env.BIN_DIR });
	await stack.start();
	clock = await new DbClock(stack.sql).install();
	await stack.sim.clock({ now: "2026-11-25T09:30:00Z" });
	await clock.set("2026-11-25T09:30:00Z");
	await stack.sql.rows("insert into users (firebase_uid) values ('anna')");
	await stack.sql.rows(`insert into user_trading_config (firebase_uid, template_name, config, enabled)
		values ('anna', 'default_paper_watchlist', ${quote(JSON.stringify(CONFIG))}, true)`);
	for (const name of ["ingestd", "evald"]) {
		await stack.startDaemon(name);
		await stack.waitReady(name);
	}
});

after(() => stack?.stop());

describe("yesterday's close", () => {
	for (const moment of MOMENTS)
		it(moment.name, async () => {
			const { lines } = stack.program("evald");
			const from = lines.length;
			await stage(moment);
			await poll();
			assert.deepEqual(await stack.sql.row(`select price::float8, session_date from market_data_latest
				where symbol = 'SPY' and metric = 'prev_close'`), [String(CLOSES[moment.close]), moment.close]);
			if (moment.quiet) {
				await until(moment.quiet, () => lines.slice(from).some((line) => line.includes(`reason=${moment.quiet}`)));
				return;
			}
			const text = await until("the question", () => stack.sql.value(`select question_text from questions
				where kind = 'proposal' and created_at >= ${quote(moment.now)}`));
			assert.match(text, /^SPY is down 2\.0% vs yesterday\./);
		});
});
