-- order_take_open(account, worker): takes one order that may be live and must be asked for by id: submitting whose sender
-- went silent (-> unknown), or unknown or unresolved whose check is due. At most one row; a lease and a new fence go with
-- it. Called by tradectl, also before anything else after a start. Locks the order (SKIP LOCKED).
create or replace function order_take_open(p_account text, p_worker text)
    returns table (id uuid, client_order_id text, symbol text, side text, order_type text, notional_usd numeric,
        qty numeric, limit_price numeric, time_in_force text, fence bigint, attempt integer, status text, asset_class text,
        extended_hours boolean, post_age_ms bigint)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v_order trade_orders;
    v_lease interval;
    v_slack constant interval := '1 minute'; -- farther ahead than this is nobody's doing but a clock's that went back
begin
    if coalesce(length(p_worker), 0) not between 1 and 200
        or not exists (select from broker_account b where b.account = p_account) then
        raise exception 'order_take_open: a broker account and the name of a worker are needed' using errcode = '22023';
    end if;
    select make_interval(secs => b.lease_seconds) into v_lease from broker_account b where b.account = p_account;
    select o.* into v_order from trade_orders o
    where o.broker_account = p_account
        and ((o.status = 'submitting' and (o.lease_until <= v_now or o.lease_until > v_now + v_lease + v_slack))
            or (o.status in ('unknown', 'unresolved') and (o.next_check_at <= v_now or o.next_check_at > v_now + v_slack
                    + case o.status when 'unknown' then interval '30 seconds' else interval '1 day' end)
                and (o.lease_until is null or o.lease_until <= v_now or o.lease_until > v_now + v_lease + v_slack)))
    order by o.next_check_at nulls first, o.id limit 1 for update skip locked;
    if not found then
        return;
    end if;

    return query
    update trade_orders o set status = case o.status when 'submitting' then 'unknown' else o.status end,
        fence = o.fence + 1, lease_worker = p_worker,
        lease_until = v_now + v_lease,
        unknown_since = coalesce(o.unknown_since, v_now), next_check_at = coalesce(o.next_check_at, v_now),
        move_reason = case o.status when 'submitting' then null else o.move_reason end,
        move_detail = case o.status when 'submitting' then jsonb_build_object('why', 'its sender went silent', 'worker', p_worker)
            else o.move_detail end
    where o.id = v_order.id
    returning o.id, o.client_order_id, o.symbol, o.side, o.order_type, o.notional_usd, o.qty, o.limit_price,
        o.time_in_force, o.fence, o.attempt, o.status, o.asset_class, o.extended_hours,
        (extract(epoch from v_now - o.last_post_at) * 1000)::bigint;
end $$;
