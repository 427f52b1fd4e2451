// What can be changed while the simulator runs (POST /sim/config), with its defaults.

export const DEFAULTS = {
	key_id: "PKSIM00000000000DEMO",
	secret: "sim-secret-0000000000000000000000000000",
	// Between bid and ask when only a price is given.
	spread: "0.02",
	// Milliseconds from the POST's reply to `new`, from `new` to the first fill, from DELETE to `canceled` (-1: it stays
	// pending_cancel until it fills or is ended by hand).
	new_delay_ms: 1,
	fill_delay_ms: 4,
	cancel_delay_ms: 2,
	// Fractions of an order, one fill each; the last takes the rest; "hold" leaves the rest open.
	fill_plan: ["1"],
	// Part of a notional that paper does not spend: 0.002 fills 5 USD as 4.99.
	notional_haircut: "0",
	// Closed market: a DELETE stays pending_cancel until the next open, as is often seen.
	cancel_waits_for_open: false,
	// The trade-updates stream: whether there is one; binary frames as paper sends them, or text; and how often its heartbeat comes.
	stream: true,
	stream_binary: true,
	stream_heartbeat_ms: 10_000,
	// Whether an id that an order has or had is refused; false: a broker on which nothing may be sent twice.
	used_id_refused: true,
	// Requests a minute, counted for trading and for data separately.
	rate_limit: 10000,
	// Of the Date header against the host's clock.
	date_skew_seconds: 0,
	trade_suspended_by_user: false,
	trading_blocked: false,
};

export class Config {
	constructor(overrides = {}) {
		Object.assign(this, DEFAULTS);
		this.set(overrides);
	}

	set(changes) {
		for (const [name, value] of Object.entries(changes)) {
			if (!(name in DEFAULTS))
				throw new Error(`config: no such name: ${name}`);
			this[name] = value;
		}
	}
}
