// Recordings, scripts and the generator.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readBars } from "../alpacasim/csv.mjs";
import { until } from "../lib/wait.mjs";
import { withLab } from "./lab.mjs";

const MINUTES = `t,symbol,o,h,l,c,v
2018-04-04T00:00:00Z,BTC/USD,7424.91,7424.91,7422,7422,7.14319709
2018-04-04T00:01:00Z,BTC/USD,7420,7422,7405,7405,13.35069752
2018-04-04T00:03:00Z,BTC/USD,7405,7410.5,7400,7410.10,2
2018-04-05T00:00:00Z,BTC/USD,6900,6900,6890,6891,1
`;
const DAYS = `t,symbol,o,h,l,c,v
2018-04-02T00:00:00Z,BTC/USD,7000,7100,6900,7045,100
2018-04-03T00:00:00Z,BTC/USD,7045.01,7500,7016.8,7490.01,14768.28256521
2018-04-04T00:00:00Z,BTC/USD,7424.91,7424.91,6766.5,6894.01,9190.96476367
`;

async function withFiles(files, use) {
	const dir = mkdtempSync(join(tmpdir(), "alpacasim-"));
	try {
		const paths = Object.entries(files).map(([name, text]) => {
			writeFileSync(join(dir, name), text);
			return join(dir, name);
		});
		await use(...paths);
	} finally {
		rmSync(dir, { recursive: true });
	}
}

const withRecording = (more, use) =>
	withFiles({ "minutes.csv": MINUTES, "days.csv": DAYS }, (csv, csvDaily) =>
		withLab({ csv, csvDaily, empty: true, ...more }, use),
	);

const bitcoin = async (lab) => (await lab.body("/v1beta3/crypto/us/snapshots?symbols=BTC/USD")).snapshots["BTC/USD"];

test("replay: each step ends a minute, and nothing of the future shows", () =>
	withRecording({}, async (lab) => {
		assert.equal((await bitcoin(lab)).minuteBar, undefined);
		const first = await lab.hand.do("csv");
		assert.deepEqual([first.now, first.rows.length, first.left], ["2018-04-04T00:01:00Z", 1, 3]);
		const early = await bitcoin(lab);
		assert.deepEqual([early.minuteBar.t, early.minuteBar.c], ["2018-04-04T00:00:00Z", 7422]);
		// The file's bar of 4 April would give the day away: today's bar is formed from the minutes.
		assert.deepEqual([early.dailyBar.t, early.dailyBar.c, early.dailyBar.l], ["2018-04-04T00:00:00Z", 7422, 7422]);
		assert.equal(early.prevDailyBar.c, 7490.01);
		await lab.hand.do("csv", { minutes: 2 });
		assert.deepEqual((await bitcoin(lab)).dailyBar, { ...(await bitcoin(lab)).dailyBar, h: 7424.91, l: 7400, c: 7410.1 });
		await lab.hand.do("csv");
		const next = await bitcoin(lab);
		assert.deepEqual([next.prevDailyBar.t, next.prevDailyBar.c], ["2018-04-04T00:00:00Z", 6894.01]);
		assert.deepEqual(await lab.hand.do("csv"), { now: "2018-04-05T00:01:00Z", rows: [], left: 0 });
	}));

test("replay: setting the clock feeds what is over by then", () =>
	withRecording({}, async (lab) => {
		await lab.hand.clock({ now: "2018-04-04T00:03:59Z" });
		assert.equal((await bitcoin(lab)).minuteBar.c, 7405);
		await lab.hand.clock({ now: "2018-04-04T00:04:00Z" });
		assert.equal((await bitcoin(lab)).minuteBar.c, 7410.1);
	}));

test("replay: an accelerated clock plays by itself", () =>
	withRecording({ speed: 6000 }, async (lab) => {
		await until("the third bar", async () => (await bitcoin(lab))?.minuteBar?.c === 7410.1, 3_000);
	}));

for (const [name, text] of [
	["a wrong header", "time,o\n"],
	["a line that is cut off", "t,symbol,o,h,l,c,v\n2018-04-04T00:00:00Z,BTC/USD,1,2\n"],
	["a price that is none", "t,symbol,o,h,l,c,v\n2018-04-04T00:00:00Z,BTC/USD,1,x,1,1,1\n"],
])
	test(`csv: ${name} is refused with its place`, () =>
		withFiles({ "bad.csv": text }, (file) => assert.throws(() => readBars(file), /bad\.csv/)));

test("script: steps run by time or by call, and a misspelt verb is refused at the start", () =>
	withFiles(
		{
			"script.json": JSON.stringify({
				steps: [
					{ after_ms: 0, price: { symbol: "SPY", prev_close: "500", price: "499" } },
					{ after_ms: 40, price: { symbol: "SPY", price: "492" } },
					{ price: { symbol: "SPY", price: "480" } },
				],
			}),
			"bad.json": JSON.stringify({ steps: [{ prise: {} }] }),
		},
		async (script, bad) => {
			await withLab({ script, empty: true }, async (lab) => {
				const spy = async () => (await lab.body("/v2/stocks/snapshots?symbols=SPY")).SPY;
				const last = async () => (await spy()).latestTrade.p;
				await until("the timed step", async () => (await last()) === 492);
				assert.equal((await spy()).dailyBar.o, 499, "the first step ran before it");
				assert.deepEqual(await lab.hand.do("script"), { ran: 1, left: 0 });
				assert.equal(await last(), 480);
			});
			await assert.rejects(withLab({ script: bad, empty: true }, () => {}), /no such verb: prise/);
		},
	));

test("generator: the same seed walks the same way, another one another", async () => {
	const walk = async (seed) => {
		let bars;
		await withLab({ seed, tickMs: 5, empty: true }, async (lab) => {
			await until("twenty trades", async () => {
				bars = (await lab.body("/v2/stocks/snapshots?symbols=SPY")).SPY;
				return bars.dailyBar.n >= 20;
			});
			await lab.hand.clock({ speed: 0 });
		});
		return [bars.dailyBar.o, bars.prevDailyBar.c];
	};
	const [first, again, other] = [await walk(7), await walk(7), await walk(8)];
	assert.deepEqual(first, again);
	assert.notDeepEqual(first, other);
});
