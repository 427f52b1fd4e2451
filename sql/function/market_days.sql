-- market_days(from, to): the calendar's days, both included. Called by evald. No row near today means NO_CALENDAR, which
-- C decides.
create or replace function market_days(p_from date, p_to date)
    returns table (date date, open timestamptz, close timestamptz, pre_open timestamptz, post_close timestamptz)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select c.date, c.open, c.close, c.pre_open, c.post_close
from market_calendar c where c.date between p_from and p_to order by c.date
$$;
