// What a test, a script or a person tells the simulator to do. Each verb takes the parsed body of POST /sim/<verb>;
// an Error means that it made no sense, and nothing was changed.
import { randomUUID } from "node:crypto";
import { ONE, parse } from "./decimal.mjs";
import { token } from "./json.mjs";
import { fixedBar } from "./bar.mjs";

function need(body, name) {
	if (body[name] === undefined)
		throw new Error(`${name} is missing`);
	return body[name];
}

// Values that go out as JSON numbers become texts; whole and decimal numbers are accepted as either.
function texts(values) {
	return Object.fromEntries(Object.entries(values).map(([k, v]) => [k, typeof v === "number" ? String(v) : v]));
}

function priceText(value) {
	token(value);
	if (!(parse(value) > 0n))
		throw new Error(`not a price: ${value}`);
	return String(value);
}

function instantOf(text) {
	const ms = Date.parse(text);
	if (Number.isNaN(ms))
		throw new Error(`not an instant: ${text}`);
	return ms;
}

// {symbol, prev_close, daily: {date, o, h, l, c, v}, minute: {t, o, h, l, c, v}, price [, t, size], trade, quote, hide, forget}
export function price(sim, body) {
	const symbol = need(body, "symbol");
	if (body.forget)
		sim.market.tickers.delete(symbol);
	if (body.prev_close !== undefined)
		sim.market.setPreviousClose(symbol, priceText(body.prev_close));
	const ticker = sim.market.need(symbol);
	for (const day of [body.daily ?? []].flat())
		ticker.putDay(need(day, "date"), texts(day));
	for (const minute of [body.minute ?? []].flat())
		ticker.putMinute(fixedBar(instantOf(need(minute, "t")), texts(minute)));
	if (body.price !== undefined)
		sim.market.move(symbol, priceText(body.price), body.t, body.size && String(body.size));
	if (body.trade)
		ticker.addTrade({ t: sim.clock.stamp(), ...texts(body.trade), p: priceText(body.trade.p) });
	if (body.quote)
		ticker.addQuote({ t: sim.clock.stamp(), ...texts(body.quote) });
	if (body.hide)
		ticker.hidden = new Set(body.hide);
	sim.market.onMove(symbol);
	return ticker.snapshotJson(sim.clock.now());
}

// {now [, speed]}: that instant, standing still unless a speed is given. {offset}: the host's clock plus seconds, running.
export function clock(sim, body) {
	if (body.now !== undefined)
		sim.clock.set(instantOf(body.now), body.speed ?? 0);
	else if (body.offset !== undefined)
		sim.clock.set(Date.now() + body.offset * 1000, body.speed ?? 1);
	else
		sim.clock.set(sim.clock.now(), need(body, "speed"));
	sim.advance();
	return { now: sim.clock.stamp(), is_open: sim.calendar.isOpen(sim.clock.now()) };
}

// An array arms several, in order.
export function fault(sim, body) {
	return [body].flat().map((spec) => sim.faults.arm(spec));
}

export function config(sim, body) {
	sim.config.set(body);
	return {};
}

// {symbol, tradable, fractionable, status}
export function asset(sim, body) {
	const { symbol, ...fields } = body;
	sim.assets.change(need(body, "symbol"), fields);
	return sim.assets.find(symbol);
}

// {cash, account_number, positions: [{symbol, qty, cost}]}: as if it had been so for long.
export function account(sim, body) {
	const a = sim.broker.account;
	if (body.cash !== undefined)
		a.cash = parse(body.cash);
	if (body.account_number !== undefined)
		a.number = body.account_number;
	for (const p of body.positions ?? [])
		a.positions.set(need(p, "symbol"), { qty: parse(need(p, "qty")), cost: parse(need(p, "cost")) * ONE });
	return sim.broker.accountJson();
}

// {cash, forget_orders}: somebody resets the paper account from outside: no position is left, and no order where that is
// asked for. The log keeps what was.
export function reset(sim, body) {
	const { broker } = sim;
	broker.account.positions.clear();
	broker.account.cash = parse(body.cash ?? "100000");
	if (body.forget_orders) {
		broker.orders.length = 0;
		broker.byClientId.clear();
	}
	return broker.accountJson();
}

// {ms}: nobody listens for so long: connecting is refused, also to this control API. Open connections are closed.
export function refuse(sim, body) {
	const ms = need(body, "ms");
	if (!sim.listener)
		throw new Error("no listener of its own");
	setTimeout(() => sim.listener.pause(ms), 10);
	return { ms };
}

function orderOf(sim, body) {
	const id = need(body, "order");
	return sim.broker.orders.find((o) => o.id === id) ?? sim.broker.findByClientId(id);
}

// {order: id or client_order_id [, qty, price]}
export function fill(sim, body) {
	const order = orderOf(sim, body);
	sim.broker.exchange.fillByHand(order, body.qty, body.price);
	return order.json();
}

// {order, status: rejected | canceled | expired | replaced}: the exchange's late word, with what was filled kept. replaced: by
// an order that nobody here sees.
export function end(sim, body) {
	const order = orderOf(sim, body);
	if (!order.open)
		throw new Error(`order is already ${order.status}`);
	if (!["rejected", "canceled", "expired", "replaced"].includes(body.status))
		throw new Error(`not an end: ${body.status}`);
	if (body.status === "replaced")
		order.replaced_by = randomUUID();
	sim.broker.exchange.move(order, body.status, body.status);
	return order.json();
}

// An order that somebody else placed on the same account.
export function order(sim, body) {
	return sim.broker.submit(body).json();
}

// {minutes}: sets the clock to the end of the recording's next minute that has bars, or of that many.
export function csv(sim, body) {
	if (!sim.replay)
		throw new Error("no recording: start with --csv");
	return sim.replay.step(body.minutes ?? 1);
}

// {steps}: runs the next steps of the script that wait for a call.
export function script(sim, body) {
	if (!sim.script)
		throw new Error("no script: start with --script");
	return sim.script.step(body.steps ?? 1);
}
