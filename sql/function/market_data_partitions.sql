-- market_data_partitions(): makes the days of market_data_snapshots from yesterday to three days ahead of clock_now().
-- Called by ingestd in a transaction of its own before a batch that needs a day, and by whoever steps the clock. CREATE,
-- then ATTACH, which waits for no reader; at most a second for a lock (55P03: try again). SECURITY DEFINER: ingestd
-- creates nothing else. The only dynamic SQL of ours; all that enters it are dates.
create or replace function market_data_partitions() returns void
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    set timezone = 'UTC'
    set lock_timeout = '1s'
    as $$
declare
    v_today date := clock_now()::date;
    v_day date;
    v_name text;
begin
    for v_day in select v_today + n from generate_series(-1, 3) n loop
        v_name := 'market_data_snapshots_' || to_char(v_day, 'YYYYMMDD');
        continue when exists (select from pg_class c where c.relname = v_name and c.relnamespace = 'public'::regnamespace);
        -- Two makers: the second sees, after its wait, what the first has made; but not by to_regclass, which answers
        -- from a cache that this wait does not refresh.
        perform pg_advisory_xact_lock(hashtextextended('market_data_partitions', 0));
        continue when exists (select from pg_class c where c.relname = v_name and c.relnamespace = 'public'::regnamespace);
        execute format('create table public.%I (like public.market_data_snapshots including defaults including constraints)',
            v_name);
        execute format('alter table public.market_data_snapshots attach partition public.%I for values from (%L) to (%L)',
            v_name, v_day::timestamptz, (v_day + 1)::timestamptz);
    end loop;
end $$;
