-- order_symbols(account): symbols of which the broker may hold an order of ours: open ones, of today's orders, of recent
-- questions. What tradectl lists one by one where the broker cannot list all at once because of one of them.
create or replace function order_symbols(p_account text) returns table (symbol text)
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
select o.symbol from trade_orders o
where o.broker_account = p_account and (o.reserved_at > clock_now() - interval '50 hours' or o.status in ('approved',
    'reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined'))
union
select p.symbol from trade_proposals p join questions q on q.id = p.question_id
where p.broker_account = p_account and q.created_at > clock_now() - interval '2 days'
order by 1
$$;
