// Market data as the data host answers it.
import assert from "node:assert/strict";
import test from "node:test";
import { call } from "../lib/http.mjs";
import { withLab } from "./lab.mjs";

const rawText = async (lab, path) => (await fetch(lab.url + path, { headers: lab.keys })).text();
const spy = (lab, query = "") => lab.body(`/v2/stocks/snapshots?symbols=SPY${query}`).then((body) => body.SPY);

test("data: a stock snapshot has no wrapper, a crypto one has", () =>
	withLab({}, async (lab) => {
		await lab.hand.price("BTC/USD", "6685.02", { prev_close: "6900" });
		const stocks = await lab.body("/v2/stocks/snapshots?symbols=SPY,AAPL");
		assert.deepEqual(Object.keys(stocks), ["SPY"]);
		assert.deepEqual([stocks.SPY.latestTrade.p, stocks.SPY.prevDailyBar.c], [492, 500]);
		const crypto = await lab.body("/v1beta3/crypto/us/snapshots?symbols=BTC%2FUSD");
		assert.deepEqual(Object.keys(crypto), ["snapshots"]);
		const { latestTrade, latestQuote, prevDailyBar } = crypto.snapshots["BTC/USD"];
		assert.deepEqual([latestTrade.p, prevDailyBar.c], [6685.02, 6900]);
		assert.deepEqual(Object.keys(latestTrade).sort(), ["i", "p", "s", "t", "tks"]);
		assert.deepEqual(Object.keys(latestQuote).sort(), ["ap", "as", "bp", "bs", "t"]);
	}));

test("data: a price goes out with the text it came with", () =>
	withLab({ empty: true }, async (lab) => {
		await lab.hand.price("SPY", "492.10");
		assert.match(await rawText(lab, "/v2/stocks/snapshots?symbols=SPY"), /"p":492\.10,/);
		await lab.hand.price("SPY", "4.921e2");
		assert.match(await rawText(lab, "/v2/stocks/snapshots?symbols=SPY"), /"p":4\.921e2,/);
	}));

test("data: daily bars are stamped at New York's midnight, crypto's at 00:00Z", () =>
	withLab({ alwaysOpen: false, empty: true }, async (lab) => {
		await lab.hand.clock({ now: "2026-11-02T15:00:00Z" });
		for (const symbol of ["SPY", "BTC/USD"])
			await lab.hand.price(symbol, "100", { prev_close: "99" });
		// The clocks went back on Sunday, 1 November.
		const { dailyBar, prevDailyBar } = await spy(lab);
		assert.deepEqual([dailyBar.t, prevDailyBar.t], ["2026-11-02T05:00:00Z", "2026-10-30T04:00:00Z"]);
		const { snapshots } = await lab.body("/v1beta3/crypto/us/snapshots?symbols=BTC/USD");
		const crypto = snapshots["BTC/USD"];
		assert.deepEqual([crypto.dailyBar.t, crypto.prevDailyBar.t], ["2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z"]);
	}));

test("data: before the day's first trade dailyBar is the last session", () =>
	withLab({ alwaysOpen: false, empty: true }, async (lab) => {
		await lab.hand.clock({ now: "2026-10-08T12:00:00Z" });
		await lab.hand.price("SPY", undefined, {
			daily: [
				{ date: "2026-10-06", o: "1", h: "2", l: "1", c: "490", v: "1" },
				{ date: "2026-10-07", o: "1", h: "2", l: "1", c: "500", v: "1" },
			],
		});
		// A trade before the open moves latestTrade and nothing of the day.
		await lab.hand.price("SPY", "480");
		const early = await spy(lab);
		assert.deepEqual([early.dailyBar.c, early.prevDailyBar.c, early.latestTrade.p], [500, 490, 480]);
		assert.deepEqual(early.latestTrade.c, ["@", "T"]);
		await lab.hand.clock({ now: "2026-10-08T13:31:00Z" });
		await lab.hand.price("SPY", "492");
		const open = await spy(lab);
		assert.deepEqual([open.dailyBar.t, open.dailyBar.l, open.prevDailyBar.c], ["2026-10-08T04:00:00Z", 492, 500]);
	}));

test("data: an odd lot moves volume and not the latest trade", () =>
	withLab({}, async (lab) => {
		await lab.hand.do("price", { symbol: "SPY", trade: { p: "400", s: 3, c: ["@", "I"] } });
		const { latestTrade, dailyBar } = await spy(lab);
		assert.deepEqual([latestTrade.p, dailyBar.l, dailyBar.v], [492, 492, 103]);
	}));

test("data: a minute bar shows when its minute is over", () =>
	withLab({ empty: true }, async (lab) => {
		await lab.hand.clock({ now: "2026-10-08T15:00:10Z" });
		for (const price of ["10", "12", "9", "11"])
			await lab.hand.price("SPY", price);
		assert.equal((await spy(lab)).minuteBar, undefined);
		await lab.hand.clock({ now: "2026-10-08T15:01:00Z" });
		const { t, o, h, l, c, v, n } = (await spy(lab)).minuteBar;
		assert.deepEqual([t, o, h, l, c, v, n], ["2026-10-08T15:00:00Z", 10, 12, 9, 11, 400, 4]);
	}));

test("data: hidden members are absent", () =>
	withLab({}, async (lab) => {
		await lab.hand.do("price", { symbol: "SPY", hide: ["latestTrade", "prevDailyBar"] });
		assert.deepEqual(Object.keys(await spy(lab)).sort(), ["dailyBar", "latestQuote"]);
	}));

test("data: latest trades, quotes and bars, for many and for one", () =>
	withLab({ empty: true }, async (lab) => {
		await lab.hand.clock({ now: "2026-10-08T15:00:10Z" });
		await lab.hand.price("SPY", "492");
		await lab.hand.clock({ now: "2026-10-08T15:01:10Z" });
		assert.equal((await lab.body("/v2/stocks/trades/latest?symbols=SPY")).trades.SPY.p, 492);
		assert.equal((await lab.body("/v2/stocks/SPY/trades/latest")).trade.p, 492);
		assert.deepEqual((await lab.body("/v2/stocks/quotes/latest?symbols=SPY")).quotes.SPY.bp, 491.99);
		assert.equal((await lab.body("/v2/stocks/bars/latest?symbols=SPY")).bars.SPY.c, 492);
		assert.equal((await lab.body("/v2/stocks/SPY/snapshot")).symbol, "SPY");
		assert.deepEqual((await lab.body("/v2/stocks/trades/latest?symbols=QQQ")).trades, {});
	}));

const REFUSED = [
	["/v2/stocks/snapshots?symbols=SPY,SAAB-B.ST", 400, { message: "invalid symbol: SAAB-B.ST" }],
	["/v2/stocks/snapshots?symbols=BTC/USD", 400, { message: "invalid symbol: BTC/USD" }],
	["/v1beta3/crypto/us/snapshots?symbols=BTCUSD", 400, { message: "invalid symbol: BTCUSD does not match ^[A-Z]+x?/[A-Z]+$" }],
	["/v2/stocks/snapshots?symbols=SPY&feed=bogus", 400, { message: "invalid feed: bogus" }],
	["/v2/stocks/bars?symbols=SPY&timeframe=7Day", 400, { message: "invalid timeframe: 7Day" }],
	["/v2/stocks/bars?symbols=SPY&timeframe=1Day&limit=10001", 400, { message: "invalid limit: larger than the allowed maximum of 10000" }],
	[
		"/v2/stocks/snapshots?symbols=SPY&feed=sip",
		403,
		{ code: 42210000, message: "subscription does not permit querying recent SIP data" },
	],
];

for (const [path, status, body] of REFUSED)
	test(`data refused: ${path}`, () =>
		withLab({}, async (lab) => {
			const answer = await lab.get(path);
			assert.deepEqual([answer.status, answer.body], [status, body]);
		}));

test("data: no key is 401 for stocks and nothing for crypto", () =>
	withLab({}, async (lab) => {
		assert.equal((await call("GET", `${lab.url}/v2/stocks/snapshots?symbols=SPY`)).status, 401);
		assert.equal((await call("GET", `${lab.url}/v1beta3/crypto/us/snapshots?symbols=BTC/USD`)).status, 200);
	}));

test("data: over the limit is 429, counted for each host by itself", () =>
	withLab({ config: { rate_limit: 2 } }, async (lab) => {
		const statuses = [];
		// Six of them: three fall into one minute, wherever the minute turns.
		for (let n = 0; n < 6; n++)
			statuses.push((await lab.get("/v2/stocks/snapshots?symbols=SPY")).status);
		assert.ok(statuses.includes(429), String(statuses));
		const trading = await lab.get("/v2/clock");
		assert.equal(trading.status, 200);
		assert.ok(Number(trading.headers.get("x-ratelimit-reset")) > Date.now() / 1000 - 1);
	}));

async function pages(lab, query) {
	const found = [];
	let token = "";
	let count = 0;
	do {
		const { bars, next_page_token } = await lab.body(`/v2/stocks/bars?${query}${token && `&page_token=${encodeURIComponent(token)}`}`);
		for (const [symbol, list] of Object.entries(bars))
			found.push(...list.map((bar) => `${symbol} ${bar.c}`));
		token = next_page_token;
		count += 1;
	} while (token);
	return { found, count };
}

test("data: bars go by symbol, then time, and the limit counts all symbols", () =>
	withLab({ empty: true }, async (lab) => {
		await lab.hand.clock({ now: "2026-10-08T15:00:00Z" });
		const days = (c) => ["05", "06", "07"].map((day, n) => ({ date: `2026-10-${day}`, c: String(c + n) }));
		await lab.hand.price("SPY", undefined, { daily: days(500) });
		await lab.hand.price("AAPL", undefined, { daily: days(200) });
		const { found, count } = await pages(lab, "symbols=SPY,AAPL&timeframe=1Day&start=2026-10-05&limit=2");
		assert.deepEqual(found, ["AAPL 200", "AAPL 201", "AAPL 202", "SPY 500", "SPY 501", "SPY 502"]);
		assert.equal(count, 3);
		const window = await pages(lab, "symbols=SPY&timeframe=1Day&start=2026-10-06&end=2026-10-06");
		assert.deepEqual(window.found, ["SPY 501"]);
		assert.deepEqual(await lab.body("/v2/stocks/bars?symbols=SPY&timeframe=1Day"), { bars: {}, next_page_token: null });
		assert.equal((await lab.body("/v2/stocks/SPY/bars?timeframe=1Day")).bars, null);
	}));

test("data: minutes are joined into longer bars", () =>
	withLab({ empty: true }, async (lab) => {
		const minute = [0, 1, 5].map((m) => ({ t: `2026-10-08T15:0${m}:00Z`, o: "1", h: String(2 + m), l: "1", c: String(1 + m), v: "10" }));
		await lab.hand.clock({ now: "2026-10-08T15:10:00Z" });
		await lab.hand.price("SPY", undefined, { minute });
		const { bars } = await lab.body("/v2/stocks/bars?symbols=SPY&timeframe=5Min&start=2026-10-08");
		assert.deepEqual(
			bars.SPY.map(({ t, h, c, v }) => [t, h, c, v]),
			[["2026-10-08T15:00:00Z", 3, 2, 20], ["2026-10-08T15:05:00Z", 7, 6, 10]],
		);
	}));
