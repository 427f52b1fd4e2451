// What can be traded: a few well-known names, and every symbol that was given a price.
import { createHash } from "node:crypto";
import { notFound } from "./refusal.mjs";
import { assetClassOf } from "./ticker.mjs";

const KNOWN = ["AAPL", "MSFT", "SPY", "QQQ", "KO", "BTC/USD", "ETH/USD"];

// The same symbol has the same id in every run.
function idOf(symbol) {
	const hex = createHash("sha256").update(symbol).digest("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export class Assets {
	constructor(market) {
		this.market = market;
		this.changes = new Map();
	}

	// POST /sim/asset: {symbol, tradable, fractionable, status}
	change(symbol, fields) {
		this.changes.set(symbol, { ...this.changes.get(symbol), ...fields });
	}

	find(name) {
		const symbol = this.symbolOf(name);
		if (!symbol)
			throw notFound(`asset not found for ${name}`);
		const crypto = assetClassOf(symbol) === "crypto";
		return {
			id: idOf(symbol),
			class: assetClassOf(symbol),
			exchange: crypto ? "CRYPTO" : "NASDAQ",
			symbol,
			name: symbol,
			status: "active",
			tradable: true,
			marginable: !crypto,
			shortable: false,
			fractionable: true,
			attributes: [],
			...this.changes.get(symbol),
		};
	}

	// BTC/USD is also found as BTCUSD, and everything by its id.
	symbolOf(name) {
		const all = new Set([...KNOWN, ...this.market.tickers.keys(), ...this.changes.keys()]);
		return [...all].find((s) => s === name || s.replace("/", "") === name || idOf(s) === name);
	}
}
