-- order_poll_due(account, limit): open orders whose broker state is asked for now: every 2 s in their first minute, every
-- 10 s in their first ten, then every minute; sets the next time. Called by tradectl, also while a stream looks well.
-- Locks those orders in key order (SKIP LOCKED).
create or replace function order_poll_due(p_account text, p_limit integer)
    returns table (id uuid, alpaca_order_id text, client_order_id text, symbol text, asset_class text, side text,
        order_type text, notional_usd numeric, qty numeric, limit_price numeric, time_in_force text, extended_hours boolean,
        status text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v_due uuid[];
begin
    if p_limit is null or p_limit not between 1 and 1000 then
        raise exception 'order_poll_due: 1 to 1000 at once' using errcode = '22023';
    end if;
    v_due := array(select d.id from trade_orders d
        where d.id in (select o.id from trade_orders o where o.broker_account = p_account
            and o.status in ('accepted', 'partially_filled') and (o.next_poll_at <= v_now
                or o.next_poll_at > v_now + interval '2 minutes') -- a clock went back
            order by o.next_poll_at limit p_limit)
        order by d.id for update skip locked);
    return query
    update trade_orders o set next_poll_at = v_now + case
        when v_now < o.accepted_at + interval '1 minute' then interval '2 seconds'
        when v_now < o.accepted_at + interval '10 minutes' then interval '10 seconds' else interval '1 minute' end
    where o.id = any (v_due) and o.status in ('accepted', 'partially_filled')
    returning o.id, o.alpaca_order_id, o.client_order_id, o.symbol, o.asset_class, o.side, o.order_type, o.notional_usd,
        o.qty, o.limit_price, o.time_in_force, o.extended_hours, o.status;
end $$;
