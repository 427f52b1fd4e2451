// Prices that wander: the same seed, the same walk. Whole cents and integers only.
import { format, parse } from "./decimal.mjs";

const START = { SPY: "500", AAPL: "230", MSFT: "410", "BTC/USD": "60000" };
const CENT = parse("0.01");
// A step is at most this many ten-thousandths of the price.
const REACH = 10;

// mulberry32: 32 bits a call.
function makeRandom(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return (t ^ (t >>> 14)) >>> 0;
	};
}

export class Generator {
	constructor(market, seed) {
		this.market = market;
		this.random = makeRandom(seed);
		this.prices = new Map(Object.entries(START).map(([symbol, text]) => [symbol, parse(text)]));
		for (const [symbol, text] of Object.entries(START))
			market.setPreviousClose(symbol, text);
	}

	step() {
		for (const [symbol, price] of this.prices) {
			const tenThousandths = BigInt((this.random() % (2 * REACH + 1)) - REACH);
			const moved = price + (price * tenThousandths) / 10_000n;
			const next = moved - (moved % CENT);
			this.prices.set(symbol, next);
			this.market.move(symbol, format(next));
		}
	}

	start(everyMs) {
		this.step();
		setInterval(() => this.step(), everyMs).unref();
	}
}
