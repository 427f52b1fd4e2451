-- orders_match(account, list): of orders with our prefix that the broker lists, those that it says something new about:
-- list = [{client_order_id, id, status, filled_qty, created_at}]. status is the order's, with the terms to compare; or
-- `foreign` (older than this installation), or `unexplained` (no order row: orphan_note says what it is). What the database
-- knows already, what is quarantined and orphans noted before have no row. Called by tradectl for every page of a list.
create or replace function orders_match(p_account text, p_list jsonb)
    returns table (status text, id uuid, client_order_id text, alpaca_order_id text, symbol text, side text, order_type text,
        notional_usd numeric, qty numeric, limit_price numeric, time_in_force text, extended_hours boolean)
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
select case when o.id is not null then o.status
        when l.created_at < i.created_at and not asked.yes then 'foreign' else 'unexplained' end,
    o.id, l.client_order_id, o.alpaca_order_id, o.symbol, o.side, o.order_type, o.notional_usd, o.qty, o.limit_price,
    o.time_in_force, o.extended_hours
from jsonb_to_recordset(p_list) l (client_order_id text, id text, status text, filled_qty numeric, created_at timestamptz)
cross join installation i
left join trade_orders o on o.client_order_id = l.client_order_id and o.broker_account = p_account
cross join lateral (select exists (select from trade_proposals p where p.broker_account = p_account
    and 'h1-' || replace(p.question_id::text, '-', '') = l.client_order_id
    and p.question_id = case when l.client_order_id ~ '^h1-[0-9a-f]{32}$' then substr(l.client_order_id, 4)::uuid end) as yes) asked
where case when o.id is not null then o.status <> 'quarantined' and (o.accepted_at is null
        or row(o.alpaca_order_id, o.broker_status) is distinct from row(l.id, l.status) or o.filled_qty < l.filled_qty)
    else asked.yes or not exists (select from orphan_orders x where x.client_order_id = l.client_order_id) end
$$;
