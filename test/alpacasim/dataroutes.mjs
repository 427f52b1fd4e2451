// The data host's REST paths, stocks and crypto.
import { barJson } from "./bar.mjs";
import { listBars } from "./barlist.mjs";
import { Refusal, badData } from "./refusal.mjs";

const STOCK = /^[A-Z]+(\.[A-Z]+)?$/;
const CRYPTO = /^[A-Z]+x?\/[A-Z]+$/;
const FEEDS = ["iex", "sip", "delayed_sip", "otc", "boats", "overnight"];
const REALTIME_MS = 15 * 60_000;

// One malformed symbol fails the whole request; an unknown one is merely absent from the answer.
function readSymbols(query, pattern) {
	const names = (query.get("symbols") ?? "").split(",").filter(Boolean);
	if (names.length === 0)
		throw badData("symbols is required");
	for (const name of names)
		if (!pattern.test(name))
			throw badData(`invalid symbol: ${name}${pattern === CRYPTO ? ` does not match ${CRYPTO.source.replace("\\/", "/")}` : ""}`);
	return [...new Set(names)].sort();
}

// The Basic plan: sip only where its window ends a quarter of an hour ago.
function checkFeed(query, endsAt, now) {
	const feed = query.get("feed") ?? "iex";
	if (!FEEDS.includes(feed))
		throw badData(`invalid feed: ${feed}`);
	if (feed === "sip" && endsAt > now - REALTIME_MS)
		throw new Refusal(403, 42210000, "subscription does not permit querying recent SIP data");
}

function found(sim, names) {
	return names.map((name) => sim.market.find(name)).filter(Boolean);
}

// {symbol: value} of those that have one.
function mapOf(sim, names, read) {
	const out = {};
	for (const ticker of found(sim, names)) {
		const value = read(ticker);
		if (value)
			out[ticker.symbol] = value;
	}
	return out;
}

function snapshotOf(sim, ticker) {
	const snapshot = ticker.snapshotJson(sim.clock.now());
	return Object.keys(snapshot).length > 0 ? snapshot : null;
}

const LATEST = {
	trades: { one: "trade", read: (sim, ticker) => ticker.tradeJson() },
	quotes: { one: "quote", read: (sim, ticker) => ticker.quoteJson() },
	bars: {
		one: "bar",
		read: (sim, ticker) => {
			const bar = ticker.lastMinute(sim.clock.now());
			return bar ? barJson(bar) : null;
		},
	},
};

function stockSymbols({ sim, query }) {
	checkFeed(query, Infinity, sim.clock.now());
	return readSymbols(query, STOCK);
}

function stockSymbol({ sim, query, params }) {
	checkFeed(query, Infinity, sim.clock.now());
	return readSymbols(new URLSearchParams({ symbols: params.symbol }), STOCK);
}

function stockBars(sim, query, names) {
	const now = sim.clock.now();
	const end = query.get("end");
	checkFeed(query, end === null ? now : Date.parse(end), now);
	return listBars(found(sim, names), query, now);
}

function oneStock(request, member, read) {
	const [symbol] = stockSymbol(request);
	const value = mapOf(request.sim, [symbol], read)[symbol];
	if (!value)
		throw new Refusal(404, null, `no ${member} found for ${symbol}`);
	return { symbol, value };
}

export const dataRoutes = [
	{
		on: "GET /v2/stocks/snapshots",
		serve: (request) => mapOf(request.sim, stockSymbols(request), (t) => snapshotOf(request.sim, t)),
	},
	{
		on: "GET /v2/stocks/{symbol}/snapshot",
		serve: (request) => {
			const { symbol, value } = oneStock(request, "snapshot", (t) => snapshotOf(request.sim, t));
			return { symbol, ...value };
		},
	},
	{
		on: "GET /v2/stocks/{kind}/latest",
		serve: (request) => {
			const { read } = latestOf(request.params.kind);
			return { [request.params.kind]: mapOf(request.sim, stockSymbols(request), (t) => read(request.sim, t)) };
		},
	},
	{
		on: "GET /v2/stocks/{symbol}/{kind}/latest",
		serve: (request) => {
			const { one, read } = latestOf(request.params.kind);
			const { symbol, value } = oneStock(request, one, (t) => read(request.sim, t));
			return { symbol, [one]: value };
		},
	},
	{
		on: "GET /v2/stocks/bars",
		serve: ({ sim, query }) => stockBars(sim, query, readSymbols(query, STOCK)),
	},
	{
		on: "GET /v2/stocks/{symbol}/bars",
		serve: ({ sim, query, params }) => {
			const names = readSymbols(new URLSearchParams({ symbols: params.symbol }), STOCK);
			const { bars, next_page_token } = stockBars(sim, query, names);
			// The single form says null where the other has no key.
			return { symbol: names[0], bars: bars[names[0]] ?? null, next_page_token };
		},
	},
	{
		on: "GET /v1beta3/crypto/{loc}/snapshots",
		serve: ({ sim, query }) => ({
			snapshots: mapOf(sim, readSymbols(query, CRYPTO), (t) => snapshotOf(sim, t)),
		}),
	},
	{
		on: "GET /v1beta3/crypto/{loc}/latest/{kind}",
		serve: ({ sim, query, params }) => {
			const { read } = latestOf(params.kind);
			return { [params.kind]: mapOf(sim, readSymbols(query, CRYPTO), (t) => read(sim, t)) };
		},
	},
	{
		on: "GET /v1beta3/crypto/{loc}/bars",
		serve: ({ sim, query }) => listBars(found(sim, readSymbols(query, CRYPTO)), query, sim.clock.now()),
	},
];

function latestOf(kind) {
	if (!LATEST[kind])
		throw new Refusal(404, null, "endpoint not found.");
	return LATEST[kind];
}
