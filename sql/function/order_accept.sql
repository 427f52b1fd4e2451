-- order_accept(id, broker): the broker shows this order, its echo checked by the caller: a fact that is recorded whoever
-- holds the lease. Every state before the broker (also blocked, expired, canceled or refused ones, which should not
-- happen) -> accepted, and on to partially_filled, filled, canceled, expired or rejected when the broker says so. Returns the
-- state now. A reservation that was given back is made again, at the broker's own time. filled_qty only grows. Another
-- broker id than the one known, the id of another of our orders, or an order replaced at the broker, is quarantined; a quarantined order stays. Called by
-- tradectl and order_follow, and by order_approve for an orphan. 22023 when the object is not this order's.
-- Locks: the order, broker_account where it counts again, rule_instance.
create or replace function order_accept(p_id uuid, p_broker jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz;
    v_order trade_orders;
    v_broker_id text := p_broker->>'id';
    v_word text := p_broker->>'status';
    v_filled numeric := coalesce((p_broker->>'filled_qty')::numeric, 0);
    v_price numeric := (p_broker->>'filled_avg_price')::numeric;
    v_sent timestamptz;
    v_taken boolean;   -- its broker id is another order's of ours
    v_strange boolean; -- whatever stands there, it is not this order any more
    v_to text;
    v_reason text;
begin
    select * into v_order from trade_orders o where o.id = p_id for update;
    if not found or coalesce(v_broker_id, '') = '' or p_broker->>'client_order_id' is distinct from v_order.client_order_id then
        raise exception 'order %: this is not its order at the broker', p_id using errcode = '22023';
    end if;
    if v_filled < 0 or v_filled = 'NaN' or v_price < 0 or v_price = 'NaN' then
        raise exception 'order %: the broker filled % at %', p_id, v_filled, v_price using errcode = '22023';
    end if;
    v_now := clock_now();
    v_sent := coalesce((p_broker->>'submitted_at')::timestamptz, (p_broker->>'created_at')::timestamptz, v_order.last_post_at,
        v_now);
    if v_order.status = 'quarantined' then
        return 'quarantined';
    end if;
    v_taken := exists (select from trade_orders o
        where o.broker_account = v_order.broker_account and o.alpaca_order_id = v_broker_id and o.id <> p_id);
    v_strange := coalesce(v_order.alpaca_order_id <> v_broker_id or v_word = 'replaced' or v_taken, false);

    -- One that was not thought to be at the broker is accepted first, also when it is quarantined then: it counts, and
    -- nobody sends it.
    if v_order.accepted_at is null and not (v_strange and v_order.status in ('submitting', 'unknown', 'unresolved')) then
        if v_order.reserved_at is null then
            update broker_account b set reserve_seq = b.reserve_seq where b.account = v_order.broker_account;
        end if;
        update trade_orders o set status = 'accepted', alpaca_order_id = case when not v_taken then v_broker_id end,
            accepted_at = v_now,
            submitted_at = v_sent, broker_status = v_word, raw = p_broker, reason = null,
            attempt = greatest(o.attempt, 1), next_poll_at = v_now + interval '2 seconds',
            lease_worker = null, lease_until = null, next_check_at = null, next_try_at = null,
            reserved_at = coalesce(o.reserved_at, v_sent), trade_day = coalesce(o.trade_day, trading_date(v_sent)),
            reserved_usd = coalesce(o.reserved_usd, order_usd(o.notional_usd, o.qty, o.limit_price, o.price_asked)),
            move_reason = null, move_detail = jsonb_build_object('broker', p_broker)
        where o.id = p_id returning o.* into v_order;
        perform instance_end(p_id, 'submit_order');
    end if;
    if v_strange then
        return order_quarantine(p_id, 'another order stands under our id', jsonb_build_object('broker', p_broker));
    end if;

    -- More filled is always news. With as much filled, an ended order learns its price at most, and an open one nothing
    -- from an object that is older than the one we have: events overtake each other.
    if v_filled > v_order.filled_qty or (v_filled = v_order.filled_qty
        and case when v_order.status in ('accepted', 'partially_filled')
            then row(v_word, v_price) is distinct from row(v_order.broker_status, v_order.filled_avg_price)
                and coalesce((p_broker->>'updated_at')::timestamptz >= (v_order.raw->>'updated_at')::timestamptz, true)
            else v_order.filled_avg_price is null and v_price is not null end) then
        update trade_orders o set filled_qty = v_filled, filled_avg_price = coalesce(v_price, o.filled_avg_price),
            broker_status = case when o.status in ('accepted', 'partially_filled') then v_word else o.broker_status end,
            raw = p_broker,
            filled_at = case when v_filled > 0 then coalesce((p_broker->>'filled_at')::timestamptz, o.filled_at, v_now) end
        where o.id = p_id returning o.* into v_order;
    end if;

    v_to := case
        when v_order.status not in ('accepted', 'partially_filled') then null
        when v_word = 'filled' and v_order.filled_qty > 0 then 'filled'
        when v_word in ('canceled', 'expired', 'rejected') then v_word
        when v_order.status = 'accepted' and v_order.filled_qty > 0 then 'partially_filled' end;
    if v_to is not null then
        v_reason := case when v_to = 'canceled' and v_order.cancel_requested_by = 'person' then 'CANCELED_BY_USER'
            else upper('broker_' || v_to) end;
        update trade_orders o set status = v_to, broker_status = v_word,
            reason = case when v_to in ('filled', 'partially_filled') then o.reason else v_reason end,
            move_reason = case when v_to in ('filled', 'partially_filled') then null else v_reason end,
            move_detail = jsonb_build_object('broker', p_broker),
            next_poll_at = case when v_to = 'partially_filled' then o.next_poll_at end
        where o.id = p_id returning o.* into v_order;
        if v_to <> 'partially_filled' then
            perform instance_end(p_id, case v_to when 'filled' then 'done' else 'idle' end);
        end if;
    end if;
    return v_order.status;
end $$;
