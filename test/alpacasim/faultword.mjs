// What the broker says when it refuses an order (docs/broker.md, "Refusals of an order"), by a short name: {do: "refuse:buying_power"}.

const R403 = (message, extras = {}) => ({ status: 403, body: { code: 40310000, message, ...extras } });
const R422 = (code, message) => ({ status: 422, body: { code, message } });

export const REFUSALS = {
	buying_power: R403("insufficient buying power", { buying_power: "0", cost_basis: "10" }),
	qty: R403("insufficient qty available for order (requested: 1.05, available: 0.55)", {
		available: "0.55",
		existing_qty: "0.55",
		held_for_orders: "0",
		symbol: "SPY",
	}),
	balance: R403("insufficient balance for USD (requested: 10, available: 0)"),
	not_fractionable: R403('asset "OCGN" is not fractionable'),
	cost_basis: R403("cost basis must be >= minimal amount of order 1"),
	wash_trade: R403("potential wash trade detected. use complex orders", {
		existing_order_id: "00000000-0000-4000-8000-000000000001",
		reject_reason: "opposite side limit order exists",
	}),
	wash_trade_422: R422(42210000, "potential wash trade detected. use complex orders"),
	short: R403("account is not allowed to short"),
	open_short: R403("cannot open a long buy while a short sell order is open"),
	suspended: R403("new orders are rejected by user request"),
	liquidation_only: R403("account is restricted to liquidation only"),
	blocked: R403("trading is blocked for this account"),
	// The id is said to be taken, and no order has it.
	duplicate: R422(40010001, "client_order_id must be unique"),
	no_size: R422(40010001, "qty or notional is required"),
	class: R422(40010001, "us_equity orders not allowed for account"),
	day_only: R422(42210000, "fractional orders must be DAY orders"),
	sub_penny: R422(42210000, "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria"),
	decimals: R422(42210000, "notional value must be limited to 2 decimal places"),
	time_in_force: R422(42210000, "invalid crypto time_in_force"),
	credentials: { status: 401, body: { code: 40110000, message: "request is not authorized" } },
	unauthorized: { status: 401, body: { message: "unauthorized" } },
	credentials_403: { status: 403, body: { code: 40110000, message: "request is not authorized" } },
	no_asset: { status: 404, body: { code: 40410000, message: "asset not found for ZZZ" } },
};
