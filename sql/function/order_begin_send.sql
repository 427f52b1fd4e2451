-- order_begin_send(id, fence, worker): the last fence: `go`, after whose commit bytes may flow, or why not (fenced, HALTED,
-- EXPIRED, QUARANTINE). Called by tradectl's fence session from CURLOPT_PREREQFUNCTION, after TLS and before the first
-- byte; anything but a clean COMMIT of `go` aborts the send. reserved -> submitting; a halt blocks the order, an
-- old approval expires, and either gives the budget back. An unknown order that order_take_again took is sent again under its
-- own id: unknown -> submitting, its two 404s are used up; what speaks against it (order_again_refusal) is the answer, and nothing
-- moves. Locks: the order, trading_halts FOR SHARE, rule_instance. For each it waits a second at most (55P03), less than tradectl
-- waits for the answer.
create or replace function order_begin_send(p_id uuid, p_fence bigint, p_worker text) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    set lock_timeout = '1s'
    as $$
declare
    v_now timestamptz;
    v_order trade_orders;
    v_level text;
    v_to text;
    v_reason text;
begin
    select * into v_order from trade_orders o where o.id = p_id for update;
    v_now := clock_now();
    if not found or v_order.status not in ('reserved', 'unknown') or v_order.fence is distinct from p_fence
        or v_order.lease_worker is distinct from p_worker or v_order.lease_until <= v_now then
        return 'fenced';
    end if;
    if exists (select from broker_account b where b.account = v_order.broker_account and broker_closed(b, v_now)) then
        return 'QUARANTINE';
    end if;

    v_level := halt_level_locked(v_order.firebase_uid, v_order.broker_account);
    if v_order.status = 'unknown' then
        v_reason := order_again_refusal(v_order, v_level, v_now);
        if v_reason is not null then
            return v_reason;
        end if;
    elsif v_level = 'halted' or (v_level = 'reducing' and v_order.side = 'buy') then
        v_to := 'blocked';
        v_reason := 'HALTED';
    elsif v_order.approval_expires_at <= v_now then
        v_to := 'expired';
        v_reason := 'EXPIRED';
    end if;
    if v_to is not null then
        update trade_orders o set status = v_to, reason = v_reason, move_reason = v_reason,
            move_detail = jsonb_build_object('halt_level', v_level), reserved_at = null, reserved_usd = null,
            trade_day = null, lease_worker = null, lease_until = null
        where o.id = p_id;
        perform instance_end(p_id, 'idle');
        return v_reason;
    end if;

    update trade_orders o set status = 'submitting', attempt = o.attempt + 1, last_post_at = v_now, missing_count = 0,
        move_reason = null,
        move_detail = jsonb_build_object('worker', p_worker, 'attempt', o.attempt + 1)
    where o.id = p_id;
    return 'go';
end $$;
