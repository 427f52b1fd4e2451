-- order_claim(account, worker, after, after id): takes the oldest approved order of this broker account whose time has come (or
-- a reserved one whose claimer went silent, or whose times lie where only a clock that went back leaves them), evaluates every
-- guardrail under the account's lock, and reserves its budget; or blocks or expires it. At most one order a call; no row: nothing
-- to do, not reconciled yet, or in quarantine. after, after id: only what was approved behind this order; NULL: all. While somebody
-- holds an old snapshot, what was claimed before lies dead in front of the line, and each claim would walk past all of it.
-- outcome reserved | blocked | expired; from_status approved | reserved. First of all an unknown order that may be sent again
-- (order_take_again): outcome again, from_status unknown; its reservation and its verdicts stand. Called by tradectl. The whole
-- list of guardrails goes into the event's detail. Locks, in this order: the order (SKIP LOCKED), broker_account (an UPDATE in a statement of its own: everything read behind it
-- sees what earlier claims did), trading_halts FOR SHARE, rule_instance. For each it waits a second at most (55P03): it holds the
-- account's meanwhile, and a halt may be held open for long. Counting never goes back behind the last reservation.
create or replace function order_claim(p_account text, p_worker text, p_after timestamptz default null, p_after_id uuid default null)
    returns table (outcome text, from_status text, id uuid, reason text, fence bigint, attempt integer, client_order_id text, symbol text,
        asset_class text, side text, order_type text, notional_usd numeric, qty numeric, limit_price numeric,
        time_in_force text, extended_hours boolean, http_timeout_ms integer, reserve_seq bigint, firebase_uid text,
        rule_id text, approved_at timestamptz)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    set lock_timeout = '1s'
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v_at timestamptz;
    v_account broker_account;
    v_order trade_orders;
    v_lines jsonb;
    v_usd numeric;
    v_from text;
    v_again uuid;
    v_status text := 'reserved';
    v_reason text;
begin
    if coalesce(length(p_worker), 0) not between 1 and 200 then
        raise exception 'order_claim: the name of a worker is needed' using errcode = '22023';
    end if;
    if exists (select from trade_orders o where o.broker_account = p_account and o.status = 'unknown') then
        v_again := order_take_again(p_account, p_worker);
    end if;
    if v_again is not null then
        return query select 'again', o.status, o.id, null::text, o.fence, o.attempt, o.client_order_id, o.symbol, o.asset_class,
            o.side, o.order_type, o.notional_usd, o.qty, o.limit_price, o.time_in_force, o.extended_hours, b.http_timeout_ms,
            b.reserve_seq, o.firebase_uid, o.rule_id, o.approved_at
        from trade_orders o join broker_account b on b.account = o.broker_account where o.id = v_again;
        return;
    end if;

    select o.* into v_order from trade_orders o
    where o.broker_account = p_account
        and (o.approved_at, o.id) > (coalesce(p_after, '-infinity'), coalesce(p_after_id, '00000000-0000-0000-0000-000000000000'))
        and ((o.status = 'approved' and o.claim_after <= v_now and (o.next_try_at is null or o.next_try_at <= v_now
                or o.next_try_at > v_now + interval '1 minute'))
            or (o.status = 'approved' and o.approved_at > v_now + interval '1 minute')
            or (o.status = 'reserved' and (o.lease_until <= v_now
                or o.lease_until > v_now + make_interval(secs => 60
                    + (select b.lease_seconds from broker_account b where b.account = p_account)))))
    order by o.approved_at, o.id limit 1 for update of o skip locked;
    if not found then
        if not exists (select from broker_account b where b.account = p_account) then
            raise exception 'order_claim: there is no broker account %', p_account using errcode = '22023';
        end if;
        return;
    end if;
    v_from := v_order.status;

    -- The lock, and with it the number and the time of the reservation that this may become. The account is read here and
    -- nowhere before: while somebody holds an old snapshot each reading walks past all that claims have left of its row.
    update broker_account b set reserve_seq = b.reserve_seq + 1, reserved_before = b.last_reserved_at,
        last_reserved_at = greatest(clock_now(), b.last_reserved_at) where b.account = p_account returning b.* into v_account;
    v_now := clock_now();
    if broker_closed(v_account, v_now) then
        update broker_account b set reserve_seq = b.reserve_seq - 1, last_reserved_at = b.reserved_before where b.account = p_account;
        return;
    end if;
    v_at := v_account.last_reserved_at;
    select j.lines, j.reserve_usd into v_lines, v_usd
    from order_judge(v_order, halt_level_locked(v_order.firebase_uid, p_account), v_at) j;

    -- One from the future: the clock has gone back since the yes, and how old it is nobody knows.
    if v_order.approval_expires_at <= v_now or v_order.approved_at > v_now + interval '1 minute' then
        v_status := 'expired';
        v_reason := 'EXPIRED';
    else
        v_reason := jsonb_path_query_first(v_lines, '$[*].reason') #>> '{}';
        if v_reason is not null then
            v_status := 'blocked';
        end if;
    end if;

    if v_status = 'reserved' then
        update trade_orders o set status = 'reserved', fence = o.fence + 1, lease_worker = p_worker,
            lease_until = v_now + make_interval(secs => v_account.lease_seconds), reserved_at = v_at,
            reserved_usd = v_usd, trade_day = trading_date(v_at), next_try_at = null, move_reason = null,
            move_detail = jsonb_build_object('guardrails', v_lines, 'worker', p_worker)
        where o.id = v_order.id returning o.* into v_order;
    else
        update trade_orders o set status = v_status, fence = o.fence + 1, reason = v_reason, move_reason = v_reason,
            move_detail = jsonb_build_object('guardrails', v_lines, 'worker', p_worker),
            reserved_at = null, reserved_usd = null, trade_day = null, lease_worker = null, lease_until = null
        where o.id = v_order.id returning o.* into v_order;
        perform instance_end(v_order.id, 'idle');
        -- No reservation after all: its time counts for nothing either, lest a clock that was ahead for a moment free what was
        -- reserved before.
        update broker_account b set reserve_seq = b.reserve_seq - 1, last_reserved_at = b.reserved_before
        where b.account = p_account returning b.* into v_account;
    end if;

    return query select v_status, v_from, v_order.id, v_reason, v_order.fence, v_order.attempt, v_order.client_order_id,
        v_order.symbol, v_order.asset_class, v_order.side, v_order.order_type, v_order.notional_usd, v_order.qty,
        v_order.limit_price, v_order.time_in_force, v_order.extended_hours, v_account.http_timeout_ms,
        v_account.reserve_seq, v_order.firebase_uid, v_order.rule_id, v_order.approved_at;
end $$;
