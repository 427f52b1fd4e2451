-- order_quarantine(id, why, detail): the broker shows something else under our id: an operator must look. submitting,
-- unknown, unresolved, accepted and partially_filled -> quarantined; its budget stays counted. Returns the state now, which
-- is the old one where there is nothing to hold any more. A fact: no fence. Called by tradectl, which halts the account
-- in another transaction. Locks the order.
create or replace function order_quarantine(p_id uuid, p_why text, p_detail jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_status text;
begin
    perform from trade_orders o where o.id = p_id for update;
    update trade_orders o set status = 'quarantined', reason = 'QUARANTINED', move_reason = left(p_why, 1000),
        move_detail = p_detail, lease_worker = null, lease_until = null, next_check_at = null, next_poll_at = null
    where o.id = p_id and o.status in ('submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled')
    returning o.status into v_status;
    if found then
        return v_status;
    end if;
    return (select o.status from trade_orders o where o.id = p_id);
end $$;
