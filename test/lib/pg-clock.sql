-- What the owner of a test cluster runs to step time: clock_now() then reads test_clock, and runs as the host's clock while
-- nothing stands there. Only the owner can; everything of ours takes its time from clock_now().
create table if not exists test_clock (
    only_row boolean primary key default true check (only_row),
    at timestamptz
);
insert into test_clock default values on conflict do nothing;

create or replace function clock_now() returns timestamptz
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$ select coalesce((select at from public.test_clock), clock_timestamp()) $$;

-- test_clock_set(at): time stands still there (NULL: the host's again), and the days around it have partitions.
create or replace function test_clock_set(p_at timestamptz) returns void
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update public.test_clock set at = p_at;
    perform market_data_partitions();
end $$;

-- test_clock_step(by): so much later.
create or replace function test_clock_step(p_by interval) returns void
    language sql
    set search_path = pg_catalog, public, pg_temp
    as $$ select test_clock_set(clock_now() + p_by) $$;
