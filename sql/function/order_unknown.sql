-- order_unknown(id, fence, why, detail): bytes may have left and no clear answer came: submitting -> unknown. It is asked
-- for by id from a second on, and never assumed. `unknown` again when it is that already under this fence, else `fenced`.
-- Called by tradectl. Locks the order.
create or replace function order_unknown(p_id uuid, p_fence bigint, p_why text, p_detail jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform from trade_orders o where o.id = p_id for update;
    update trade_orders o set status = 'unknown', unknown_since = clock_now(),
        next_check_at = clock_now() + interval '1 second', move_reason = null,
        move_detail = coalesce(p_detail, '{}') || jsonb_build_object('why', left(p_why, 1000)),
        lease_worker = null, lease_until = null
    where o.id = p_id and o.status = 'submitting' and o.fence = p_fence;
    if found or exists (select from trade_orders o where o.id = p_id and o.status = 'unknown' and o.fence = p_fence) then
        return 'unknown';
    end if;
    return 'fenced';
end $$;
