// The broker's desk: checks an order, takes it to the exchange, finds it again.
import { Account } from "./account.mjs";
import { utc } from "./clock.mjs";
import { ONE, multiply, parse } from "./decimal.mjs";
import { Exchange } from "./exchange.mjs";
import { Order } from "./order.mjs";
import { checkCostBasis, readOrderRequest } from "./orderrequest.mjs";
import { forbidden, invalid, notFound } from "./refusal.mjs";

const GTC_MS = 90 * 86_400_000;

export class Broker {
	constructor({ clock, calendar, market, assets, config }) {
		this.clock = clock;
		this.calendar = calendar;
		this.market = market;
		this.assets = assets;
		this.config = config;
		this.account = new Account(market, config, utc(clock.now()));
		this.exchange = new Exchange({ clock, calendar, market, account: this.account, config });
		this.byClientId = new Map();
	}

	get orders() {
		return this.exchange.orders;
	}

	// Checks and takes an order; throws a Refusal, and then there is no order.
	submit(body) {
		const request = readOrderRequest(body, this.assets);
		// An id is taken for ever, also by an order that is long over.
		if (this.config.used_id_refused && request.client_order_id && this.byClientId.has(request.client_order_id))
			throw invalid("client_order_id must be unique");
		const price = request.limit_price ?? this.priceOf(request);
		const cost = request.notional ?? multiply(request.qty, price);
		const fractional = request.notional !== null || request.qty % ONE !== 0n;
		if (fractional && cost > 0n)
			checkCostBasis(request.asset, cost);
		this.account.checkFunds(request, cost, this.reserved(), this.heldForSells(request.asset.symbol));
		this.checkWashTrade(request);
		return this.take(request, price);
	}

	// 0 while the symbol has no price: such an order is taken and waits.
	priceOf(request) {
		return this.market.find(request.asset.symbol)?.priceFor(request.side) ?? 0n;
	}

	take(request, reservePrice) {
		const notional = request.notional ?? 0n;
		const order = new Order(request, {
			stamp: this.clock.stamp(),
			expiresAt: this.expiry(request),
			spendable: notional - multiply(notional, parse(this.config.notional_haircut)),
			reservePrice,
			plan: this.config.fill_plan,
		});
		order.status = this.exchange.canTrade(request) ? "pending_new" : "accepted";
		this.byClientId.set(order.client_order_id, order);
		this.exchange.add(order);
		return order;
	}

	expiry({ asset, time_in_force, extended_hours }) {
		const now = this.clock.now();
		if (asset.class === "crypto")
			return null;
		if (time_in_force === "gtc")
			return now + GTC_MS;
		return extended_hours ? this.calendar.nextPostClose(now) : this.calendar.nextClose(now);
	}

	checkWashTrade(request) {
		for (const other of this.orders) {
			if (!other.open || other.symbol !== request.asset.symbol || other.side === request.side)
				continue;
			const [buy, sell] = request.side === "buy" ? [request, other.request] : [other.request, request];
			const bothLimit = buy.limit_price !== null && sell.limit_price !== null;
			if (bothLimit && buy.limit_price < sell.limit_price)
				continue;
			throw forbidden("potential wash trade detected. use complex orders", {
				existing_order_id: other.id,
				reject_reason: `opposite side ${other.request.type} order exists`,
			});
		}
	}

	reserved() {
		return this.orders.reduce((sum, order) => sum + order.unspent, 0n);
	}

	heldForSells(symbol) {
		const price = this.market.find(symbol)?.priceFor("sell") ?? ONE;
		return this.orders
			.filter((order) => order.open && order.side === "sell" && order.symbol === symbol)
			.reduce((sum, order) => sum + order.leaves(price), 0n);
	}

	find(id) {
		const order = this.orders.find((o) => o.id === id);
		if (!order)
			throw notFound("order not found");
		return order;
	}

	findByClientId(id) {
		const order = this.byClientId.get(id);
		if (!order)
			throw notFound("order not found");
		return order;
	}

	accountJson() {
		return this.account.json(this.reserved());
	}

	positions() {
		return [...this.account.positions.keys()].map((symbol) => this.position(symbol));
	}

	position(name) {
		const symbol = this.assets.symbolOf(name);
		if (!symbol)
			throw notFound("position does not exist");
		return this.account.positionJson(symbol, this.assets.find(symbol), this.heldForSells(symbol));
	}
}
