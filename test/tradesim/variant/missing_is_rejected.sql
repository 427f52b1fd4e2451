-- "Not there" five times is read as rejected, and the budget is free.
insert into trade_order_moves values ('unknown', 'rejected', 'planted');
create or replace function order_missing(p_id uuid, p_fence bigint, p_detail jsonb) returns text language sql as $$
    update trade_orders o set missing_count = o.missing_count + 1, lease_worker = null, lease_until = null,
        status = case when o.missing_count < 4 then o.status else 'rejected' end,
        next_check_at = case when o.missing_count < 4 then order_next_check('unknown', o.unknown_since, clock_now()) end,
        reserved_at = case when o.missing_count < 4 then o.reserved_at end,
        reserved_usd = case when o.missing_count < 4 then o.reserved_usd end,
        trade_day = case when o.missing_count < 4 then o.trade_day end
    where o.id = p_id and o.status = 'unknown' and o.fence = p_fence returning o.status
$$;
