-- market_calendar_store(days): how many days were new or changed. Called by ingestd with the broker's calendar: an array
-- of {date, open, close, pre_open, post_close}, instants. A day that did not change is not written.
create or replace function market_calendar_store(p_days jsonb) returns integer
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_changed integer;
begin
    if jsonb_typeof(p_days) is distinct from 'array' then
        raise exception 'market_calendar_store: an array of days is needed' using errcode = '22023';
    end if;
    insert into market_calendar as c (date, open, close, pre_open, post_close)
    select distinct on (d.date) d.date, d.open, d.close, coalesce(d.pre_open, d.open), coalesce(d.post_close, d.close)
    from jsonb_to_recordset(p_days) as d (date date, open timestamptz, close timestamptz, pre_open timestamptz,
        post_close timestamptz)
    order by d.date
    on conflict (date) do update set open = excluded.open, close = excluded.close, pre_open = excluded.pre_open,
        post_close = excluded.post_close
    where row(c.open, c.close, c.pre_open, c.post_close)
        is distinct from row(excluded.open, excluded.close, excluded.pre_open, excluded.post_close);
    get diagnostics v_changed = row_count;
    return v_changed;
end $$;
