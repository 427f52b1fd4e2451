// GET /v2/orders: which orders, and in which order.
import { invalid } from "./refusal.mjs";

const STATUSES = { open: (o) => o.open, closed: (o) => !o.open, all: () => true };

function readLimit(text) {
	const limit = Number(text ?? 50);
	if (!Number.isInteger(limit) || limit < 1 || limit > 500)
		throw invalid("limit must be between 1 and 500");
	return limit;
}

function readTime(text, name) {
	if (text === null)
		return null;
	const ms = Date.parse(text);
	if (Number.isNaN(ms))
		throw invalid(`invalid ${name}`);
	return ms;
}

// `after` and `until` exclude their own instant; the default is the 50 newest open orders.
export function listOrders(orders, query) {
	const status = STATUSES[query.get("status") ?? "open"];
	if (!status)
		throw invalid("invalid status");
	const limit = readLimit(query.get("limit"));
	const after = readTime(query.get("after"), "after");
	const until = readTime(query.get("until"), "until");
	const symbols = query.get("symbols")?.split(",").filter(Boolean);
	const side = query.get("side");
	const found = orders.filter((o) => {
		const born = Date.parse(o.created_at);
		return (
			status(o) &&
			(after === null || born > after) &&
			(until === null || born < until) &&
			(!symbols?.length || symbols.includes(o.symbol)) &&
			(!side || o.side === side)
		);
	});
	// They stand in the order of their birth.
	if (query.get("direction") !== "asc")
		found.reverse();
	return found.slice(0, limit).map((o) => o.json());
}
