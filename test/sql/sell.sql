-- What a person may sell: what the own ledger holds, less what other open sales may still take. holding() sizes the
-- question, the claim has the last word.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
update broker_account set lease_seconds = 864000;
update hard_limits set max_orders_per_day = null, max_notional_usd_per_4h = null;

create function tap.has(p_uid text, p_account text default 'paper') returns text language sql as
    $$ select trim_scale(held) || ' ' || trim_scale(free) from holding(p_uid, p_account, 'SPY') $$;
create function tap.sell(p_n integer, p_uid text, p_qty text, p_over jsonb default '{}') returns text language sql as $$
    select tap.order_and_claim(p_n, p_uid, '{}', jsonb_build_object('side', 'sell', 'notional_usd', null, 'qty', p_qty) || p_over) $$;
create function tap.send(p_n integer) returns text language sql as $$ select order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1') $$;
create function tap.shows(p_n integer, p_status text, p_filled numeric default 0, p_price numeric default null) returns text language sql as
    $$ select order_accept(tap.id(p_n), tap.broker(p_n, p_status, p_filled, p_price)) $$;

select tap.is('nothing is held', tap.has('ann'), '0 0');
select tap.filled(1, 'ann', 0.02, 500) \g /dev/null
select tap.filled(2, 'bob', 5, 500) \g /dev/null
select tap.is('what was filled is held', tap.has('ann'), '0.02 0.02');
select tap.is('on its own account', tap.has('ann', 'test'), '0 0');
select tap.is('the sizes of a question are those of the account that it asks for', (select string_agg(trim_scale(held_qty)::text, ' ') from (
    select 1 as n, held_qty from instance_states('[{"firebase_uid": "ann", "rule_id": "r", "symbol": "SPY"}]')
    union all select 2, held_qty from instance_states('[{"firebase_uid": "ann", "rule_id": "r", "symbol": "SPY"}]', 'test')
    union all select 3, held_qty from instance_states('[{"firebase_uid": "ann", "rule_id": "r", "symbol": "SPY"}]', 'paper') order by n) x), '0.02 0 0.02');
select tap.is('the broker''s account holds more: of others', tap.has('bob'), '5 5');
select tap.is('which nobody else sells', tap.sell(3, 'ann', '0.020000001'), 'blocked SIZE_TOO_SMALL');
select tap.is('a refused sale takes nothing', tap.has('ann'), '0.02 0.02');

-- an open sale, through its life
select tap.order(10, 'ann', '{}', '{"side": "sell", "notional_usd": null, "qty": "0.012"}') \g /dev/null
select tap.is('a sale that is approved takes its shares when the next is sized', tap.has('ann'), '0.02 0.008');
select tap.is('claimed', tap.claim(), 'reserved');
select tap.is('reserved', tap.has('ann') || ' ' || tap.sell(11, 'ann', '0.008000001'), '0.02 0.008 blocked SIZE_TOO_SMALL');
select tap.is('what is left is there to the last decimal', tap.sell(12, 'ann', '0.008'), 'reserved');
select tap.is('and then nothing', tap.has('ann') || ' ' || tap.sell(13, 'ann', '0.000000001'), '0.02 0 blocked SIZE_TOO_SMALL');
select tap.is('given back', tap.send(12) || ' ' || order_refuse(tap.id(12), tap.fence(12), 403, 'BROKER_REFUSED', '{}') || ' ' || tap.has('ann'), 'go rejected 0.02 0.008');
select tap.is('under way', tap.send(10) || ' ' || tap.has('ann'), 'go 0.02 0.008');
select tap.is('unknown', order_unknown(tap.id(10), tap.fence(10), 'x', '{}') || ' ' || tap.has('ann') || ' ' || tap.sell(14, 'ann', '0.0081'), 'unknown 0.02 0.008 blocked SIZE_TOO_SMALL');
select tap.is('a part of it is filled: less is held, as much is free', tap.shows(10, 'partially_filled', 0.005, 490) || ' ' || tap.has('ann'), 'partially_filled 0.015 0.008');
select tap.is('and no more than that is sold', tap.sell(15, 'ann', '0.008000001'), 'blocked SIZE_TOO_SMALL');
select tap.is('its rest is canceled: that is free again', tap.shows(10, 'canceled', 0.005, 490) || ' ' || tap.has('ann'), 'canceled 0.015 0.015');
select tap.is('all of it', tap.sell(16, 'ann', '0.015') || ' ' || tap.has('ann'), 'reserved 0.015 0');
select tap.is('unresolved', (select count(*) from (select tap.send(16), order_unknown(tap.id(16), tap.fence(16), 'x', '{}')) x) || ' '
    || order_quarantine(tap.id(16), 'x', '{}') || ' ' || tap.has('ann') || ' ' || tap.sell(17, 'ann', '0.001'), '1 quarantined 0.015 0 blocked SIZE_TOO_SMALL');

-- in dollars: at the lower of the price asked and now
select tap.person('dol') \g /dev/null
select tap.filled(30, 'dol', 0.04, 492) \g /dev/null
select tap.is('a sale in dollars', tap.order_and_claim(31, 'dol', '{}', '{"side": "sell", "notional_usd": "9.84"}') || ' ' || tap.has('dol'), 'reserved 0.04 0.02');
select tap.price('SPY', 490) \g /dev/null
select tap.is('takes more shares when the price is lower', tap.sell(32, 'dol', '0.02', '{"price_asked": "490"}'), 'blocked SIZE_TOO_SMALL');
select tap.is('and leaves the rest', tap.sell(33, 'dol', '0.0199', '{"price_asked": "490"}'), 'reserved');
select tap.price('SPY', 492) \g /dev/null
select tap.person('eve') \g /dev/null
select tap.filled(34, 'eve', 1, 492) \g /dev/null
select tap.order(35, 'eve', '{}', '{"side": "sell", "notional_usd": "100"}') \g /dev/null
select tap.is('an amount that does not divide is rounded against the seller', tap.has('eve'), '1 0.796747967');
select tap.is('claimed', tap.claim(), 'reserved');

-- a buy that fills meanwhile adds; a sale of everything leaves a flat position
select tap.person('fay') \g /dev/null
select tap.filled(40, 'fay', 0.5, 100) \g /dev/null
select tap.is('a sale waits at its limit', tap.sell(41, 'fay', '0.5', '{"order_type": "limit", "limit_price": "600", "time_in_force": "day"}')
    || ' ' || tap.send(41) || ' ' || tap.shows(41, 'new') || ' ' || tap.has('fay'), 'reserved go accepted 0.5 0');
select tap.filled(42, 'fay', 0.25, 492) \g /dev/null
select tap.is('what is bought meanwhile is free', tap.has('fay'), '0.75 0.25');
select tap.is('sold', tap.shows(41, 'filled', 0.5, 600) || ' ' || tap.has('fay'), 'filled 0.25 0.25');
select tap.is('the rest too', tap.sell(43, 'fay', '0.25') || ' ' || tap.send(43) || ' ' || tap.shows(43, 'filled', 0.25, 492) || ' ' || tap.has('fay'), 'reserved go filled 0 0');
select tap.is('flat', (select count(*) from positions where firebase_uid = 'fay'), 0);

-- two sizes of one position, asked and answered together: only one can be sold
select tap.person('gus') \g /dev/null
select tap.filled(50, 'gus', 1, 100) \g /dev/null
select tap.order(51, 'gus', '{}', '{"side": "sell", "notional_usd": null, "qty": "1"}') \g /dev/null
select tap.order(52, 'gus', '{}', '{"side": "sell", "notional_usd": null, "qty": "1"}') \g /dev/null
select tap.is('of two sales of all of it one goes', tap.claim() || ', ' || tap.claim(), 'reserved, blocked SIZE_TOO_SMALL');

-- sold by what no ledger knows: then the account as a whole must still hold it
select tap.person('ivy') \g /dev/null
select tap.filled(55, 'ivy', 1, 100) \g /dev/null
create function tap.unsold() returns numeric language sql as $$ -- of the account, less what open sales may take
    select sum(case side when 'buy' then filled_qty else -filled_qty end) - coalesce(sum(coalesce(qty, notional_usd / 490) - filled_qty)
        filter (where side = 'sell' and status in ('reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined')), 0)
    from trade_orders where broker_account = 'paper' and symbol = 'SPY' $$;
select tap.price('SPY', 490) \g /dev/null
insert into orphan_orders (client_order_id, broker_account, alpaca_order_id, symbol, side, submitted_at, raw)
    select 'h1-x', 'paper', 'b-x', 'SPY', 'sell', clock_now(), jsonb_build_object('status', 'new', 'qty', (tap.unsold() - 0.3)::text, 'filled_qty', '0');
select tap.is('an order that nobody knows may sell most of it', tap.sell(56, 'ivy', '0.30001', '{"price_asked": "490"}'), 'blocked SIZE_TOO_SMALL');
select tap.is('what it leaves can be sold', tap.sell(57, 'ivy', '0.1', '{"price_asked": "490"}'), 'reserved');
select tap.is('once', tap.sell(58, 'ivy', '0.20001', '{"price_asked": "490"}'), 'blocked SIZE_TOO_SMALL');
update orphan_orders set raw = raw || '{"status": "canceled"}';
select tap.is('it was canceled: it sold nothing', tap.sell(59, 'ivy', '0.20001', '{"price_asked": "490"}'), 'reserved');
delete from orphan_orders;
insert into ledger_suspects (broker_account, symbol, ledger_qty, broker_qty, first_seen_at, seen_at)
    select 'paper', 'SPY', h.qty, h.qty - tap.unsold() + 0.05, clock_now(), clock_now()
    from (select sum(case side when 'buy' then filled_qty else -filled_qty end) as qty from trade_orders where broker_account = 'paper' and symbol = 'SPY') h;
select tap.is('less at the broker, seen once, is nothing', tap.sell(70, 'ivy', '0.01', '{"price_asked": "490"}'), 'reserved');
update ledger_suspects set first_seen_at = first_seen_at - interval '10 seconds';
select tap.is('seen twice: what is not there is not sold', tap.sell(71, 'ivy', '0.04001', '{"price_asked": "490"}'), 'blocked SIZE_TOO_SMALL');
select tap.is('what is there is', tap.sell(72, 'ivy', '0.04', '{"price_asked": "490"}'), 'reserved');
delete from ledger_suspects;

-- outside regular hours: only where rule and guardrails both say so, also for a sale
select tap.person('hal') \g /dev/null
select tap.filled(60, 'hal', 1, 100) \g /dev/null
select test_clock_set('2026-03-06 22:00:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
\set late '{"order_type": "limit", "limit_price": "490", "extended_hours": true}'
select tap.is('after hours, not allowed', tap.sell(61, 'hal', '0.5', :'late'), 'blocked MARKET_CLOSED');
select tap.is('a buy neither', tap.order_and_claim(62, 'hal', '{}', :'late'::jsonb || '{"notional_usd": null, "qty": "0.01"}'), 'blocked MARKET_CLOSED');
select tap.person('hal', '{"guardrails": {"allow_extended_hours": true}}') \g /dev/null
select tap.is('allowed', tap.sell(63, 'hal', '0.5', :'late'), 'reserved');
select tap.is('a buy too', tap.order_and_claim(64, 'hal', '{}', :'late'::jsonb || '{"notional_usd": null, "qty": "0.01"}'), 'reserved');
select tap.is('its approval ends with the late session', (select approval_expires_at - clock_now() from trade_orders where id = tap.id(64)), interval '5 minutes');
select tap.is('a market order is for regular hours', tap.sell(65, 'hal', '0.25'), 'blocked MARKET_CLOSED');
select test_clock_set('2026-03-07 01:00:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('after the late session nothing goes', tap.sell(66, 'hal', '0.1', :'late'), 'blocked MARKET_CLOSED');
