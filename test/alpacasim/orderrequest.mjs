// The body of POST /v2/orders, checked as the broker checks it. Pure: no account, no clock.
import { ONE, decimals, parse } from "./decimal.mjs";
import { forbidden, invalid, unprocessable } from "./refusal.mjs";

const TYPES = ["market", "limit"];
const TIMES = ["day", "gtc", "ioc", "fok"];
const MIN_USD = { us_equity: 1n, crypto: 10n };

// Numbers and strings are both accepted; an empty string is no value.
function amount(body, name) {
	const value = body[name];
	if (value === undefined || value === null || value === "")
		return null;
	const nanos = parse(value);
	if (nanos === null || nanos <= 0n)
		throw invalid(`invalid ${name}`);
	return nanos;
}

function checkSize(body, asset, qty, notional) {
	if (qty === null && notional === null)
		throw invalid("qty or notional is required");
	if (qty !== null && notional !== null)
		throw invalid("only one of qty or notional is accepted");
	if (notional !== null && decimals(body.notional) > 2)
		throw unprocessable("notional value must be limited to 2 decimal places");
	const fractional = notional !== null || qty % ONE !== 0n;
	if (fractional && !asset.fractionable)
		throw forbidden(`asset "${asset.symbol}" is not fractionable`);
	return fractional;
}

function checkLimit(body, limit) {
	if (body.type === "market") {
		if (limit !== null)
			throw unprocessable("market orders must not have limit or stop price");
		return;
	}
	if (limit === null)
		throw unprocessable("limit orders require limit price");
	const places = limit >= ONE ? 2 : 4;
	if (decimals(body.limit_price) > places)
		throw unprocessable(
			`invalid limit_price ${body.limit_price}. sub-penny increment does not fulfill minimum pricing criteria`,
		);
}

function checkTime(body, asset, fractional) {
	const time = body.time_in_force;
	if (!TIMES.includes(time))
		throw invalid("invalid time_in_force");
	if (asset.class === "crypto") {
		if (time !== "gtc" && time !== "ioc")
			throw unprocessable("invalid crypto time_in_force");
	} else if (fractional && time !== "day") {
		throw unprocessable("fractional orders must be DAY orders");
	}
	if (body.extended_hours && (body.type !== "limit" || (time !== "day" && time !== "gtc")))
		throw unprocessable("extended hours order must be DAY or GTC limit orders");
}

// Below this the order is refused; `price` is nanos of one share.
export function checkCostBasis(asset, cost) {
	const least = MIN_USD[asset.class];
	if (cost < least * ONE)
		throw forbidden(`cost basis must be >= minimal amount of order ${least}`);
}

// {symbol, asset_class, side, type, time_in_force, extended_hours, qty, notional, limit_price, client_order_id}
export function readOrderRequest(body, assets) {
	if (typeof body.symbol !== "string" || body.symbol === "")
		throw invalid("symbol is required");
	if (!["buy", "sell"].includes(body.side))
		throw invalid("invalid side");
	if (!TYPES.includes(body.type))
		throw invalid("invalid order type");
	if (body.order_class && body.order_class !== "simple")
		throw unprocessable(`order_class ${body.order_class} is not simulated`);
	const id = body.client_order_id;
	if (id !== undefined && (typeof id !== "string" || id.length > 128))
		throw invalid("client_order_id must be no more than 128 characters");
	const symbol = assets.symbolOf(body.symbol);
	const asset = symbol && assets.find(symbol);
	if (!asset)
		throw unprocessable(`asset "${body.symbol}" not found`);
	if (asset.status !== "active" || !asset.tradable)
		throw unprocessable(`asset "${asset.symbol}" is not active`);
	const qty = amount(body, "qty");
	const notional = amount(body, "notional");
	const limit_price = amount(body, "limit_price");
	const fractional = checkSize(body, asset, qty, notional);
	checkLimit(body, limit_price);
	checkTime(body, asset, fractional);
	return {
		asset,
		side: body.side,
		type: body.type,
		time_in_force: body.time_in_force,
		extended_hours: body.extended_hours === true,
		qty,
		notional,
		limit_price,
		client_order_id: id || null,
	};
}
