-- trading_date(at): the New York date; the day that daily limits count. Called by our functions. Pure.
create or replace function trading_date(p_at timestamptz) returns date
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return (p_at at time zone 'America/New_York')::date;
end
$$;
