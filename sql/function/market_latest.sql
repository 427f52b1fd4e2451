-- market_latest(symbols): the newest row of every series of these symbols (NULL: of all), and the time now. Called by
-- evald. Suspect rows are among them: they condemn what is judged by them.
create or replace function market_latest(p_symbols text[])
    returns table (now timestamptz, snapshot_id bigint, symbol text, asset_class text, feed text, metric text,
        price numeric, volume numeric, open numeric, high numeric, low numeric, bid numeric, ask numeric,
        as_of timestamptz, session_date date, session text, suspect boolean, created_at timestamptz)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select t.now, l.snapshot_id, l.symbol, l.asset_class, l.feed, l.metric, l.price, l.volume, l.open, l.high, l.low, l.bid,
    l.ask, l.as_of, l.session_date, l.session, l.suspect, l.created_at
from (select clock_now() as now) t cross join market_data_latest l
where p_symbols is null or l.symbol = any (p_symbols)
order by l.symbol, l.asset_class, l.feed, l.metric
$$;
