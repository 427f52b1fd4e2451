-- order_expire(account): approvals that grew too old -> expired: those that nobody claimed, and those whose claimer went
-- silent before the last fence. Called by tradectl at each sweep, also while trading is disabled. At most 100 a call.
-- Locks orders in key order (SKIP LOCKED), then instances.
create or replace function order_expire(p_account text) returns table (id uuid, firebase_uid text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v_id uuid;
    v_old uuid[];
begin
    v_old := array(select o.id from trade_orders o join broker_account b on b.account = o.broker_account
        where o.broker_account = p_account
            and (o.approval_expires_at <= v_now or o.approved_at > v_now + interval '1 minute')
            and (o.status = 'approved' or (o.status = 'reserved' and (o.lease_until <= v_now
                or o.lease_until > v_now + make_interval(secs => b.lease_seconds + 60))))
        order by o.id limit 100 for update of o skip locked);
    update trade_orders o set status = 'expired', reason = 'EXPIRED', move_reason = 'EXPIRED', move_detail = null,
        fence = o.fence + 1, reserved_at = null, reserved_usd = null, trade_day = null, lease_worker = null,
        lease_until = null
    where o.id = any (v_old);
    foreach v_id in array array(select i.question_id from rule_instances i
        where i.question_id = any (v_old) order by i.firebase_uid, i.rule_id, i.symbol)
    loop
        perform instance_end(v_id, 'idle');
    end loop;
    return query select o.id, o.firebase_uid from trade_orders o where o.id = any (v_old) order by o.id;
end $$;
