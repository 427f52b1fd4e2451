// The account's activity log, fills only.
import { format } from "./decimal.mjs";
import { offsetOf } from "./nytime.mjs";

const MAX_PAGE = 100;

// One execution as the log shows it: its id begins with New York's local time, transaction_time is UTC, and there is no
// client_order_id.
export function fillActivity(order, execution) {
	const ms = Date.parse(execution.timestamp);
	const local = new Date(ms + offsetOf(ms)).toISOString().replace(/\D/g, "");
	const { qty } = order.request;
	return {
		activity_type: "FILL",
		id: `${local}::${execution.execution_id}`,
		order_id: order.id,
		order_status: order.status,
		type: order.status === "filled" ? "fill" : "partial_fill",
		price: execution.price,
		qty: execution.qty,
		cum_qty: format(order.filledQty),
		leaves_qty: qty === null ? "0" : format(qty - order.filledQty),
		side: order.side,
		symbol: order.symbol,
		transaction_time: execution.timestamp,
	};
}

// Newest first unless asked otherwise; `after` excludes its own instant, page_token is the last id of the page before.
export function listFills(fills, query) {
	const after = query.get("after");
	const before = query.get("until");
	const size = Math.min(Number(query.get("page_size") ?? MAX_PAGE), MAX_PAGE);
	const found = fills.filter(({ transaction_time: t }) => (!after || Date.parse(t) > Date.parse(after)) && (!before || Date.parse(t) <= Date.parse(before)));
	if (query.get("direction") !== "asc")
		found.reverse();
	const token = query.get("page_token");
	const from = token ? found.findIndex((fill) => fill.id === token) + 1 : 0;
	return found.slice(from, from + size);
}
