-- order_next_check(status, unknown_since, now): when an order that may be live is asked for next: 1, 3, 7, 15 and 30 s after
-- it became unknown, then every 30 s; unresolved: every 5 minutes to the end of the New York day, then once a day. Called by
-- order_missing, order_retry_check and order_take_open. Pure.
create or replace function order_next_check(p_status text, p_unknown_since timestamptz, p_now timestamptz)
    returns timestamptz
    language sql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
select case
    when p_status = 'unresolved' and trading_date(p_unknown_since) = trading_date(p_now) then p_now + interval '5 minutes'
    when p_status = 'unresolved' then p_now + interval '1 day'
    else coalesce((select min(p_unknown_since + make_interval(secs => s)) from unnest('{1,3,7,15,30}'::integer[]) s
        where p_unknown_since + make_interval(secs => s) > p_now), p_now + interval '30 seconds')
end $$;
