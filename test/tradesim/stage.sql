-- What stands before each seed: two people whom the number of orders limits (3 a day each) and two whom their money does
-- (30 USD in 4 hours each), a coin with a fresh price, and for each of them questions that nobody has answered yet.
select set_config('tradesim.now', '2026-03-10T14:00:00Z', false);
select market_data_partitions();

insert into users select 'count-' || n from generate_series(1, 2) n union all select 'money-' || n from generate_series(1, 2) n;
insert into user_trading_config (firebase_uid, config, enabled)
select firebase_uid, jsonb_build_object('version', 1, 'enabled', true, 'mode', 'paper',
        'data_inputs', '[{"id": "coins", "source": "alpaca", "asset_class": "crypto", "symbols": ["BTC/USD"]}]'::jsonb,
        'rules', '[{"id": "dip", "type": "price_below", "symbol": "BTC/USD", "price": 1000000, "question_template": "Buy?",
            "on_answer_match": {"action": "propose_order", "side": "buy", "notional_usd": 10}}]'::jsonb,
        'guardrails', jsonb_build_object('max_open_orders', 100, 'max_orders_per_day', case when firebase_uid like 'count%' then 3 else 100 end,
            'max_notional_usd_per_4h', case when firebase_uid like 'money%' then 30 else 1000 end)), true
from users;

insert into market_data_latest (symbol, asset_class, feed, metric, snapshot_id, price, as_of)
values ('BTC/USD', 'crypto', 'us', 'last_trade', 1, 50000, clock_now());

-- order_accept of an order that a failover has lost fails; a session gets over that, the one transaction of a seed does not.
create function accept_or_not(p_id uuid, p_broker jsonb) returns text language plpgsql as $$
begin
    return order_accept(p_id, p_broker);
exception when invalid_parameter_value then
    return 'no such order';
end $$;

-- 1..16; 1..8 are the first kind's.
insert into questions (id, firebase_uid, question_text, kind, status, rule_id, symbol, as_of, chain_id, attempt, source_tag,
    pipeline_key, pipeline_step, expires_at, broker_account)
select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
    case when n <= 8 then 'count-' else 'money-' end || 1 + (n % 8 in (0, 6, 7))::integer, 'Buy?', 'proposal', 'queued', 'dip',
    'BTC/USD', clock_now(), ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 1, 'trading:rule:dip', 'trading',
    'dip:await_confirm', clock_now() + interval '1 day', 'paper'
from generate_series(1, 16) n;
insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type, notional_usd,
    time_in_force, price_asked, mode, broker_account, chain_id, attempt, max_staleness_seconds)
select q.id, q.firebase_uid, 'dip', q.symbol, 'crypto', 'buy', 'market', 10, 'gtc', 50000, 'paper', 'paper', q.id, 1, 86400
from questions q;
