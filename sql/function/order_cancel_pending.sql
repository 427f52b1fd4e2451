-- order_cancel_pending(account): the open order whose cancel has been pending longest, with its seconds: asked for here, or
-- shown as pending_cancel by the broker. No row when none is. Called by tradectl every 10 s, which tells of those older than
-- an hour. Locks nothing.
create or replace function order_cancel_pending(p_account text) returns table (client_order_id text, seconds bigint)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select o.client_order_id, extract(epoch from clock_now()
    - coalesce(o.cancel_requested_at, (o.raw->>'updated_at')::timestamptz, o.accepted_at))::bigint
from trade_orders o
where o.broker_account = p_account and o.status in ('accepted', 'partially_filled')
    and (o.cancel_requested_at is not null or o.broker_status = 'pending_cancel')
order by 2 desc limit 1
$$;
