-- operator_status(): how trading stands, for `tradectl status`: {database, accounts, halts, orders, unclear, orphans, ledger}. Ages
-- are whole seconds; served_seconds by the host's clock, as tradectl writes it. Lists end at 50 rows. unclear: unknown,
-- unresolved, quarantined, and open orders whose cancel was asked for more than an hour ago. orphans, ledger: those that
-- nobody has acknowledged. Locks nothing.
create or replace function operator_status() returns json
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
with t as (select clock_now() as now),
accounts as (
    select json_agg(json_build_object('account', b.account,
        'served_seconds', extract(epoch from clock_timestamp() - b.served_at)::bigint,
        'reconciled_seconds', extract(epoch from t.now - b.reconciled_at)::bigint,
        'quarantine_left', greatest(extract(epoch from b.quarantine_until - t.now)::bigint, 0),
        'reserve_seq', b.reserve_seq,
        'trouble', b.trouble,
        'state', case when b.served_at is null then 'never served'
            when b.served_at < clock_timestamp() - interval '30 seconds' then 'no tradectl serves it'
            when b.trouble is not null then 'sends nothing: ' || b.trouble_text
            when b.reconciled_at is null then 'reconciling'
            when b.quarantine_until > t.now then 'in quarantine: no claims'
            when b.reconcile_asked_at > b.reconciled_at then 'reconciling, as asked'
            when b.compared_at < t.now - interval '15 minutes' then 'served, but not compared with the broker for 15 minutes: its log says event=list.failed'
            else 'served' end) order by b.account) as list
    from t, broker_account b
),
halts as (
    select coalesce(json_agg(json_build_object('scope', h.scope, 'key', nullif(h.key, ''), 'level', h.level, 'set_by', h.set_by,
        'set_at', h.set_at, 'reason', h.reason)), '[]') as list
    from (select * from trading_halts x where x.level <> 'active'
        order by array_position(array['global', 'account', 'user', 'self'], x.scope), x.key limit 50) h
),
states as (
    select coalesce(json_agg(json_build_object('account', s.broker_account, 'state', s.status, 'orders', s.orders,
        'oldest_seconds', s.oldest)), '[]') as list
    from (select o.broker_account, o.status, count(*) as orders,
            extract(epoch from t.now - min(coalesce(o.unknown_since, o.reserved_at, o.approved_at)))::bigint as oldest
        from t, trade_orders o
        where o.status in ('approved', 'reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled',
            'quarantined') or o.moved_at > t.now - interval '24 hours'
        group by t.now, o.broker_account, o.status
        order by o.broker_account, array_position(array['approved', 'reserved', 'submitting', 'unknown', 'unresolved',
            'quarantined', 'accepted', 'partially_filled', 'filled', 'canceled', 'expired', 'rejected', 'blocked'], o.status)) s
),
unclear as (
    select coalesce(json_agg(json_build_object('order', u.id, 'account', u.broker_account, 'state', u.status, 'symbol', u.symbol,
        'since_seconds', extract(epoch from u.now - u.since)::bigint, 'cancel_asked_seconds',
        extract(epoch from u.now - u.cancel_requested_at)::bigint, 'missing_count', u.missing_count,
        'next_check', u.next_check_at) order by u.since), '[]') as list
    from (select o.*, t.now, coalesce(o.unknown_since, o.last_post_at, o.moved_at) as since from t, trade_orders o
        where o.status in ('unknown', 'unresolved', 'quarantined') or (o.status in ('accepted', 'partially_filled')
            and o.cancel_requested_at < t.now - interval '1 hour') order by since limit 50) u
),
orphans as (
    select coalesce(json_agg(json_build_object('client_order_id', x.client_order_id, 'account', x.broker_account, 'symbol',
        x.symbol, 'side', x.side, 'reserved_usd', x.reserved_usd, 'submitted_at', x.submitted_at)), '[]') as list
    from (select * from orphan_orders y where y.adopted_at is null and y.acknowledged_at is null order by y.seen_at desc limit 50) x
),
ledger as (
    select coalesce(json_agg(json_build_object('symbol', s.symbol, 'account', s.broker_account, 'ledger_qty', s.ledger_qty,
        'broker_qty', s.broker_qty, 'since', s.first_seen_at)), '[]') as list
    from (select * from ledger_suspects y where y.acknowledged_at is null order by y.broker_account, y.symbol limit 50) s
)
select json_build_object(
    'database', json_build_object('now', t.now, 'schema_step', (select version from schema_version),
        'notification_queue_use', round(pg_notification_queue_usage()::numeric, 4),
        'last_evaluation_seconds', (select extract(epoch from t.now - e.last_eval_at)::bigint from eval_progress e)),
    'accounts', accounts.list, 'halts', halts.list, 'orders', states.list, 'unclear', unclear.list, 'orphans', orphans.list,
    'ledger', ledger.list)
from t, accounts, halts, states, unclear, orphans, ledger
$$;
