-- trading_gauges(account): what tradectl shows as gauges: for each scope the strictest switch in force (0 active, 1 reducing,
-- 2 halted; scope account: this account's only), and how full the notification queue is, in parts per million (a full one
-- makes commits fail). Four rows. Called by tradectl every 10 s. Locks nothing.
create or replace function trading_gauges(p_account text) returns table (scope text, level bigint, queue_use_ppm bigint)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select s.scope, coalesce((select max(array_position(array['active', 'reducing', 'halted'], h.level) - 1)
        from trading_halts h where h.scope = s.scope and (s.scope <> 'account' or h.key = p_account)), 2)::bigint,
    (pg_notification_queue_usage() * 1000000)::bigint
from unnest(array['global', 'account', 'user', 'self']) s (scope)
$$;
