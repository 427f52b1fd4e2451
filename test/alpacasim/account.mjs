// Cash and positions of the one account, and what they allow. A margin account that may not sell short.
import { ONE, cut, divide, format, least, most, multiply, parse } from "./decimal.mjs";
import { forbidden, notFound } from "./refusal.mjs";

const ID = "5e1f0c1a-0000-4000-8000-00000000c0de";
const MULTIPLIER = 4n;

export class Account {
	constructor(market, config, createdAt) {
		this.market = market;
		this.config = config;
		this.createdAt = createdAt;
		this.number = "PA0SIMULATED";
		this.cash = parse("100000");
		// symbol -> {qty, cost}: cost is what the held shares were bought for, with all 18 decimals of qty x price.
		this.positions = new Map();
	}

	book(order, qty, price) {
		const held = this.positions.get(order.symbol) ?? { qty: 0n, cost: 0n };
		if (order.side === "buy") {
			this.cash -= multiply(qty, price);
			held.qty += qty;
			held.cost += qty * price;
		} else {
			this.cash += multiply(qty, price);
			held.cost -= held.qty > 0n ? (held.cost * qty) / held.qty : 0n;
			held.qty -= qty;
		}
		if (held.qty === 0n)
			this.positions.delete(order.symbol);
		else
			this.positions.set(order.symbol, held);
	}

	// `reserved` is what open buys hold back.
	buyingPower(reserved) {
		return most(0n, MULTIPLIER * this.equity() - this.marketValue() - reserved);
	}

	marketValue() {
		let sum = 0n;
		for (const [symbol, held] of this.positions)
			sum += multiply(held.qty, this.priceOf(symbol, held));
		return sum;
	}

	equity() {
		return this.cash + this.marketValue();
	}

	priceOf(symbol, held) {
		return this.market.find(symbol)?.priceFor("sell") ?? held.cost / held.qty;
	}

	// Refuses an order that the money or the shares do not cover.
	checkFunds(request, cost, reserved, heldForSells) {
		if (this.config.trade_suspended_by_user)
			throw forbidden("new orders are rejected by user request");
		if (this.config.trading_blocked)
			throw forbidden("trading is blocked for this account");
		if (request.side === "sell")
			return this.checkShares(request, heldForSells);
		if (request.asset.class === "crypto" && cost > this.cash - reserved)
			throw forbidden(
				`insufficient balance for USD (requested: ${format(cost)}, available: ${format(this.cash - reserved)})`,
			);
		const power = this.buyingPower(reserved);
		if (cost > power)
			throw forbidden("insufficient buying power", { buying_power: format(cut(power, 2)), cost_basis: format(cost) });
	}

	checkShares(request, heldForSells) {
		const symbol = request.asset.symbol;
		const existing = this.positions.get(symbol)?.qty ?? 0n;
		if (existing === 0n)
			throw forbidden("account is not allowed to short");
		const available = existing - heldForSells;
		const wanted = request.qty ?? divide(request.notional, this.market.find(symbol).priceFor("sell"));
		if (wanted <= available)
			return;
		throw forbidden(
			`insufficient qty available for order (requested: ${format(wanted)}, available: ${format(available)})`,
			{
				available: format(available),
				existing_qty: format(existing),
				held_for_orders: format(heldForSells),
				symbol,
			},
		);
	}

	json(reserved) {
		const cents = (nanos) => format(cut(nanos, 2));
		const value = this.marketValue();
		const power = this.buyingPower(reserved);
		return {
			id: ID,
			account_number: this.number,
			status: "ACTIVE",
			crypto_status: "ACTIVE",
			crypto_tier: 1,
			currency: "USD",
			cash: cents(this.cash),
			buying_power: cents(power),
			effective_buying_power: cents(power),
			regt_buying_power: cents(least(power, 2n * this.equity())),
			non_marginable_buying_power: cents(most(0n, this.cash - reserved)),
			options_buying_power: "0",
			options_approved_level: 0,
			options_trading_level: 0,
			equity: cents(this.equity()),
			last_equity: cents(this.equity()),
			portfolio_value: cents(this.equity()),
			position_market_value: cents(value),
			long_market_value: cents(value),
			short_market_value: "0",
			initial_margin: cents(value / 2n),
			maintenance_margin: cents((value * 3n) / 10n),
			last_maintenance_margin: "0",
			multiplier: String(MULTIPLIER),
			sma: "0",
			accrued_fees: "0",
			pending_reg_taf_fees: "0",
			balance_asof: this.createdAt.slice(0, 10),
			intraday_adjustments: "0",
			shorting_enabled: false,
			account_blocked: false,
			trading_blocked: this.config.trading_blocked,
			transfers_blocked: false,
			trade_suspended_by_user: this.config.trade_suspended_by_user,
			admin_configurations: {},
			user_configurations: null,
			created_at: this.createdAt,
		};
	}

	// Pairs lose their slash here: an order for BTC/USD becomes the position BTCUSD.
	positionJson(symbol, asset, heldForSells) {
		const held = this.positions.get(symbol);
		if (!held)
			throw notFound("position does not exist");
		const price = this.priceOf(symbol, held);
		const value = multiply(held.qty, price);
		const cost = held.cost / ONE;
		const gain = value - cost;
		const rate = cost > 0n ? format(divide(gain, cost)) : "0";
		return {
			asset_id: asset.id,
			symbol: symbol.replace("/", ""),
			exchange: asset.exchange,
			asset_class: asset.class,
			asset_marginable: asset.marginable,
			qty: format(held.qty),
			qty_available: format(held.qty - heldForSells),
			avg_entry_price: format(held.cost / held.qty),
			side: "long",
			market_value: format(value),
			cost_basis: format(cost),
			unrealized_pl: format(gain),
			unrealized_plpc: rate,
			unrealized_intraday_pl: format(gain),
			unrealized_intraday_plpc: rate,
			current_price: format(price),
			lastday_price: format(price),
			change_today: "0",
		};
	}
}
