-- test_orders(client_order_id, broker_id): what the broker inside tradectl shows of the account `test`, as Alpaca writes an
-- order: the one with that id, or without ids every one that works. It keeps no book of its own: an order is there once its
-- last fence has committed, so a tradectl that dies at any moment finds the same orders again. Its broker id is `test-` and
-- the order's own. A market order is filled at the price asked; a limit order that the price asked meets likewise, else at
-- its limit when the newest trade meets that; ioc then ends as canceled, day as expired when its session is over. What was
-- canceled at that broker is known to its tradectl only. Called by tradectl. Locks nothing.
create or replace function test_orders(p_client_order_id text, p_broker_id text) returns setof jsonb
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
with o as materialized (
    select o.*, clock_now() as now, coalesce(o.submitted_at, o.last_post_at) as sent,
        (select l.price from market_data_latest l where l.symbol = o.symbol and l.asset_class = o.asset_class
            and l.metric = 'last_trade' and not l.suspect order by l.as_of desc limit 1) as price,
        case o.side when 'buy' then 1 else -1 end as sign
    from trade_orders o
    where o.broker_account = 'test' and o.last_post_at is not null
        and o.status in ('submitting', 'unknown', 'unresolved', 'quarantined', 'accepted', 'partially_filled', 'filled',
            'canceled', 'expired', 'rejected')
        and (p_client_order_id is null or o.client_order_id = p_client_order_id)
        and (p_broker_id is null or 'test-' || o.id = p_broker_id)
), f as (
    select o.*, case when o.status = 'filled' then o.filled_avg_price
        when o.status in ('canceled', 'expired', 'rejected') then null
        when o.order_type = 'market' or (o.limit_price - o.price_asked) * o.sign >= 0 then o.price_asked
        when (o.limit_price - o.price) * o.sign >= 0 then o.limit_price end as fill
    from o
), s as (
    select f.*, case when f.fill is not null then 'filled'
        when f.status in ('canceled', 'expired', 'rejected') then f.status
        when f.time_in_force = 'ioc' then 'canceled'
        when f.time_in_force = 'day' and not coalesce(market_close_after(f.asset_class, f.extended_hours, f.sent) > f.now, true)
            then 'expired'
        else 'new' end as word
    from f
)
select jsonb_build_object('id', 'test-' || s.id, 'client_order_id', s.client_order_id, 'symbol', s.symbol, 'asset_class',
    s.asset_class, 'side', s.side, 'type', s.order_type, 'order_type', s.order_type, 'time_in_force', s.time_in_force,
    'extended_hours', s.extended_hours, 'notional', s.notional_usd::text, 'qty', s.qty::text, 'limit_price',
    s.limit_price::text, 'status', s.word, 'filled_qty', case when s.fill is null then '0' else
        trim_scale(coalesce(s.qty, trunc(s.notional_usd / s.fill, 9)))::text end,
    'filled_avg_price', s.fill::text, 'created_at', s.sent, 'submitted_at', s.sent,
    'filled_at', case when s.fill is not null then coalesce(s.filled_at, s.now) end)
from s
where p_client_order_id is not null or p_broker_id is not null or s.word = 'new'
order by s.sent, s.id
$$;
