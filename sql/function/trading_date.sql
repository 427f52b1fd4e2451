-- trading_date(at): the New York date; the day that daily limits count. Called by our functions. Pure.
create or replace function trading_date(p_at timestamptz) returns date
    language sql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$ select (p_at at time zone 'America/New_York')::date $$;
