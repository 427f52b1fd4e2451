-- order_cancel_due(account, limit): open orders that somebody wants back and whose broker is asked to cancel now: at once,
-- then after 2 s, after 10 s, and every minute until the order has ended; sets the next time. A cancel that was asked for
-- before the broker had the order waits until it is accepted. Called by tradectl, which sends DELETE /v2/orders/{id} and
-- believes only what a poll or an event says afterwards. Locks those orders in key order (SKIP LOCKED).
create or replace function order_cancel_due(p_account text, p_limit integer)
    returns table (id uuid, alpaca_order_id text, client_order_id text, status text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v_due uuid[];
begin
    if p_limit is null or p_limit not between 1 and 1000 then
        raise exception 'order_cancel_due: 1 to 1000 at once' using errcode = '22023';
    end if;
    v_due := array(select d.id from trade_orders d
        where d.id in (select o.id from trade_orders o where o.broker_account = p_account
            and o.status in ('accepted', 'partially_filled') and (o.next_cancel_at <= v_now
                or o.next_cancel_at > v_now + interval '2 minutes') -- a clock went back
            order by o.next_cancel_at limit p_limit)
        order by d.id for update skip locked);
    return query
    update trade_orders o set cancel_count = o.cancel_count + 1, next_cancel_at = v_now + case o.cancel_count
        when 0 then interval '2 seconds' when 1 then interval '10 seconds' else interval '1 minute' end
    where o.id = any (v_due) and o.status in ('accepted', 'partially_filled')
        and (o.next_cancel_at <= v_now or o.next_cancel_at > v_now + interval '2 minutes')
    returning o.id, o.alpaca_order_id, o.client_order_id, o.status;
end $$;
