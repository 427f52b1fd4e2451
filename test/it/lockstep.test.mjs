// A recorded day, bar by bar in lock-step: the test steps the clock to each bar's end, stores the bar, which rings, and
// waits for last_eval_at; so every bar is evaluated, once, at its own time. Which bars must ask is worked out beside it.
//   node --test test/it/lockstep.test.mjs
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { DbClock } from "../lib/dbclock.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

const RECORDED = process.env.HYBRIDHUB_DATA ?? new URL("../../../shared/data", import.meta.url).pathname;
const MINUTE_MS = 60_000;
const COOLDOWN_MS = 3_600_000;
const SYMBOL = "BTC/USD";
const CONFIG = {
	version: 1,
	data_inputs: [{ id: "coins", source: "alpaca", asset_class: "crypto", symbols: [SYMBOL], metrics: ["minute_bar", "prev_close"] }],
	rules: [{ id: "dip", type: "price_below_pct_of_ref", symbol: SYMBOL, price_metric: "minute_bar_close",
		ref_metric: "prev_close", threshold_pct: -3, trigger: "level", cooldown_seconds: 3600, question_ttl_seconds: 900,
		max_fires_per_day: 50, question_template: "{{symbol}} {{price}}",
		on_answer_match: { action: "propose_order", side: "buy", notional_usd: 10 } }],
};
let stack;

function readCsv(file) {
	const [, ...lines] = readFileSync(file, "utf8").trim().split("\n");
	return lines.map((line) => line.split(",")).map(([t, symbol, o, h, l, c, v]) => ({ t, symbol, o, h, l, c, v }))
		.filter(({ symbol }) => symbol === SYMBOL);
}

// Exact: a decimal as an integer of nine more digits.
function nano(text) {
	const [whole, part = ""] = text.split(".");
	return BigInt(whole + part.padEnd(9, "0").slice(0, 9));
}

const dayBefore = (ms) => new Date(ms - 86_400_000).toISOString().slice(0, 10);

// Level, cooldown from the question's creation, an expiry long before the cooldown ends: nothing else decides here.
function expected(bars, closes) {
	const fires = [];
	let quietUntil = 0;
	for (const bar of bars) {
		const end = Date.parse(bar.t) + MINUTE_MS;
		const ref = nano(closes.get(dayBefore(Date.parse(bar.t))));
		if (end < quietUntil || (nano(bar.c) - ref) * 100n > -3n * ref)
			continue;
		fires.push([bar.t, bar.c]);
		quietUntil = end + COOLDOWN_MS;
	}
	return fires;
}

function row(metric, price, asOf, date, more = {}) {
	return { symbol: SYMBOL, asset_class: "crypto", feed: "us", metric, price, as_of: asOf, session_date: date, session: "regular", ...more };
}

async function play(bars, closes) {
	let day = "";
	for (const bar of bars) {
		const at = Date.parse(bar.t);
		const end = new Date(at + MINUTE_MS).toISOString();
		const rows = [row("minute_bar", bar.c, end, bar.t.slice(0, 10), { open: bar.o, high: bar.h, low: bar.l, volume: bar.v })];
		if (day !== bar.t.slice(0, 10)) {
			day = bar.t.slice(0, 10);
			rows.push(row("prev_close", closes.get(dayBefore(at)), `${day}T00:00:00Z`, dayBefore(at)));
			// Partitions need their own transaction, and the new day's clock.
			await stack.sql.rows(`update test_clock set at = ${quote(end)}`);
			await stack.sql.rows("select market_data_partitions()");
		}
		await stack.sql.rows(`begin; update test_clock set at = ${quote(end)};
			select market_data_store(${quote(randomUUID())}, ${quote(JSON.stringify(rows))}); commit`);
		await until(`the evaluation of ${bar.t}`, async () =>
			(await stack.sql.value(`select last_eval_at >= ${quote(end)} from eval_progress`)) === "t", 30_000, 1);
	}
}

async function person(uid) {
	await stack.sql.rows(`update user_trading_config set enabled = false;
		insert into users (firebase_uid) values (${quote(uid)});
		insert into user_trading_config (firebase_uid, config, enabled) values (${quote(uid)}, ${quote(JSON.stringify(CONFIG))}, true)`);
}

// Bars and prices of the questions that were asked.
async function asked(uid) {
	const rows = await stack.sql.rows(`select to_char((as_of - interval '1 minute') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		metadata->'facts'->>'price', created_at = as_of, kind, attempt
		from questions where firebase_uid = ${quote(uid)} order by created_at`);
	assert.ok(rows.every(([, , created, kind, attempt]) => created === "t" && kind === "proposal" && attempt === "1"));
	return rows.map(([t, price]) => [t, price]);
}

before(async () => {
	stack = new Stack({ name: "lockstep", daemons: [], tickSeconds: 3600, binDir: process.env.BIN_DIR });
	await stack.start();
	const clock = await new DbClock(stack.sql).install();
	await clock.set("2018-03-01T00:00:00Z");
	await stack.startDaemon("evald");
	await stack.waitReady("evald");
});

after(() => stack?.stop());

describe("lock-step", () => {
	// Two days that wander about 3 % below the close before them, with a hole over midnight.
	it("a generated day", async () => {
		let seed = 7;
		const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
		const bars = [];
		let price = 9720;
		for (let minute = 0; minute < 480; minute++) {
			const start = Date.parse("2018-03-05T20:00:00Z") + minute * MINUTE_MS;
			price = Math.min(9790, Math.max(9640, price + Math.round((random() - 0.5) * 4000) / 100));
			const c = price.toFixed(2);
			if (minute < 230 || minute > 250)
				bars.push({ t: `${new Date(start).toISOString().slice(0, 19)}Z`, o: c, h: c, l: c, c, v: "1" });
		}
		const closes = new Map([["2018-03-04", "10000"], ["2018-03-05", "10001.5"]]);
		const fires = expected(bars, closes);
		assert.ok(fires.length >= 4, `a day worth testing: ${fires.length}`);
		await person("generated");
		await play(bars, closes);
		assert.deepEqual(await asked("generated"), fires);
	});

	const file = join(RECORDED, "crypto-minute-bars.csv");
	it("4 and 5 April 2018", { skip: !existsSync(file) && `no ${file}` }, async () => {
		const bars = readCsv(file);
		const closes = new Map(readCsv(join(RECORDED, "crypto-daily-bars.csv")).map(({ t, c }) => [t.slice(0, 10), c]));
		const fires = expected(bars, closes);
		assert.equal(bars.length, 2447);
		assert.equal(fires.length, 16);
		assert.deepEqual(fires[0], ["2018-04-04T02:41:00Z", "7259"]);
		assert.deepEqual(fires.at(-1), ["2018-04-05T17:43:00Z", "6685.02"]);
		await person("recorded");
		await play(bars, closes);
		assert.deepEqual(await asked("recorded"), fires);
	});
});
