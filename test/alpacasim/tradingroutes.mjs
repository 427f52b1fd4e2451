// The trading host's REST paths.
import { listFills } from "./activity.mjs";
import { listOrders } from "./orderlist.mjs";
import { Refusal, invalid } from "./refusal.mjs";

const FIRST_DAY = "1970-01-01";
const LAST_DAY = "2029-12-31";

function submitOrder({ sim, body }) {
	if (body === null || typeof body !== "object" || Array.isArray(body))
		throw new Refusal(400, 40010000, "request body format is invalid");
	return sim.broker.submit(body).json();
}

function cancelOne({ sim, params }) {
	sim.broker.exchange.cancel(sim.broker.find(params.id));
	return { status: 204 };
}

function cancelAll({ sim }) {
	const open = sim.broker.orders.filter((order) => order.open);
	for (const order of open)
		sim.broker.exchange.cancel(order);
	return { status: 207, body: open.map((order) => ({ id: order.id, status: 200 })) };
}

function readDate(text, name, fallback) {
	if (text === null)
		return fallback;
	const date = text.slice(0, 10);
	if (Number.isNaN(Date.parse(`${date}T00:00:00Z`)))
		throw invalid(`invalid ${name}`);
	return date;
}

function listCalendar({ sim, query }) {
	const start = readDate(query.get("start"), "start", FIRST_DAY);
	const end = readDate(query.get("end"), "end", LAST_DAY);
	return sim.calendar.days(start < FIRST_DAY ? FIRST_DAY : start, end > LAST_DAY ? LAST_DAY : end);
}

export const tradingRoutes = [
	{ on: "POST /v2/orders", serve: submitOrder },
	{ on: "GET /v2/orders", serve: ({ sim, query }) => listOrders(sim.broker.orders, query) },
	{
		on: "GET /v2/orders:by_client_order_id",
		serve: ({ sim, query }) => sim.broker.findByClientId(query.get("client_order_id")).json(),
	},
	{ on: "GET /v2/orders/{id}", serve: ({ sim, params }) => sim.broker.find(params.id).json() },
	{ on: "DELETE /v2/orders/{id}", serve: cancelOne, answers: true },
	{ on: "DELETE /v2/orders", serve: cancelAll, answers: true },
	{ on: "GET /v2/account", serve: ({ sim }) => sim.broker.accountJson() },
	{ on: "GET /v2/account/activities/FILL", serve: ({ sim, query }) => listFills(sim.fills, query) },
	{ on: "GET /v2/positions", serve: ({ sim }) => sim.broker.positions() },
	{ on: "GET /v2/positions/{symbol}", serve: ({ sim, params }) => sim.broker.position(params.symbol) },
	{ on: "GET /v2/assets/{symbol}", serve: ({ sim, params }) => sim.assets.find(params.symbol) },
	{ on: "GET /v2/clock", serve: ({ sim }) => sim.calendar.clock(sim.clock.now()) },
	{ on: "GET /v2/calendar", serve: listCalendar },
];
