// One order: what was asked, how far it is filled, and how the broker writes it.
import { randomUUID } from "node:crypto";
import { ONE, divide, format, multiply } from "./decimal.mjs";
import { utc } from "./clock.mjs";

const FINAL = new Set(["filled", "canceled", "expired", "rejected", "replaced"]);

export class Order {
	// stamp: the broker's time as RFC 3339. expiresAt: milliseconds or null. spendable: what of a notional is really spent.
	// reservePrice: what a share of an open buy holds back. plan: the fractions in which it fills.
	constructor(request, { stamp, expiresAt, spendable, reservePrice, plan }) {
		this.id = randomUUID();
		this.request = request;
		this.client_order_id = request.client_order_id ?? randomUUID();
		this.symbol = request.asset.symbol;
		this.side = request.side;
		this.status = "pending_new";
		this.created_at = stamp;
		this.submitted_at = stamp;
		this.updated_at = stamp;
		this.filled_at = null;
		this.canceled_at = null;
		this.expired_at = null;
		this.failed_at = null;
		this.replaced_at = null;
		this.replaced_by = null;
		// Shown by the stream only.
		this.cancel_requested_at = null;
		this.expiresAt = expiresAt;
		this.spendable = spendable;
		this.reservePrice = reservePrice;
		this.filledQty = 0n;
		// Sum of qty x price with all 18 decimals, so that the average of one fill is its price.
		this.filledExact = 0n;
		this.plan = [...plan];
	}

	get open() {
		return !FINAL.has(this.status);
	}

	get crypto() {
		return this.request.asset.class === "crypto";
	}

	get filledValue() {
		return this.filledExact / ONE;
	}

	get averagePrice() {
		return (this.filledExact + this.filledQty / 2n) / this.filledQty;
	}

	addFill(qty, price) {
		this.filledQty += qty;
		this.filledExact += qty * price;
	}

	// What is left to fill, in shares at that price; a notional order buys what its money still pays for.
	leaves(price) {
		if (this.request.qty !== null)
			return this.request.qty - this.filledQty;
		const left = this.spendable - this.filledValue;
		return left > 0n ? divide(left, price) : 0n;
	}

	// Reserved money of an open buy.
	get unspent() {
		if (!this.open || this.side !== "buy")
			return 0n;
		if (this.request.notional !== null)
			return this.request.notional - this.filledValue;
		return multiply(this.request.qty - this.filledQty, this.reservePrice);
	}

	json() {
		const r = this.request;
		const text = (nanos) => (nanos === null ? null : format(nanos));
		return {
			id: this.id,
			client_order_id: this.client_order_id,
			created_at: this.created_at,
			updated_at: this.updated_at,
			submitted_at: this.submitted_at,
			filled_at: this.filled_at,
			expired_at: this.expired_at,
			expires_at: this.expiresAt === null ? null : utc(this.expiresAt),
			canceled_at: this.canceled_at,
			failed_at: this.failed_at,
			replaced_at: this.replaced_at,
			replaced_by: this.replaced_by,
			replaces: null,
			asset_id: r.asset.id,
			symbol: this.symbol,
			asset_class: r.asset.class,
			notional: text(r.notional),
			qty: text(r.qty),
			filled_qty: format(this.filledQty),
			filled_avg_price: this.filledQty > 0n ? format(this.averagePrice) : null,
			order_class: "",
			order_type: r.type,
			type: r.type,
			side: this.side,
			position_intent: this.side === "buy" ? "buy_to_open" : "sell_to_close",
			time_in_force: r.time_in_force,
			limit_price: text(r.limit_price),
			stop_price: null,
			status: this.status,
			extended_hours: r.extended_hours,
			legs: null,
			trail_percent: null,
			trail_price: null,
			hwm: null,
			subtag: null,
			source: null,
		};
	}
}
