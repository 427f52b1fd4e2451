-- order_refuse(id, fence, http status, reason, detail): the broker refused it, and asked by id shows no such order:
-- submitting -> rejected. `fenced` when somebody else has taken it. The budget stays counted for 2 minutes; after a
-- second attempt, for its window. Called by tradectl. Locks the order, rule_instance.
create or replace function order_refuse(p_id uuid, p_fence bigint, p_status integer, p_reason text, p_detail jsonb)
    returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_reason text := left(coalesce(nullif(p_reason, ''), 'REJECTED'), 200);
begin
    perform from trade_orders o where o.id = p_id for update;
    update trade_orders o set status = 'rejected', reason = v_reason, move_reason = v_reason,
        move_detail = coalesce(p_detail, '{}') || jsonb_build_object('http_status', p_status),
        lease_worker = null, lease_until = null
    where o.id = p_id and o.status = 'submitting' and o.fence = p_fence;
    if not found then
        return 'fenced';
    end if;
    perform instance_end(p_id, 'idle');
    return 'rejected';
end $$;
