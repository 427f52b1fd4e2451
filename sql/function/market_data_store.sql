-- market_data_store(batch, rows): rows_written. Called by ingestd with what it has polled: an array of {symbol,
-- asset_class, feed, metric, price, volume, open, high, low, bid, ask, as_of, session_date, session, suspect, raw}, numbers
-- as decimal strings. A row counts when it is newer than the latest of its series, or of the same time with other values;
-- it becomes a snapshot and the latest, in this one transaction, and the batch rings once. Nothing goes back. The day's
-- partition must be there (23514 otherwise). Locks rows of market_data_latest in key order.
create or replace function market_data_store(p_batch uuid, p_rows jsonb) returns integer
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz := clock_now();
    v_written integer;
begin
    if p_batch is null or jsonb_typeof(p_rows) is distinct from 'array' then
        raise exception 'market_data_store: a batch id and an array of rows are needed' using errcode = '22023';
    end if;

    with incoming as (
        select distinct on (r.symbol, r.asset_class, r.feed, r.metric) r.*
        from jsonb_to_recordset(p_rows) as r (symbol text, asset_class text, feed text, metric text, price numeric,
            volume numeric, open numeric, high numeric, low numeric, bid numeric, ask numeric, as_of timestamptz,
            session_date date, session text, suspect boolean, raw jsonb)
        order by r.symbol, r.asset_class, r.feed, r.metric, r.as_of desc
    ), changed as (
        select i.* from incoming i
        left join market_data_latest l using (symbol, asset_class, feed, metric)
        where l.symbol is null or i.as_of > l.as_of
            or (i.as_of = l.as_of and row(i.price, i.volume, i.open, i.high, i.low, i.bid, i.ask, i.session_date,
                    coalesce(i.suspect, false))
                is distinct from row(l.price, l.volume, l.open, l.high, l.low, l.bid, l.ask, l.session_date, l.suspect))
    ), stored as (
        insert into market_data_snapshots (symbol, asset_class, feed, metric, price, volume, open, high, low, bid, ask,
            as_of, session_date, session, suspect, raw, batch_id, created_at)
        select symbol, asset_class, feed, metric, price, volume, open, high, low, bid, ask, as_of, session_date, session,
            coalesce(suspect, false), raw, p_batch, v_now
        from changed
        returning *
    ), latest as (
        insert into market_data_latest as l (symbol, asset_class, feed, metric, snapshot_id, price, volume, open, high, low,
            bid, ask, as_of, session_date, session, suspect, created_at)
        select symbol, asset_class, feed, metric, id, price, volume, open, high, low, bid, ask, as_of, session_date,
            session, suspect, created_at
        from stored order by symbol, asset_class, feed, metric
        on conflict (symbol, asset_class, feed, metric) do update set
            snapshot_id = excluded.snapshot_id, price = excluded.price, volume = excluded.volume, open = excluded.open,
            high = excluded.high, low = excluded.low, bid = excluded.bid, ask = excluded.ask, as_of = excluded.as_of,
            session_date = excluded.session_date, session = excluded.session, suspect = excluded.suspect,
            created_at = excluded.created_at
        where excluded.as_of >= l.as_of
    )
    select count(*) into v_written from stored;
    return v_written;
end $$;
