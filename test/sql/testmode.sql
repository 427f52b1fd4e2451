-- test_orders: what the broker inside tradectl shows of the account `test`, with no book but trade_orders.
select tap.stage() \g /dev/null
update broker_account set reconciled_at = clock_now() where account = 'test';
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
create function tap.test_order(p_n integer, p_proposal jsonb default '{}') returns text language plpgsql as $$ -- approved, and claimed
begin
    perform tap.price('SPY', 492);
    perform tap.order(p_n, 'ann', '{"broker_account": "test"}', p_proposal);
    return tap.claim('w1', 'test');
end $$;
create function tap.shown(p_n integer) returns text language sql as $$
    select concat_ws(' ', o->>'status', o->>'filled_qty', o->>'filled_avg_price')
    from test_orders('h1-' || replace(tap.id(p_n)::text, '-', ''), null) o $$;

select tap.is('claimed for the test account', tap.test_order(1), 'reserved');
select tap.is('before its last fence it is not there', tap.shown(1), null);
select tap.is('the last fence', order_begin_send(tap.id(1), tap.fence(1), 'w1'), 'go');
select tap.is('from then on it is, at the price asked', tap.shown(1), 'filled 0.020325203 492');
select tap.is('as Alpaca writes it', (select o - 'created_at' - 'submitted_at' - 'filled_at' from test_orders(null, 'test-' || tap.id(1)) o),
    '{"id": "test-00000000-0000-4000-8000-000000000001", "client_order_id": "h1-00000000000040008000000000000001", "symbol": "SPY",
    "asset_class": "us_equity", "side": "buy", "type": "market", "order_type": "market", "time_in_force": "day",
    "extended_hours": false, "notional": "10", "qty": null, "limit_price": null, "status": "filled", "filled_qty": "0.020325203",
    "filled_avg_price": "492"}'::jsonb);
select tap.is('which is a fact that can be recorded', (select order_accept(tap.id(1), o) from test_orders(null, 'test-' || tap.id(1)) o), 'filled');
select tap.is('and stays one', tap.shown(1), 'filled 0.020325203 492');
select tap.is('another account''s order is not there', (select tap.order_and_claim(2, 'ann') || order_begin_send(tap.id(2), tap.fence(2), 'w1')
    || coalesce(tap.shown(2), '')), 'reservedgo');

-- limit orders
select tap.test_order(3, '{"order_type": "limit", "notional_usd": null, "qty": "0.01", "limit_price": "500"}') \g /dev/null
select order_begin_send(tap.id(3), tap.fence(3), 'w1') \g /dev/null
select tap.is('a limit that the price asked meets fills at the price asked', tap.shown(3), 'filled 0.01 492');
select tap.test_order(4, '{"order_type": "limit", "notional_usd": null, "qty": "0.01", "limit_price": "480"}') \g /dev/null
select order_begin_send(tap.id(4), tap.fence(4), 'w1') \g /dev/null
select tap.is('another works', tap.shown(4), 'new 0');
select tap.is('and is what is listed', (select string_agg(o->>'id', ' ') from test_orders(null, null) o), 'test-' || tap.id(4));
select order_accept(tap.id(4), o) from test_orders(null, 'test-' || tap.id(4)) o \g /dev/null
select tap.price('SPY', 480.01, '0.5 seconds') \g /dev/null
select tap.is('until a trade meets it', tap.shown(4), 'new 0');
select tap.price('SPY', 479, '0.1 seconds') \g /dev/null
select tap.is('then it fills at its limit', tap.shown(4), 'filled 0.01 480');
select tap.test_order(5, '{"order_type": "limit", "notional_usd": null, "qty": "0.01", "limit_price": "480", "time_in_force": "gtc"}') \g /dev/null
select order_begin_send(tap.id(5), tap.fence(5), 'w1') \g /dev/null
select tap.test_order(6, '{"order_type": "limit", "notional_usd": null, "qty": "0.01", "limit_price": "480"}') \g /dev/null
select order_begin_send(tap.id(6), tap.fence(6), 'w1') \g /dev/null
select tap.test_order(7, '{"order_type": "limit", "notional_usd": null, "qty": "0.01", "limit_price": "480", "time_in_force": "ioc"}') \g /dev/null
select order_begin_send(tap.id(7), tap.fence(7), 'w1') \g /dev/null
select tap.is('ioc that meets nothing', tap.shown(7), 'canceled 0');
update market_calendar set close = clock_now() + interval '1 second', post_close = greatest(post_close, clock_now() + interval '1 second')
    where clock_now() between open and close;
select tap.is('a day order works until the session ends', tap.shown(6), 'new 0');
select test_clock_step('2 seconds') \g /dev/null
select tap.is('and expires then', tap.shown(6), 'expired 0');
select tap.is('gtc goes on', tap.shown(5), 'new 0');
