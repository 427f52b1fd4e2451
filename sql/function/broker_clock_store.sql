-- broker_clock_store(is_open, next_open, next_close, at): the broker's clock as just read. Called by ingestd; the newest
-- of the broker's own times wins.
create or replace function broker_clock_store(p_is_open boolean, p_next_open timestamptz, p_next_close timestamptz,
        p_at timestamptz) returns void
    language sql
    set search_path = pg_catalog, public, pg_temp
    as $$
insert into broker_clock as b (is_open, next_open, next_close, at, read_at)
values (p_is_open, p_next_open, p_next_close, p_at, clock_now())
on conflict (id) do update set is_open = excluded.is_open, next_open = excluded.next_open,
    next_close = excluded.next_close, at = excluded.at, read_at = excluded.read_at
where excluded.at >= b.at
$$;
