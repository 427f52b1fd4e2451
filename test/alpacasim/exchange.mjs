// Where orders trade: routes them when the market is open, fills them the way paper does, lets time end them.
// Every change of an order goes through move(), which announces it.
import { randomUUID } from "node:crypto";
import { divide, format, least, multiply, parse } from "./decimal.mjs";
import { unprocessable } from "./refusal.mjs";

const STAMP_OF = { filled: "filled_at", canceled: "canceled_at", expired: "expired_at", rejected: "failed_at", replaced: "replaced_at" };

export class Exchange {
	constructor({ clock, calendar, market, account, config }) {
		this.clock = clock;
		this.calendar = calendar;
		this.market = market;
		this.account = account;
		this.config = config;
		this.orders = [];
		// (event, order, execution or null), before anyone can see the change.
		this.onEvent = () => {};
		market.onMove = (symbol) => this.matchAll(symbol);
	}

	// Whether the order's market trades now.
	canTrade(request) {
		if (request.asset.class === "crypto")
			return true;
		const phase = this.calendar.phase(this.clock.now());
		return phase === "regular" || (request.extended_hours && phase !== "none");
	}

	add(order) {
		this.orders.push(order);
		this.onEvent(order.status, order, null);
		if (order.status === "pending_new")
			this.later(this.config.new_delay_ms, () => this.route(order));
	}

	// An order that waited for the open goes the same way as one that came while it was open.
	route(order) {
		if (order.status !== "pending_new" && order.status !== "accepted")
			return;
		this.move(order, "new", "new");
		this.later(this.config.fill_delay_ms, () => this.match(order));
	}

	// Fills the next part of the plan when the price allows it.
	match(order) {
		if (!order.open || order.status === "pending_new" || order.status === "accepted" || !this.canTrade(order.request))
			return;
		const price = this.marketablePrice(order);
		if (price === null)
			return this.killIfImmediate(order);
		const part = order.plan[0] ?? "1";
		if (part === "hold")
			return;
		const leaves = order.leaves(price);
		const last = order.plan.length <= 1;
		order.plan.shift();
		this.fill(order, last ? leaves : this.partOf(order, part, price, leaves), price, last);
		if (order.open)
			this.later(this.config.fill_delay_ms, () => this.match(order));
	}

	partOf(order, fraction, price, leaves) {
		const whole = order.request.qty ?? divide(order.spendable, price);
		return least(leaves, multiply(whole, parse(fraction)));
	}

	marketablePrice(order) {
		const price = this.market.find(order.symbol)?.priceFor(order.side) ?? null;
		const limit = order.request.limit_price;
		if (price === null || limit === null)
			return price;
		return (order.side === "buy" ? price <= limit : price >= limit) ? price : null;
	}

	killIfImmediate(order) {
		const time = order.request.time_in_force;
		if (time === "ioc" || time === "fok")
			this.move(order, "canceled", "canceled");
	}

	fill(order, qty, price, done) {
		order.addFill(qty, price);
		this.account.book(order, qty, price);
		const execution = {
			execution_id: randomUUID(),
			timestamp: this.clock.stamp(),
			price: format(price),
			qty: format(qty),
			position_qty: format(this.account.positions.get(order.symbol)?.qty ?? 0n),
		};
		// A wish to cancel outlives a partial fill.
		const partly = order.status === "pending_cancel" ? "pending_cancel" : "partially_filled";
		this.move(order, done ? "filled" : partly, done ? "fill" : "partial_fill", execution);
	}

	// By hand (POST /sim/fill), whatever the plan says: all that is left, or that many shares.
	fillByHand(order, qtyText, priceText) {
		if (!order.open)
			throw unprocessable(`order is already in "${order.status}" state`);
		const price = priceText ? parse(priceText) : this.marketablePrice(order);
		if (price === null)
			throw unprocessable("no price to fill at");
		const leaves = order.leaves(price);
		const qty = qtyText ? least(leaves, parse(qtyText)) : leaves;
		this.fill(order, qty, price, qty === leaves);
	}

	move(order, status, event, execution = null) {
		const now = this.clock.stamp();
		order.status = status;
		order.updated_at = now;
		if (STAMP_OF[status])
			order[STAMP_OF[status]] = now;
		this.onEvent(event, order, execution);
	}

	// 204 only says that the wish was heard: until `canceled` the order can still fill.
	cancel(order) {
		if (order.status === "canceled")
			return;
		if (!order.open)
			throw unprocessable(`order is already in "${order.status}" state`);
		order.cancel_requested_at = this.clock.stamp();
		this.move(order, "pending_cancel", "pending_cancel");
		if (this.config.cancel_delay_ms >= 0 && !this.cancelWaits(order))
			this.later(this.config.cancel_delay_ms, () => this.finishCancel(order));
	}

	cancelWaits(order) {
		return this.config.cancel_waits_for_open && !this.canTrade(order.request);
	}

	finishCancel(order) {
		if (order.status === "pending_cancel")
			this.move(order, "canceled", "canceled");
	}

	matchAll(symbol) {
		for (const order of this.orders)
			if (order.open && order.symbol === symbol)
				this.match(order);
	}

	// What time alone does: opens route, closes expire, a cancel that waited ends.
	tick() {
		const now = this.clock.now();
		for (const order of this.orders.filter((o) => o.open)) {
			if (order.expiresAt !== null && now >= order.expiresAt)
				this.move(order, "expired", "expired");
			else if (order.status === "accepted" && this.canTrade(order.request))
				this.route(order);
			else if (this.config.cancel_waits_for_open && !this.cancelWaits(order))
				this.finishCancel(order);
		}
	}

	later(ms, act) {
		setTimeout(act, ms).unref();
	}
}
