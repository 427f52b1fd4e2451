-- clock_read(): the database's time as a row. Called by ingestd. Locks nothing.
create or replace function clock_read() returns table (now timestamptz)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$ select clock_now() $$;
