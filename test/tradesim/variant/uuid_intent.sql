-- The intent is written first, but each try has an id of its own; three times "not there" under the last one is another try.
alter function order_accept(uuid, jsonb) rename to order_accept_checked;
create function order_accept(p_id uuid, p_broker jsonb) returns text language sql as $$
    select order_accept_checked(o.id, p_broker || jsonb_build_object('client_order_id', o.client_order_id,
        'id', coalesce(o.alpaca_order_id, p_broker->>'id')))
    from trade_orders o where o.id = p_id
$$;

insert into trade_order_moves values ('unknown', 'approved', 'planted');
create or replace function order_missing(p_id uuid, p_fence bigint, p_detail jsonb) returns text language sql as $$
    update trade_orders o set missing_count = o.missing_count + 1, lease_worker = null, lease_until = null,
        status = case when o.missing_count < 2 then o.status else 'approved' end,
        unknown_since = case when o.missing_count < 2 then o.unknown_since end,
        next_check_at = case when o.missing_count < 2 then order_next_check('unknown', o.unknown_since, clock_now()) end,
        reserved_at = case when o.missing_count < 2 then o.reserved_at end,
        reserved_usd = case when o.missing_count < 2 then o.reserved_usd end,
        trade_day = case when o.missing_count < 2 then o.trade_day end
    where o.id = p_id and o.status = 'unknown' and o.fence = p_fence returning o.status
$$;
