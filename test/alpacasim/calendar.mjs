// When the market trades. One calendar of real sessions, and one that is open around the clock for demos at night.
import { closesEarly, isTradingDay } from "./holiday.mjs";
import { addDays, dateOf, instant, stamp } from "./nytime.mjs";

const REGULAR = { open: "09:30", close: "16:00", session_open: "0400", session_close: "2000" };
const EARLY = { open: "09:30", close: "13:00", session_open: "0400", session_close: "1700" };
const ALWAYS = { open: "00:00", close: "23:59", session_open: "0000", session_close: "2359" };

const colon = (hhmm) => `${hhmm.slice(0, 2)}:${hhmm.slice(2)}`;

export class Calendar {
	constructor(alwaysOpen) {
		this.alwaysOpen = alwaysOpen;
		this.cache = new Map();
	}

	trades(date) {
		return this.alwaysOpen || isTradingDay(date);
	}

	// {date, pre, open, close, post}: instants; null where nothing trades.
	session(date) {
		if (!this.trades(date))
			return null;
		if (!this.cache.has(date)) {
			const hours = this.hours(date);
			this.cache.set(date, {
				date,
				pre: instant(date, colon(hours.session_open)),
				open: instant(date, hours.open),
				close: instant(date, hours.close),
				post: instant(date, colon(hours.session_close)),
			});
		}
		return this.cache.get(date);
	}

	hours(date) {
		if (this.alwaysOpen)
			return ALWAYS;
		return closesEarly(date) ? EARLY : REGULAR;
	}

	// pre, regular, post or none.
	phase(ms) {
		if (this.alwaysOpen)
			return "regular";
		const s = this.session(dateOf(ms));
		if (!s || ms < s.pre || ms >= s.post)
			return "none";
		if (ms < s.open)
			return "pre";
		return ms < s.close ? "regular" : "post";
	}

	isOpen(ms) {
		return this.phase(ms) === "regular";
	}

	previousDate(date) {
		let d = addDays(date, -1);
		while (!this.trades(d))
			d = addDays(d, -1);
		return d;
	}

	nextDate(date) {
		let d = addDays(date, 1);
		while (!this.trades(d))
			d = addDays(d, 1);
		return d;
	}

	nextOpen(ms) {
		const today = this.session(dateOf(ms));
		if (today && ms < today.open)
			return today.open;
		return this.session(this.nextDate(dateOf(ms))).open;
	}

	nextClose(ms) {
		return this.nextEnd(ms, "close");
	}

	nextPostClose(ms) {
		return this.nextEnd(ms, "post");
	}

	nextEnd(ms, which) {
		const today = this.session(dateOf(ms));
		if (today && ms < today[which])
			return today[which];
		return this.session(this.nextDate(dateOf(ms)))[which];
	}

	clock(ms) {
		return {
			timestamp: stamp(ms),
			is_open: this.isOpen(ms),
			next_open: stamp(this.nextOpen(ms)),
			next_close: stamp(this.nextClose(ms)),
		};
	}

	// Rows of GET /v2/calendar from start to end, both included.
	days(start, end) {
		const out = [];
		for (let date = start; date <= end; date = addDays(date, 1))
			if (this.trades(date))
				out.push({ date, ...this.hours(date), settlement_date: this.nextDate(date) });
		return out;
	}
}
