-- order_poll_soon(account): every open order is due for order_poll_due now, whatever its date: the stream of events was
-- interrupted, and what it would have told is nowhere told again. Returns how many. Called by tradectl. Locks those orders in
-- key order (SKIP LOCKED: who is at work with one reads it anyway).
create or replace function order_poll_soon(p_account text) returns integer
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz := clock_now();
    v_due uuid[];
    v_count integer;
begin
    v_due := array(select o.id from trade_orders o
        where o.broker_account = p_account and o.status in ('accepted', 'partially_filled') and o.next_poll_at > v_now
        order by o.id for update skip locked);
    update trade_orders o set next_poll_at = v_now where o.id = any (v_due) and o.status in ('accepted', 'partially_filled');
    get diagnostics v_count = row_count;
    return v_count;
end $$;
