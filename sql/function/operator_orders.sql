-- operator_orders(state, user, limit): orders, newest first, for `tradectl orders`; NULL = any. {orders}. 22023 for a state
-- that does not exist. Locks nothing.
create or replace function operator_orders(p_state text, p_user text, p_limit integer) returns json
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_states constant text[] := array['approved', 'reserved', 'submitting', 'unknown', 'unresolved', 'accepted',
        'partially_filled', 'filled', 'canceled', 'expired', 'rejected', 'blocked', 'quarantined'];
begin
    if not p_state = any (v_states) then
        raise exception 'there is no state %; the states are: %', p_state, array_to_string(v_states, ' ') using errcode = '22023';
    end if;
    if p_limit is null or p_limit not between 1 and 1000 then
        raise exception '1 to 1000 orders are shown at once' using errcode = '22023';
    end if;
    return (select json_build_object('orders', coalesce(json_agg(json_build_object('order', o.id, 'approved_at',
            date_trunc('second', o.approved_at), 'account', o.broker_account, 'symbol', o.symbol, 'side', o.side, 'type',
            o.order_type, 'notional_usd', o.notional_usd, 'qty', o.qty, 'state', o.status, 'broker_status', o.broker_status,
            'filled_qty', o.filled_qty, 'reason', o.reason, 'user', o.firebase_uid)
            order by o.approved_at desc, o.id desc), '[]'))
        from (select * from trade_orders x
            where (p_state is null or x.status = p_state) and (p_user is null or x.firebase_uid = p_user)
            order by x.approved_at desc, x.id desc limit p_limit) o);
end $$;
