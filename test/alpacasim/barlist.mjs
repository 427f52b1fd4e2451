// GET .../bars: timeframes, windows and pages.
import { barJson, joinBars } from "./bar.mjs";
import { utc } from "./clock.mjs";
import { badData } from "./refusal.mjs";

const TIMEFRAME = /^(\d{1,2})(Min|T|Hour|H|Day|D)$/;
const MAX_LIMIT = 10_000;

function readTimeframe(text) {
	const match = TIMEFRAME.exec(text ?? "");
	const count = match && Number(match[1]);
	const unit = match?.[2][0];
	const most = { M: 59, T: 59, H: 23, D: 1 }[unit];
	if (!match || count < 1 || count > most)
		throw badData(`invalid timeframe: ${text ?? ""}`);
	return unit === "D" ? { daily: true } : { daily: false, ms: count * (unit === "H" ? 3_600_000 : 60_000) };
}

function readLimit(text) {
	if (text === null)
		return 1000;
	const limit = Number(text);
	if (!Number.isInteger(limit) || limit < 1)
		throw badData(`invalid limit: ${text}`);
	if (limit > MAX_LIMIT)
		throw badData(`invalid limit: larger than the allowed maximum of ${MAX_LIMIT}`);
	return limit;
}

// A date alone is that day's midnight, as the ticker's market counts days.
function readInstant(ticker, text, fallback) {
	if (text === null)
		return fallback;
	const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? ticker.dayStart(text) : Date.parse(text);
	if (Number.isNaN(ms))
		throw badData(`invalid format for parameter: ${text}`);
	return ms;
}

// Minutes joined into longer bars, stamped with their left edge.
function joinMinutes(minutes, ms) {
	const out = [];
	for (const bar of minutes) {
		const start = Math.floor(bar.ms / ms) * ms;
		if (out.at(-1)?.ms === start)
			joinBars(out.at(-1), bar);
		else
			out.push({ ...bar, ms: start });
	}
	return out;
}

function barsOf(ticker, query, timeframe, now) {
	const start = readInstant(ticker, query.get("start"), ticker.dayStart(ticker.dateOf(now)));
	const end = readInstant(ticker, query.get("end"), now);
	const all = timeframe.daily ? ticker.daysUntil(now) : joinMinutes(ticker.minutesUntil(now), timeframe.ms);
	const found = all.filter((bar) => bar.ms >= start && bar.ms <= end);
	return query.get("sort") === "desc" ? found.reverse() : found;
}

const tokenOf = (symbol, bar) => Buffer.from(`${symbol}|M|${utc(bar.ms)}`).toString("base64");

// The limit counts all symbols together; pages go by symbol, then time. {bars: {symbol: [...]}, next_page_token}
export function listBars(tickers, query, now) {
	const timeframe = readTimeframe(query.get("timeframe"));
	const limit = readLimit(query.get("limit"));
	const points = [];
	for (const ticker of tickers)
		for (const bar of barsOf(ticker, query, timeframe, now))
			points.push({ symbol: ticker.symbol, bar });
	const from = startOf(points, query.get("page_token"));
	const page = points.slice(from, from + limit);
	const next = points[from + limit];
	const bars = {};
	for (const { symbol, bar } of page)
		(bars[symbol] ??= []).push(barJson(bar));
	return { bars, next_page_token: next ? tokenOf(next.symbol, next.bar) : null };
}

function startOf(points, pageToken) {
	if (!pageToken)
		return 0;
	const at = points.findIndex(({ symbol, bar }) => tokenOf(symbol, bar) === pageToken);
	if (at < 0)
		throw badData("invalid page_token");
	return at;
}
