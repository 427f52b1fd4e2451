// All symbols, and the ways in which a price moves.
import { fixedBar } from "./bar.mjs";
import { format, parse } from "./decimal.mjs";
import { Ticker, assetClassOf } from "./ticker.mjs";

export class Market {
	constructor(clock, calendar, config) {
		this.clock = clock;
		this.calendar = calendar;
		this.config = config;
		this.tickers = new Map();
		// Called with a symbol after its price moved.
		this.onMove = () => {};
	}

	find(symbol) {
		return this.tickers.get(symbol);
	}

	need(symbol) {
		if (!this.tickers.has(symbol))
			this.tickers.set(symbol, new Ticker(symbol, this.calendar));
		return this.tickers.get(symbol);
	}

	symbols(assetClass) {
		return [...this.tickers.keys()].filter((s) => assetClassOf(s) === assetClass);
	}

	// A trade at that price, now or at t, with a quote around it.
	move(symbol, price, t = this.clock.stamp(), size) {
		const ticker = this.need(symbol);
		ticker.addTrade({ t, p: price, ...(size && { s: size }) });
		const half = parse(this.config.spread) / 2n;
		ticker.addQuote({ t, bp: format(parse(price) - half), ap: format(parse(price) + half) });
		this.onMove(symbol);
	}

	// The close of the session before today, whichever member of the snapshot shows it now.
	setPreviousClose(symbol, close) {
		const ticker = this.need(symbol);
		ticker.putDay(ticker.previousDate(ticker.dateOf(this.clock.now())), { c: close, v: "1000000" });
	}

	// One completed minute of a recording: its bar, its day so far, and a trade at its close.
	playMinute({ ms, symbol, o, h, l, c, v }) {
		const ticker = this.need(symbol);
		const t = new Date(ms + 59_999).toISOString();
		for (const price of [o, h, l])
			ticker.countDay(ms, price, "0", true);
		ticker.addTrade({ t, p: c, s: v });
		ticker.putMinute(fixedBar(ms, { o, h, l, c, v }));
		ticker.addQuote({ t, bp: c, ap: c });
		this.onMove(symbol);
	}
}
