-- The stepped clock of tradesim: as test/lib/pg-clock.sql, but it reads a setting of the session, because a seed is one
-- transaction in which thousands of steps of a table's row would leave thousands of dead ones.
create or replace function clock_now() returns timestamptz
    language sql stable
    as $$ select coalesce(nullif(current_setting('tradesim.now', true), '')::timestamptz, clock_timestamp()) $$;
