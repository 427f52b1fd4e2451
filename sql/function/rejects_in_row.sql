-- rejects_in_row(account, at): people whose newest orders on this account were all refused or rejected, as many as their
-- max_consecutive_rejects allows, the last of them within the hour, and whose own scope is still active. Refusals that are
-- not about the order (keys, an account that is closed for new orders) neither count nor end a row. Only what came after
-- the person was last resumed counts. Called by trips_owed.
create or replace function rejects_in_row(p_account text, p_at timestamptz) returns table (firebase_uid text, rejects bigint)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select u.firebase_uid, n.rejects
from (select distinct o.firebase_uid from trade_orders o
    where o.broker_account = p_account and o.status = 'rejected' and o.moved_at > p_at - interval '1 hour') u
join trading_halts h on h.scope = 'self' and h.key = u.firebase_uid and h.level = 'active'
cross join lateral (select max(e.at) as at from trading_halt_events e
    where e.scope = 'self' and e.key = u.firebase_uid and e.to_level = 'active') resumed
cross join lateral (select max(o.moved_at) as at from trade_orders o
    where o.firebase_uid = u.firebase_uid and o.broker_account = p_account and o.accepted_at is not null
        and o.status <> 'rejected') went_well
cross join lateral (select count(*) as rejects from trade_orders o
    where o.firebase_uid = u.firebase_uid and o.broker_account = p_account and o.status = 'rejected'
        and o.reason not in ('BROKER_CREDENTIALS', 'BROKER_SUSPENDED', 'BROKER_LIQUIDATION_ONLY')
        and o.moved_at > greatest(resumed.at, went_well.at, '-infinity')) n
where n.rejects >= greatest((guardrails_in_force(u.firebase_uid, null, p_account)->>'max_consecutive_rejects')::bigint, 1)
$$;
