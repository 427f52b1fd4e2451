-- What the claim refuses, one guardrail at a time; what an order counts; the whole list in the event.
select tap.stage() \g /dev/null
\set day '{"guardrails": {"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_notional_usd_per_order": 2500, "max_open_orders": 10000}}'
select tap.person('ann', :'day') \g /dev/null
update trading_config_templates set config = config - 'guardrails';

select tap.is('a plain order is reserved', tap.order_and_claim(1, 'ann'), 'reserved');
select tap.is('counted, leased and numbered', (select concat_ws(' ', reserved_usd, trade_day, fence, lease_worker, lease_until - clock_now())
    from trade_orders where id = tap.id(1)), '10.00 2026-03-06 1 w1 00:00:30');
select tap.is('reserve_seq', (select reserve_seq from broker_account where account = 'paper'), 1);
select tap.is('every guardrail stands in the event', (select string_agg(l->>'name', ' ' order by place) from trade_order_events e,
    jsonb_array_elements(e.detail->'guardrails') with ordinality g (l, place) where e.order_id = tap.id(1) and e.to_status = 'reserved'),
    'halt_level mode enabled rule_enabled market_open hard.max_notional_usd_per_order hard.max_orders_per_day '
    'hard.max_notional_usd_per_4h account.max_orders_per_day account.max_notional_usd_per_4h symbols_blocklist '
    'symbols_allowlist require_question_before_order max_orders_per_day max_notional_usd_per_4h max_notional_usd_per_order '
    'max_open_orders max_spread_pct min_price_usd max_drift_pct');
select tap.is('each with name, value, limit, ok', (select count(*) from trade_order_events e, jsonb_array_elements(e.detail->'guardrails') l
    where e.order_id = tap.id(1) and not (l ?& array['name', 'value', 'limit', 'ok'])), 0);
select tap.is('one that could not be checked says so', (select l->>'note' from trade_order_events e, jsonb_array_elements(e.detail->'guardrails') l
    where e.order_id = tap.id(1) and l->>'name' = 'max_spread_pct'), 'not checked: no fresh quote');

-- From here on the claim finds only what each check has made: nobody's lease ends.
update broker_account set lease_seconds = 864000;
update trade_orders set lease_until = clock_now() + interval '10 days' where status = 'reserved';

-- halts
create function tap.under(p_n integer, p_set text, p_reset text, p_over jsonb default '{}', p_proposal jsonb default '{}',
        p_tunables jsonb default '{}') returns text language plpgsql as $$
declare
    v_said text;
begin
    perform tap.order(p_n, 'ann', p_over, p_proposal, p_tunables);
    execute p_set;
    v_said := tap.claim();
    execute p_reset;
    return v_said;
end $$;
select tap.is('halted: ' || s.scope || ' ' || s.level, tap.under((100 + s.n)::integer,
    format('update trading_halts set level = %L where scope = %L and key = %L', s.level, s.scope, s.key),
    format('update trading_halts set level = ''active'' where scope = %L and key = %L', s.scope, s.key)), s.want)
from (values (1, 'global', '', 'halted', 'blocked HALTED'), (2, 'account', 'paper', 'halted', 'blocked HALTED'),
    (3, 'user', 'ann', 'halted', 'blocked HALTED'), (4, 'self', 'ann', 'halted', 'blocked HALTED'),
    (5, 'self', 'ann', 'reducing', 'blocked HALTED'), (6, 'account', 'live', 'halted', 'reserved'),
    (7, 'user', 'bob', 'halted', 'reserved')) s (n, scope, key, level, want);
select tap.is('a halt row that is not there', tap.under(108, 'delete from trading_halts where scope = ''self'' and key = ''ann''',
    'insert into trading_halts (scope, key) values (''self'', ''ann'')'), 'blocked HALTED');

-- mode, live gate, switches
\set put 'update user_trading_config set config = %L where firebase_uid = ''ann'''
create temp table docs (n integer, name text, config jsonb, want text);
insert into docs values
    (110, 'the config went live', '{"mode": "live"}', 'blocked LIVE_NOT_ALLOWED'),
    (111, 'a mode of no name', '{"mode": "paper "}', 'blocked LIVE_NOT_ALLOWED'),
    (112, 'the document is off', '{"enabled": false}', 'blocked DISABLED'),
    (113, 'the rule is off', '{"rules": [{"id": "dip_confirm", "enabled": false}]}', 'blocked DISABLED'),
    (114, 'the rule is of another symbol', '{"rules": [{"id": "dip_confirm", "symbol": "MSFT"}]}', 'blocked DISABLED'),
    (115, 'the symbol is among the rule''s', '{"guardrails": {"max_orders_per_day": 100}, "rules": [{"id": "dip_confirm", "symbol": null, "symbols": ["MSFT", "SPY"]}]}', 'reserved'),
    (116, 'the rules are gone', '{"rules": null}', 'blocked DISABLED'),
    (117, 'blocked symbol', '{"guardrails": {"symbols_blocklist": ["SPY"]}}', 'blocked SYMBOLS_BLOCKLIST'),
    (118, 'not an allowed symbol', '{"guardrails": {"symbols_allowlist": ["MSFT"]}}', 'blocked SYMBOLS_ALLOWLIST'),
    (119, 'no longer among the inputs', '{"data_inputs": [{"id": "primary_watchlist", "symbols": ["MSFT"]}]}', 'blocked SYMBOLS_ALLOWLIST'),
    (120, 'orders a day', '{"guardrails": {"max_orders_per_day": 3}}', 'blocked MAX_ORDERS_PER_DAY'),
    (121, 'no orders', '{"guardrails": {"max_orders_per_day": 0}}', 'blocked MAX_ORDERS_PER_DAY'),
    (128, 'a count that no machine counts breaks no claim', '{"guardrails": {"max_orders_per_day": 0, "max_open_orders": 1e30}}', 'blocked MAX_ORDERS_PER_DAY'),
    (122, 'window', '{"guardrails": {"max_notional_usd_per_4h": 49.99, "max_orders_per_day": 100}}', 'blocked MAX_NOTIONAL_USD_PER_4H'),
    (123, 'window, inclusive', '{"guardrails": {"max_notional_usd_per_4h": 50, "max_orders_per_day": 100, "max_open_orders": 100}}', 'reserved'),
    (124, 'per order', '{"guardrails": {"max_notional_usd_per_order": 9.99, "max_orders_per_day": 100}}', 'blocked MAX_NOTIONAL_USD_PER_ORDER'),
    (125, 'open orders', '{"guardrails": {"max_open_orders": 5, "max_orders_per_day": 100, "max_notional_usd_per_4h": 100}}', 'blocked MAX_OPEN_ORDERS'),
    (126, 'position', '{"guardrails": {"max_position_notional_usd": 59.99, "max_orders_per_day": 100, "max_notional_usd_per_4h": 100, "max_open_orders": 9}}', 'blocked MAX_POSITION_NOTIONAL_USD'),
    (127, 'position, inclusive', '{"guardrails": {"max_position_notional_usd": 60, "max_orders_per_day": 100, "max_notional_usd_per_4h": 100, "max_open_orders": 9}}', 'reserved');
create function tap.with_config(p docs) returns text language sql as $$
    select tap.under(p.n, format('update user_trading_config set config = %L where firebase_uid = ''ann''', p.config),
        format('update user_trading_config set config = %L where firebase_uid = ''ann''',
            '{"guardrails": {"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_notional_usd_per_order": 2500, "max_open_orders": 10000}}'))
$$;
select tap.is('claim: ' || d.name, tap.with_config(d), d.want) from docs d order by d.n;
select tap.is('claim: user_trading_config.enabled', tap.under(130, 'update user_trading_config set enabled = false where firebase_uid = ''ann''',
    'update user_trading_config set enabled = true where firebase_uid = ''ann'''), 'blocked DISABLED');
select tap.is('claim: the template''s switch', tap.under(131, 'update trading_config_templates set config = config || ''{"enabled": false}''',
    'update trading_config_templates set config = config || ''{"enabled": true}'''), 'blocked DISABLED');

-- hard limits
select tap.is('hard: ' || t.name, tap.under(t.n, 'update hard_limits set ' || t.set || ' where scope = ''global''',
    'update hard_limits set max_orders_per_day = 50, max_notional_usd_per_4h = 2500, max_notional_usd_per_order = null where scope = ''global'''), t.want)
from (values (140, 'per order', 'max_notional_usd_per_order = 9', 'blocked MAX_NOTIONAL_USD_PER_ORDER'),
    (141, 'the account''s day', 'max_orders_per_day = 6', 'blocked MAX_ORDERS_PER_DAY'),
    (142, 'the account''s window', 'max_notional_usd_per_4h = 69.99', 'blocked MAX_NOTIONAL_USD_PER_4H'),
    (143, 'the account''s window, inclusive', 'max_notional_usd_per_4h = 70', 'reserved')) t (n, name, set, want);
select tap.is('the account''s caps count everybody', tap.order_and_claim(144, 'bob'), 'reserved');
insert into orphan_orders (client_order_id, broker_account, alpaca_order_id, symbol, reserved_usd, submitted_at, raw)
values ('h1-ffffffffffffffffffffffffffffffff', 'paper', 'x', 'SPY', 2415, clock_now(), '{}');
select tap.is('and orphans', tap.order_and_claim(145, 'bob'), 'blocked MAX_NOTIONAL_USD_PER_4H');
delete from orphan_orders;

-- market, prices
select tap.is('price: ' || t.name, tap.under(t.n, t.set, t.reset, t.over, t.proposal, t.tunables), t.want) from (values
    (150, 'drift up', 'select tap.price(''SPY'', 494.47)', 'select tap.price(''SPY'', 492)', '{}'::jsonb, '{}'::jsonb, '{}'::jsonb, 'blocked DRIFT'),
    (151, 'just not drifted', 'select tap.price(''SPY'', 494.46)', 'select tap.price(''SPY'', 492)', '{}', '{}', '{}', 'reserved'),
    (152, 'drift down, both ways count', 'select tap.price(''SPY'', 489.53)', 'select tap.price(''SPY'', 492)', '{}', '{}', '{}', 'blocked DRIFT'),
    (153, 'drift down, adverse for a buy is up', 'select tap.price(''SPY'', 480)', 'select tap.price(''SPY'', 492)', '{}', '{}', '{"drift_side": "adverse"}', 'reserved'),
    (154, 'no fresh price', 'select tap.price(''SPY'', 492, ''91 seconds'')', 'select tap.price(''SPY'', 492)', '{}', '{}', '{}', 'blocked DRIFT'),
    (155, 'just fresh', 'select tap.price(''SPY'', 492, ''90 seconds'')', 'select tap.price(''SPY'', 492)', '{}', '{}', '{}', 'reserved'),
    (156, 'a suspect price is none', 'update market_data_latest set suspect = true', 'update market_data_latest set suspect = false', '{}', '{}', '{}', 'blocked DRIFT'),
    (157, 'no price at all', 'delete from market_data_latest', 'select tap.price(''SPY'', 492)', '{}', '{}', '{}', 'blocked DRIFT'),
    (158, 'from the future', 'select tap.price(''SPY'', 492, ''-2 minutes'')', 'select tap.price(''SPY'', 492)', '{}', '{}', '{}', 'blocked DRIFT'),
    (159, 'a wide spread', 'select tap.price(''SPY'', 492, ''1 s'', ''last_quote'', 489, 495)', 'delete from market_data_latest where metric = ''last_quote''', '{}', '{}', '{}', 'blocked MAX_SPREAD_PCT'),
    (160, 'exactly the spread allowed', 'select tap.price(''SPY'', 492, ''1 s'', ''last_quote'', 489.54, 494.46)', 'delete from market_data_latest where metric = ''last_quote''', '{}', '{}', '{}', 'reserved'),
    (161, 'a stale quote proves nothing', 'select tap.price(''SPY'', 492, ''91 s'', ''last_quote'', 400, 495)', 'delete from market_data_latest where metric = ''last_quote''', '{}', '{}', '{}', 'reserved'),
    (162, 'half a quote proves nothing', 'select tap.price(''SPY'', 492, ''1 s'', ''last_quote'', 0, 495)', 'delete from market_data_latest where metric = ''last_quote''', '{}', '{}', '{}', 'reserved'),
    (163, 'a penny stock', 'select tap.price(''SPY'', 0.99)', 'select tap.price(''SPY'', 492)', '{}', '{"price_asked": "0.99"}', '{}', 'blocked MIN_PRICE_USD'),
    (164, 'extended hours are not allowed', 'select 1', 'select 1', '{}', '{"order_type": "limit", "limit_price": "490", "notional_usd": null, "qty": "0.01", "extended_hours": true}', '{}', 'blocked ALLOW_EXTENDED_HOURS')
    ) t (n, name, set, reset, over, proposal, tunables, want);
select tap.order_and_claim(165, 'ann', '{}', '{"order_type": "limit", "limit_price": "490.01", "notional_usd": null, "qty": "0.01"}') \g /dev/null
select tap.is('what quantity reserves: the limit price, up to cents', (select reserved_usd from trade_orders where id = tap.id(165)), 4.91);
select tap.under(166, 'select tap.price(''SPY'', 492, ''1 s'', ''last_quote'', 492, 493)', 'delete from market_data_latest where metric = ''last_quote''',
    '{}', '{"notional_usd": null, "qty": "0.01"}') \g /dev/null
select tap.is('what quantity reserves: the larger of ask and price asked', (select reserved_usd from trade_orders where id = tap.id(166)), 4.93);
select tap.is('the rule''s own metric is the one that counts', tap.under(167, $$select tap.price('SPY', 480, '1 s', 'minute_bar'); update user_trading_config set config = config || '{"rules": [{"id": "dip_confirm", "price_metric": "minute_bar_close"}]}' where firebase_uid = 'ann'$$,
    'delete from market_data_latest where metric = ''minute_bar''; update user_trading_config set config = config - ''rules'' where firebase_uid = ''ann'''), 'blocked DRIFT');
select tap.is('closed: an equity order', tap.under(170, 'delete from market_calendar where date = ''2026-03-06''',
    'insert into market_calendar values (''2026-03-06'', ''2026-03-06 14:30Z'', ''2026-03-06 21:00Z'', ''2026-03-06 09:00Z'', ''2026-03-07 01:00Z'')'), 'blocked MARKET_CLOSED');
update user_trading_config set config = config || '{"rules": [{"id": "btc", "symbol": "BTC/USD"}], "data_inputs": [{"id": "c", "symbols": ["BTC/USD"]}]}' where firebase_uid = 'ann';
select tap.price('BTC/USD', 7000, '1 s', 'minute_bar', null, null, 'crypto') \g /dev/null
select tap.is('closed: crypto never is', tap.under(171, 'delete from market_calendar where date = ''2026-03-06''',
    'insert into market_calendar values (''2026-03-06'', ''2026-03-06 14:30Z'', ''2026-03-06 21:00Z'', ''2026-03-06 09:00Z'', ''2026-03-07 01:00Z'')',
    '{"symbol": "BTC/USD", "asset_class": "crypto", "rule_id": "btc"}', '{"price_asked": "7000", "time_in_force": "gtc"}'), 'reserved');
select tap.is('its approval knows no session', (select approval_expires_at - claim_after from trade_orders where id = tap.id(171)), interval '5 minutes');
select tap.is('all lines are there also after one refused', (select count(*) from trade_order_events e, jsonb_array_elements(e.detail->'guardrails')
    where e.order_id = tap.id(112) and e.to_status = 'blocked'), 20);
select tap.is('a blocked order counts nothing', (select count(*) from trade_orders where status = 'blocked' and reserved_at is not null), 0);

-- time: undo, expiry, session close
select tap.order(180, 'ann', '{}', '{}', '{"undo_seconds": 30}') \g /dev/null
select tap.is('not before it can no longer be taken back', coalesce(tap.claim(), 'nothing'), 'nothing');
select test_clock_step('30 seconds') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('then it is claimed', tap.claim(), 'reserved');
select tap.order(181, 'ann') \g /dev/null
select test_clock_step('5 minutes') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('an approval that grew too old', tap.claim(), 'expired EXPIRED');
select tap.is('that one', tap.status(181), 'expired EXPIRED');
select test_clock_set('2026-03-06 20:58:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.order(182, 'ann') \g /dev/null
select tap.is('an approval ends with the session', (select approval_expires_at from trade_orders where id = tap.id(182)), '2026-03-06 21:00:00+00'::timestamptz);
select test_clock_set('2026-03-06 21:00:00+00') \g /dev/null
select tap.is('and not after it', tap.claim(), 'expired EXPIRED');
select tap.is('that one', tap.status(182), 'expired EXPIRED');
select test_clock_set('2026-03-06 15:30:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null

-- no claim
select tap.order(190, 'ann') \g /dev/null
update broker_account set reconciled_at = null where account = 'paper';
select tap.is('no claim before reconciliation', coalesce(tap.claim(), 'nothing'), 'nothing');
update broker_account set reconciled_at = clock_now(), quarantine_until = clock_now() + interval '1 s' where account = 'paper';
select tap.is('no claim in quarantine', coalesce(tap.claim(), 'nothing'), 'nothing');
update broker_account set quarantine_until = null;
select tap.is('no claim for another account', coalesce(tap.claim('w1', 'live'), 'nothing'), 'nothing');
select tap.raises('no claim for an account of no name', 'select order_claim(''moon'', ''w'')', '22023');
select tap.raises('no claim by nobody', 'select order_claim(''paper'', '''')', '22023');
select tap.raises('no claim by NULL', 'select order_claim(''paper'', null)', '22023');
select tap.is('then it is claimed', tap.claim(), 'reserved');

-- sells: the ledger, less what other open sells may take; no guardrail of buys binds
delete from market_data_latest where metric <> 'last_trade';
select tap.person('sid', '{"guardrails": {"max_orders_per_day": 3, "min_price_usd": 1000}}') \g /dev/null
\set sell '{"side": "sell", "notional_usd": null, "qty": "0.015"}'
select tap.is('nothing held, nothing sold', tap.order_and_claim(200, 'sid', '{}', :'sell'), 'blocked SIZE_TOO_SMALL');
update user_trading_config set config = '{}' where firebase_uid = 'sid';
select tap.is('bought', tap.filled(201, 'sid', 0.02, 500), 'filled');
update user_trading_config set config = '{"guardrails": {"max_orders_per_day": 0, "min_price_usd": 1000, "symbols_blocklist": ["SPY"], "max_open_orders": 0}}' where firebase_uid = 'sid';
select tap.is('another''s holding is not there to sell', tap.order_and_claim(202, 'bob', '{}', :'sell'), 'blocked SIZE_TOO_SMALL');
select tap.is('sold, whatever guards buys', tap.order_and_claim(203, 'sid', '{}', :'sell'), 'reserved');
select tap.is('what an open sell may take is gone', tap.order_and_claim(204, 'sid', '{}', :'sell'), 'blocked SIZE_TOO_SMALL');
select tap.is('the rest is there', tap.order_and_claim(205, 'sid', '{}', '{"side": "sell", "notional_usd": null, "qty": "0.005"}'), 'reserved');
select tap.is('in dollars too', tap.order_and_claim(206, 'sid', '{}', '{"side": "sell", "notional_usd": "1"}'), 'blocked SIZE_TOO_SMALL');
select tap.is('the operator''s caps bind a sell', tap.order_and_claim(207, 'sid', '{}', '{"side": "sell", "notional_usd": null, "qty": "6"}'), 'blocked MAX_NOTIONAL_USD_PER_4H');
update trading_halts set level = 'reducing' where scope = 'self' and key = 'sid';
select tap.is('filled', order_accept(tap.id(203), tap.broker(203, 'filled', 0.015, 510)), 'filled');
select order_not_sent(tap.id(205), tap.fence(205), 'x') \g /dev/null
select test_clock_step('2 seconds') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('reducing lets a sell through', tap.claim(), 'reserved');
select tap.is('positions: average cost, a sell leaves it', (select qty || ' at ' || avg_entry_price from positions where firebase_uid = 'sid'), '0.005 at 500.000000000');
select tap.is('positions: two buys mix', (with x (q, p) as (values (1::numeric, 10::numeric), (3, 20), (-2, 99), (1, 17.5)) select average_cost(q, p order by q is null) from x)[2], 17.5);
select tap.is('positions: flat forgets', (with x (o, q, p) as (values (1, 1::numeric, 10::numeric), (2, -1, 99), (3, 2, 30)) select average_cost(q, p order by o) from x)[2], 30);

-- the live gate
insert into broker_account (account) select 'live' where not exists (select from broker_account where account = 'live');
update broker_account set reconciled_at = clock_now() where account = 'live';
select tap.person('liv', '{"mode": "live"}') \g /dev/null
create function tap.live(p_n integer, p_global boolean, p_own boolean) returns text language plpgsql as $$
begin
    update hard_limits set live_allowed = p_global where scope = 'global';
    delete from hard_limits where scope = 'user';
    insert into hard_limits (scope, firebase_uid, live_allowed) values ('user', 'liv', p_own);
    perform tap.order(p_n, 'liv', '{"mode": "live", "broker_account": "live"}');
    return tap.claim('w1', 'live');
end $$;
select tap.is('live: nobody said so', tap.live(210, false, false), 'blocked LIVE_NOT_ALLOWED');
select tap.is('live: the global row alone', tap.live(211, true, false), 'blocked LIVE_NOT_ALLOWED');
select tap.is('live: the person''s alone', tap.live(212, false, true), 'blocked LIVE_NOT_ALLOWED');
select tap.is('live: both', tap.live(213, true, true), 'reserved');
update user_trading_config set config = '{"mode": "paper"}' where firebase_uid = 'liv';
select tap.is('live: the config went back to paper', tap.live(214, true, true), 'blocked LIVE_NOT_ALLOWED');
select tap.is('a paper claim never takes a live order', coalesce(tap.claim('w1', 'paper'), 'nothing'), 'nothing');

-- what an order counts (docs/configuration.md, "What an order counts")
create function tap.counts(p_change text, p_at interval) returns text language plpgsql as $$
declare
    v trade_orders;
begin
    v := jsonb_populate_record(null::trade_orders, jsonb_build_object('status', 'accepted', 'reserved_at', clock_now(), 'reserved_usd', 10,
        'filled_qty', 0, 'attempt', 1, 'accepted_at', clock_now(), 'moved_at', clock_now()) || p_change::jsonb);
    return order_counted_usd(v, clock_now() + p_at)::numeric(12, 2)::text;
end $$;
select tap.is('counts: ' || t.name, tap.counts(t.change, t.at), t.want) from (values
    ('nothing reserved', '{"reserved_at": null}', interval '0', '0.00'),
    ('reserved', '{"status": "reserved"}', '0', '10.00'),
    ('unknown for ever', '{"status": "unknown"}', '3 hours', '10.00'),
    ('unresolved for ever', '{"status": "unresolved"}', '3 hours', '10.00'),
    ('accepted', '{}', '1 hour', '10.00'),
    ('filled above its reservation', '{"status": "partially_filled", "filled_qty": 1, "filled_avg_price": 11}', '0', '11.00'),
    ('filled, young', '{"status": "filled", "filled_qty": 1, "filled_avg_price": 9}', '119 seconds', '10.00'),
    ('filled, 2 minutes old', '{"status": "filled", "filled_qty": 1, "filled_avg_price": 9}', '120 seconds', '9.00'),
    ('canceled, 2 minutes old', '{"status": "canceled", "filled_qty": 0.5, "filled_avg_price": 9}', '120 seconds', '4.50'),
    ('refused, young', '{"status": "rejected", "accepted_at": null}', '119 seconds', '10.00'),
    ('refused, 2 minutes old', '{"status": "rejected", "accepted_at": null}', '120 seconds', '0.00'),
    ('refused on attempt 2', '{"status": "rejected", "accepted_at": null, "attempt": 2}', '3 hours', '10.00'),
    ('rejected after it was accepted', '{"status": "rejected", "attempt": 2}', '120 seconds', '0.00')) t (name, change, at, want);

-- the window to the second, over both changes of the clocks; the day is New York's
create function tap.window(p_now timestamptz, p_reserved timestamptz) returns numeric language plpgsql as $$
begin
    update trade_orders set reserved_at = p_reserved, trade_day = trading_date(p_reserved) where id = tap.id(1);
    return (select user_usd from order_counts('paper', 'ann', tap.id(0), p_now));
end $$;
update trade_orders set reserved_at = null, reserved_usd = null, trade_day = null where firebase_uid = 'ann' and id <> tap.id(1);
\set golden `cat test/data/golden-vectors.json`
select tap.is('window: ' || (v->>'reserved_at') || ' at ' || (v->>'now'), tap.window((v->>'now')::timestamptz, (v->>'reserved_at')::timestamptz),
    case when (v->>'counts')::boolean then 10 else 0 end::numeric) from jsonb_array_elements((:'golden')::jsonb->'window_4h') v;
select tap.is('window: a clock that goes back frees nothing', tap.window('2026-03-06 10:00Z', '2026-03-06 15:00Z'), 10::numeric);
-- Each statement by itself: one that changes a row does not see it changed.
select tap.window('2026-03-07 05:00Z', '2026-03-07 04:59Z') \g /dev/null
select tap.is('day: an order at 23:59 New York, a second before midnight', (select user_usd || ' ' || user_orders
    from order_counts('paper', 'ann', tap.id(0), '2026-03-07 04:59:59Z')), '10.00 1');
select tap.is('day: and at midnight', (select user_usd || ' ' || user_orders from order_counts('paper', 'ann', tap.id(0), '2026-03-07 05:00Z')), '10.00 0');

-- a clock that goes back: counting stays where the last reservation was
update broker_account set last_reserved_at = null;
select test_clock_set('2026-03-06 16:00:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.person('tim', '{"guardrails": {"max_notional_usd_per_4h": 10}}') \g /dev/null
select tap.is('the window is full', tap.order_and_claim(220, 'tim') || ' ' || order_begin_send(tap.id(220), tap.fence(220), 'w1') || ' '
    || tap.order_and_claim(221, 'tim'), 'reserved go blocked MAX_NOTIONAL_USD_PER_4H');
select test_clock_set('2026-03-06 15:00:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('an hour back it is full', tap.order_and_claim(222, 'tim'), 'blocked MAX_NOTIONAL_USD_PER_4H');
select test_clock_set('2026-03-06 16:00:00+00') \g /dev/null
select tap.order(230, 'tim') \g /dev/null
select test_clock_set('2026-03-06 15:30:00+00') \g /dev/null
select tap.is('a yes from before the clock went back', tap.claim(), 'expired EXPIRED');
select test_clock_set('2026-03-06 19:59:59+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('a second before the 4 hours are over', tap.order_and_claim(223, 'tim'), 'blocked MAX_NOTIONAL_USD_PER_4H');
select test_clock_set('2026-03-06 20:00:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('then it is free', tap.order_and_claim(224, 'tim'), 'reserved');
