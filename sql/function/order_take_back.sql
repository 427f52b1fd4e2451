-- order_take_back(id, by, reason): somebody (person, operator, system) does not want this order any more. Returns
--   canceled  it was approved or reserved and nothing of it was sent: it ends canceled for this reason, its budget is back,
--             and a last fence that comes later says `fenced`; also when it was taken back before
--   asked     the broker has it or may have it (also quarantined): the wish is written down, once, and order_cancel_due
--             brings it to the broker; until the broker says otherwise the order stands, may fill, and counts
--   final     it has ended
--   not_found there is no such order
-- One that is found at the broker although it was taken back carries the wish on: it is canceled there. Called by
-- order_cancel; whoever adds another hand calls it too. Locks: the order, rule_instance.
create or replace function order_take_back(p_id uuid, p_by text, p_reason text) returns text
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz;
    v_order trade_orders;
begin
    if coalesce(p_reason, '') = '' then
        raise exception 'order_take_back: it must say why' using errcode = '22023';
    end if;
    select * into v_order from trade_orders o where o.id = p_id for update;
    if not found then
        return 'not_found';
    end if;
    v_now := clock_now();
    if v_order.status = 'canceled' and v_order.reason = p_reason then
        return 'canceled';
    end if;
    if v_order.status in ('filled', 'canceled', 'expired', 'rejected', 'blocked') then
        return 'final';
    end if;

    update trade_orders o set cancel_requested_at = v_now, cancel_requested_by = p_by, next_cancel_at = v_now
    where o.id = p_id and o.cancel_requested_at is null;
    if v_order.status not in ('approved', 'reserved') then
        return 'asked';
    end if;
    update trade_orders o set status = 'canceled', reason = p_reason, move_reason = p_reason,
        move_detail = jsonb_build_object('taken_back_by', p_by), fence = o.fence + 1, reserved_at = null, reserved_usd = null,
        trade_day = null, lease_worker = null, lease_until = null, next_try_at = null
    where o.id = p_id;
    perform instance_end(p_id, 'idle');
    return 'canceled';
end $$;
