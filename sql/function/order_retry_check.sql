-- order_retry_check(id, fence, why): asking by id itself failed: nothing is known, nothing is counted, the next look is at
-- its usual time. Returns the state now, or fenced. Called by tradectl. Locks the order.
create or replace function order_retry_check(p_id uuid, p_fence bigint, p_why text) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_status text;
begin
    if p_why is null then
        raise exception 'order_retry_check: it must say why' using errcode = '22023';
    end if;
    perform from trade_orders o where o.id = p_id for update;
    update trade_orders o set next_check_at = order_next_check(o.status, o.unknown_since, clock_now()),
        lease_worker = null, lease_until = null
    where o.id = p_id and o.status in ('unknown', 'unresolved') and o.fence = p_fence
    returning o.status into v_status;
    return coalesce(v_status, 'fenced');
end $$;
