// What must hold after every cell (the checker), said by SQL about the tables and the broker's own list of orders.
import { quote } from "../lib/psql.mjs";

const venue = (orders) => `venue as (
	select * from jsonb_to_recordset(${quote(JSON.stringify(orders))}::jsonb)
		as v(id text, client_order_id text, symbol text, side text, notional numeric, status text, filled_qty numeric)),
	joined as (select v.*, o.id as order_id, o.status as state, o.firebase_uid, o.alpaca_order_id, o.filled_qty as filled,
		o.question_id, o.rule_id, o.mode, o.broker_account, o.notional_usd
		from venue v left join trade_orders o using (client_order_id))`;

const LAWS = [
	["a second order", "select client_order_id from venue group by 1 having count(*) > 1"],
	["at the broker and not here", "select client_order_id from joined where order_id is null"],
	["here and not at the broker", `select o.client_order_id || ' ' || o.status from trade_orders o
		where (o.status in ('accepted', 'partially_filled', 'filled') or o.alpaca_order_id is not null)
			and not exists (select from venue v where v.client_order_id = o.client_order_id)`],
	["the broker says otherwise", `select client_order_id || ' is ' || state || ', there ' || status from joined
		where order_id is not null and state <> 'quarantined'
			and (alpaca_order_id is distinct from id or state <> status or filled <> filled_qty)`],
	["beyond a cap", `select j.firebase_uid from joined j cross join lateral guardrails_in_force(j.firebase_uid, null, 'paper') g
		group by j.firebase_uid, g having count(*) > (g->>'max_orders_per_day')::bigint`],
	["left unsettled", `select client_order_id || ' ' || status from trade_orders
		where status in ('approved', 'reserved', 'submitting', 'unknown')`],
	["an approval lost", `select q.id::text from questions q where q.status = 'answered' and q.decision = 'approve'
		and q.kind <> 'notice' and not exists (select from trade_orders o where o.question_id = q.id)`],
	["not explained by question, rule, config version and evidence", `select client_order_id from joined j where not exists (
		select from questions q join trade_proposals p on p.question_id = q.id
			join config_versions c on c.firebase_uid = q.firebase_uid and c.version = q.config_version
			cross join jsonb_array_elements(c.config->'rules') r
		where q.id = j.question_id and j.client_order_id = 'h1-' || replace(q.id::text, '-', '') and q.status = 'answered'
			and q.decision = 'approve' and q.answered_by is not null and q.firebase_uid = j.firebase_uid
			and p.symbol = j.symbol and p.side = j.side and p.notional_usd = j.notional and p.rule_id = j.rule_id
			and p.mode = j.mode and p.broker_account = j.broker_account and p.config_version = c.version
			and r->>'id' = j.rule_id and jsonb_array_length(q.metadata->'evidence') > 0)`],
	["an illegal path", `select o.client_order_id || ' ' || coalesce(e.from_status, '-') || ' to ' || e.to_status
		from trade_orders o join lateral (select *, lag(to_status) over (order by id) as before,
			lead(to_status) over (order by id) is null as last from trade_order_events where order_id = o.id) e on true
		where e.from_status is distinct from e.before or (e.last and e.to_status <> o.status)
			or not exists (select from trade_order_moves m
				where m.from_status is not distinct from e.from_status and m.to_status = e.to_status)`],
	["without a path", `select client_order_id from trade_orders o
		where not exists (select from trade_order_events e where e.order_id = o.id)`],
];

// Every violation as a line; none: an empty list.
export async function violations(sql, orders) {
	const parts = LAWS.map(([law, query]) => `select ${quote(law)} || ': ' || x.what from (${query}) x(what)`);
	const rows = await sql.rows(`with ${venue(orders)} ${parts.join(" union all ")}`);
	return rows.flat();
}
