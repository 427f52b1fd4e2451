-- operator_reconciled(account): how far what operator_reconcile asked for has come: {done, accounts, unasked, moves};
-- unasked: what the broker could not show all the same (an order, a symbol), when it is done; moves are those of orders since it was asked. NULL = every account that was ever asked for and is served. Called by `tradectl reconcile` until done.
-- Locks nothing.
create or replace function operator_reconciled(p_account text) returns json
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
with asked as (
    select b.* from broker_account b
    where b.reconcile_asked_at is not null and (b.account = p_account
        or (p_account is null and b.served_at > clock_timestamp() - interval '2 minutes'))
)
select json_build_object(
    'done', (select coalesce(bool_and(a.reconciled_at >= a.reconcile_asked_at), false) from asked a),
    'accounts', (select coalesce(json_agg(json_build_object('account', a.account, 'asked_at', a.reconcile_asked_at,
            'reconciled_at', case when a.reconciled_at >= a.reconcile_asked_at then a.reconciled_at end, 'served_seconds',
            extract(epoch from clock_timestamp() - a.served_at)::bigint, 'open_orders', (select count(*) from trade_orders o
                where o.broker_account = a.account and o.status in ('submitting', 'unknown', 'unresolved', 'accepted',
                    'partially_filled', 'quarantined'))) order by a.account), '[]') from asked a),
    'unasked', (select coalesce(json_agg(json_build_object('account', a.account, 'what', u->>'what', 'why', u->>'why')), '[]')
        from asked a cross join jsonb_array_elements(a.unasked) u where a.reconciled_at >= a.reconcile_asked_at),
    'moves', (select coalesce(json_agg(json_build_object('at', m.at, 'order', m.order_id, 'from', m.from_status, 'to',
            m.to_status, 'what', m.sentence) order by m.id), '[]')
        from (select e.*, w.sentence from asked a join trade_orders o on o.broker_account = a.account
            join trade_order_events e on e.order_id = o.id and e.at >= a.reconcile_asked_at
            left join trade_order_moves w on w.to_status = e.to_status and w.from_status is not distinct from e.from_status
            order by e.id limit 100) m))
$$;
