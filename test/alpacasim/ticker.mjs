// What the tape knows of one symbol: last trade, last quote, minute and daily bars.
import { addVolume, barJson, fixedBar, foldTrade } from "./bar.mjs";
import { parse } from "./decimal.mjs";
import { token } from "./json.mjs";
import { addDays, dateOf, instant } from "./nytime.mjs";

const MINUTE = 60_000;

export const assetClassOf = (symbol) => (symbol.includes("/") ? "crypto" : "us_equity");

export class Ticker {
	constructor(symbol, calendar) {
		this.symbol = symbol;
		this.crypto = assetClassOf(symbol) === "crypto";
		this.calendar = calendar;
		this.trade = null;
		this.quote = null;
		this.minutes = [];
		// Daily bars by date: formed by trades and control calls, and read from a file (those show when their day is over).
		this.formed = new Map();
		this.filed = new Map();
		this.hidden = new Set();
		this.ids = 0;
	}

	// The trade day of an instant: New York's date for stocks, UTC's for crypto.
	dateOf(ms) {
		return this.crypto ? new Date(ms).toISOString().slice(0, 10) : dateOf(ms);
	}

	// The stamp of a daily bar: 00:00Z for crypto, New York's midnight for stocks.
	dayStart(date) {
		return this.crypto ? Date.parse(`${date}T00:00:00Z`) : instant(date, "00:00");
	}

	dayEnd(date) {
		return this.dayStart(addDays(date, 1));
	}

	addTrade({ t, p, s = "100", x = "V", c, z = "B", i, tks = "B" }) {
		const ms = Date.parse(t);
		const regular = this.crypto || this.calendar.phase(ms) === "regular";
		const conditions = c ?? (regular ? ["@"] : ["@", "T"]);
		const oddLot = conditions.includes("I");
		this.ids += 1;
		this.countDay(ms, p, s, regular && !oddLot);
		this.countMinute(ms, p, s, !oddLot);
		// Odd lots move volume only: the latest trade does not show them.
		if (!oddLot)
			this.trade = { t, p, s, x, c: conditions, z, i: i ?? String(this.ids), tks };
	}

	// Extended hours and odd lots never move a daily price, and the first one of a day makes no daily bar either.
	countDay(ms, price, size, movesPrice) {
		const date = this.dateOf(ms);
		const day = this.formed.get(date);
		if (movesPrice)
			this.formed.set(date, foldTrade(day, this.dayStart(date), price, size));
		else if (day)
			addVolume(day, price, parse(size));
	}

	countMinute(ms, price, size, movesPrice) {
		const start = Math.floor(ms / MINUTE) * MINUTE;
		const minute = this.minuteAt(start);
		if (movesPrice)
			this.putMinute(foldTrade(minute, start, price, size));
		else if (minute)
			addVolume(minute, price, parse(size));
	}

	addQuote({ t, bp, ap, bs = "100", as = "100", bx = "V", ax = "V", c = ["R"], z = "B" }) {
		this.quote = { t, bp, ap, bs, as, bx, ax, c, z };
	}

	minuteAt(start) {
		const last = this.minutes.at(-1);
		if (!last || last.ms < start)
			return undefined;
		return last.ms === start ? last : this.minutes.find((bar) => bar.ms === start);
	}

	// Keeps the minutes in order; a bar for a minute that is there replaces it.
	putMinute(bar) {
		const last = this.minutes.at(-1);
		if (!last || last.ms < bar.ms) {
			this.minutes.push(bar);
			return;
		}
		const at = this.minutes.findIndex((other) => other.ms >= bar.ms);
		this.minutes.splice(at, this.minutes[at].ms === bar.ms ? 1 : 0, bar);
	}

	putDay(date, values, fromFile = false) {
		(fromFile ? this.filed : this.formed).set(date, fixedBar(this.dayStart(date), values));
	}

	// A minute bar shows when its minute is over.
	minutesUntil(now) {
		return this.minutes.filter((bar) => bar.ms + MINUTE <= now);
	}

	lastMinute(now) {
		return this.minutes.findLast((bar) => bar.ms + MINUTE <= now);
	}

	daysUntil(now) {
		const today = this.dateOf(now);
		const shown = new Map();
		for (const [date, bar] of this.formed)
			if (date <= today)
				shown.set(date, bar);
		for (const [date, bar] of this.filed)
			if (this.dayEnd(date) <= now)
				shown.set(date, bar);
		return [...shown.values()].sort((a, b) => a.ms - b.ms);
	}

	// The day before `date` on which this symbol trades.
	previousDate(date) {
		return this.crypto ? addDays(date, -1) : this.calendar.previousDate(date);
	}

	// What a market order pays or gets; null while there is nothing to trade against.
	priceFor(side) {
		const quoted = this.quote && parse(side === "buy" ? this.quote.ap : this.quote.bp);
		if (quoted)
			return quoted;
		return this.trade ? parse(this.trade.p) : null;
	}

	tradeJson() {
		const t = this.trade;
		if (!t)
			return null;
		const common = { t: t.t, p: token(t.p), s: token(t.s), i: token(t.i) };
		return this.crypto ? { ...common, tks: t.tks } : { ...common, x: t.x, c: t.c, z: t.z };
	}

	quoteJson() {
		const q = this.quote;
		if (!q)
			return null;
		const common = { t: q.t, bp: token(q.bp), bs: token(q.bs), ap: token(q.ap), as: token(q.as) };
		return this.crypto ? common : { ...common, bx: q.bx, ax: q.ax, c: q.c, z: q.z };
	}

	// Before the day's first trade dailyBar is the last session and prevDailyBar the one before it: so is the real one.
	snapshotJson(now) {
		const days = this.daysUntil(now);
		const minute = this.lastMinute(now);
		const members = {
			latestTrade: this.tradeJson(),
			latestQuote: this.quoteJson(),
			minuteBar: minute ? barJson(minute) : null,
			dailyBar: days.length > 0 ? barJson(days.at(-1)) : null,
			prevDailyBar: days.length > 1 ? barJson(days.at(-2)) : null,
		};
		return Object.fromEntries(Object.entries(members).filter(([name, value]) => value && !this.hidden.has(name)));
	}
}
