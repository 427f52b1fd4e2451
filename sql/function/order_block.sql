-- order_block(id, fence, reason, detail): its claimer sees that no broker could take it as it stands: reserved -> blocked, the
-- budget is back, nothing was sent and nothing is tried again. `fenced` when somebody else has taken it, or bytes may have
-- flowed. detail.message is what its person is told. Called by tradectl. Locks the order, rule_instance.
create or replace function order_block(p_id uuid, p_fence bigint, p_reason text, p_detail jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_reason text := left(p_reason, 200);
begin
    if coalesce(v_reason, '') = '' then
        raise exception 'order_block: it must say why' using errcode = '22023';
    end if;
    perform from trade_orders o where o.id = p_id for update;
    update trade_orders o set status = 'blocked', reason = v_reason, move_reason = v_reason, move_detail = p_detail,
        reserved_at = null, reserved_usd = null, trade_day = null, lease_worker = null, lease_until = null
    where o.id = p_id and o.status = 'reserved' and o.fence = p_fence;
    if not found then
        return 'fenced';
    end if;
    perform instance_end(p_id, 'idle');
    return 'blocked';
end $$;
