-- order_take_again(account, worker): takes one unknown order that may be sent again under its own id (order_again_refusal): a lease
-- and a new fence, and no move; the last fence decides. NULL: there is none, which is all it says while resubmit is
-- `never` or the account is closed (broker_closed). One that was not sent after all is tried again 2 s later. Called by order_claim. Locks the order (SKIP LOCKED).
create or replace function order_take_again(p_account text, p_worker text) returns uuid
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz := clock_now();
    v_id uuid;
begin
    if not exists (select from broker_account b where b.account = p_account and b.resubmit = 'same-id'
        and not broker_closed(b, v_now)) then
        return null;
    end if;
    select o.id into v_id from trade_orders o
    where o.broker_account = p_account and o.status = 'unknown' and (o.lease_until is null or o.lease_until <= v_now)
        and (o.next_try_at is null or o.next_try_at <= v_now)
        and order_again_refusal(o, halt_level(o.firebase_uid, p_account), v_now) is null
    order by o.reserved_at, o.id limit 1 for update skip locked;
    update trade_orders o set fence = o.fence + 1, lease_worker = p_worker, next_try_at = v_now + interval '2 seconds',
        lease_until = v_now + make_interval(secs => (select b.lease_seconds from broker_account b where b.account = p_account))
    where o.id = v_id;
    return v_id;
end $$;
