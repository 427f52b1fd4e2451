-- order_unserved(account): live orders that nobody will send: no tradectl has served the live account for unserved_seconds. They
-- end blocked LIVE_NOT_ALLOWED, so that their people are told; a paper order waits until it expires. Only what has not been
-- sent: approved, or reserved by a claimer that went silent. Called every 10 s by a tradectl of any account that has itself
-- been reconciled that long, which the account's row must show too: after a start of everything the live one has its
-- time to come up. At most 20 a call. served_at is the host's clock, like here. Locks the orders (SKIP LOCKED), rule_instance.
create or replace function order_unserved(p_account text) returns table (id uuid, from_status text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_order trade_orders;
    v_live broker_account;
begin
    select * into strict v_live from broker_account b where b.account = 'live';
    if p_account = 'live' or v_live.served_at > clock_timestamp() - make_interval(secs => v_live.unserved_seconds)
        or not exists (select from broker_account b where b.account = p_account
            and b.reconciled_at <= clock_now() - make_interval(secs => b.unserved_seconds)) then
        return;
    end if;
    for v_order in
        select * from trade_orders o where o.broker_account = 'live'
            and (o.status = 'approved' or (o.status = 'reserved' and o.lease_until <= clock_now()))
        order by o.id limit 20 for update skip locked
    loop
        update trade_orders o set status = 'blocked', reason = 'LIVE_NOT_ALLOWED', move_reason = 'LIVE_NOT_ALLOWED',
            fence = o.fence + 1, reserved_at = null, reserved_usd = null, trade_day = null, lease_worker = null, lease_until = null,
            move_detail = jsonb_build_object('message', 'nobody sends live orders now', 'served_at', v_live.served_at)
        where o.id = v_order.id;
        perform instance_end(v_order.id, 'idle');
        return query select v_order.id, v_order.status;
    end loop;
end $$;
