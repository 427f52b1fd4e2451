-- People, the clock, and this installation's name.

-- Every default and every function of ours takes the time here. Only a test cluster's owner replaces it, by one that
-- reads a table (test/lib/pg-clock.sql); that is how tests step time. It stands here and not in function/ because
-- defaults need it, and because an upgrade must not undo a test's clock.
create function clock_now() returns timestamptz
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$ select clock_timestamp() $$;

-- tradectl names its state file by this: a fresh database is a new installation, not one that went back in time.
create table installation (
    id uuid not null default gen_random_uuid(),
    created_at timestamptz not null default clock_now(),
    only_row boolean primary key default true check (only_row)
);
insert into installation default values;

create table users (
    firebase_uid text primary key check (length(firebase_uid) between 1 and 128),
    tokens_valid_after timestamptz, -- NULL = never revoked
    created_at timestamptz not null default clock_now()
);

-- Tables that keep what happened: no update, no delete, for nobody.
create function append_only() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = '42501';
end $$;
