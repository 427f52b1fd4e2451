-- order_not_sent(id, fence, why): provably no byte left: reserved or submitting -> approved, the budget is back, and it is
-- tried again in 2 s (an approval that grew too old meanwhile expires then). An order that somebody wanted back while its
-- bytes might have flowed is not tried again: nothing was sent, so it is taken back now; `canceled` then. `fenced` when
-- somebody else has taken it. The attempt stays counted: after a 429 bytes did leave, and one too many only keeps a budget
-- longer. One that was ever unknown may be live by an earlier send: it is, or stays, unknown and keeps its budget. Called by
-- tradectl. Locks the order, rule_instance.
create or replace function order_not_sent(p_id uuid, p_fence bigint, p_why text) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_by text;
begin
    perform from trade_orders o where o.id = p_id for update;
    if exists (select from trade_orders o where o.id = p_id and o.status = 'submitting' and o.unknown_since is not null) then
        return order_unknown(p_id, p_fence, p_why, null);
    end if;
    if exists (select from trade_orders o where o.id = p_id and o.status = 'unknown' and o.lease_until is not null) then
        return order_retry_check(p_id, p_fence, p_why);
    end if;
    update trade_orders o set status = 'approved',
        next_try_at = clock_now() + interval '2 seconds', reserved_at = null, reserved_usd = null, trade_day = null,
        lease_worker = null, lease_until = null, move_reason = null,
        move_detail = jsonb_build_object('why', left(p_why, 1000), 'fence', p_fence)
    where o.id = p_id and o.status in ('reserved', 'submitting') and o.fence = p_fence
    returning o.cancel_requested_by into v_by;
    if not found then
        return 'fenced';
    end if;
    if v_by is not null then
        return order_take_back(p_id, v_by, case v_by when 'person' then 'CANCELED_BY_USER' else 'CANCELED_BY_' || upper(v_by) end);
    end if;
    return 'approved';
end $$;
