// The control API under /sim/: every verb of control.mjs as a POST, and what can be read. It needs no key.
import * as control from "./control.mjs";
import { stream } from "./streamhand.mjs";

const verbs = Object.entries({ ...control, stream }).map(([name, act]) => ({
	on: `POST /sim/${name}`,
	serve: ({ sim, body }) => act(sim, body ?? {}),
}));

export const simRoutes = [
	...verbs,
	{
		on: "DELETE /sim/fault",
		serve: ({ sim }) => {
			sim.faults.clear();
			return {};
		},
	},
	{
		on: "GET /sim/log",
		serve: ({ sim, query }) => sim.journal.read(Number(query.get("after") ?? 0), query.get("kind")),
	},
	{ on: "GET /sim/orders", serve: ({ sim }) => sim.broker.orders.map((order) => order.json()) },
	{ on: "GET /sim/stream", serve: ({ sim }) => sim.stream.json() },
	{ on: "GET /sim/fault", serve: ({ sim }) => sim.faults.armed },
];
