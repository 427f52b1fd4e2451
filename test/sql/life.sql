-- The life of an order: fences, verdicts, facts, leases, unknowns under a stepped clock; what is immutable.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
create function tap.sent(p_n integer) returns text language plpgsql as $$ -- up to submitting
begin
    perform tap.price('SPY', 492);
    perform tap.order_and_claim(p_n, 'ann');
    return order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1');
end $$;
create function tap.events(p_n integer) returns text language sql as
    $$ select string_agg(coalesce(from_status || '>', '') || to_status, ' ' order by id) from trade_order_events where order_id = tap.id(p_n) $$;
create function tap.legal(p_n integer) returns boolean language sql as $$ select not exists (select from trade_order_events e
    where e.order_id = tap.id(p_n) and not exists (select from trade_order_moves m where m.from_status is not distinct from e.from_status
        and m.to_status = e.to_status)) $$;

-- the table of moves
select tap.is('every state can be reached', (select string_agg(s, ' ') from unnest(array['approved', 'reserved', 'submitting', 'unknown',
    'unresolved', 'accepted', 'partially_filled', 'filled', 'canceled', 'expired', 'rejected', 'blocked', 'quarantined']) s
    where not exists (select from trade_order_moves where to_status = s)), null);
select tap.is('every move has a sentence of its own kind', (select count(*) from trade_order_moves where length(sentence) < 10), 0);
select tap.is('only filled has no way out at all', (select string_agg(s, ' ' order by s) from (select distinct to_status as s from trade_order_moves) x
    where not exists (select from trade_order_moves where from_status = s)), 'filled');

-- the straight road
select tap.is('the last fence', tap.sent(1), 'go');
select tap.is('submitting, on its first attempt', (select concat_ws(' ', status, attempt, last_post_at = clock_now()) from trade_orders where id = tap.id(1)), 'submitting 1 t');
select tap.is('the fence opens once', order_begin_send(tap.id(1), tap.fence(1), 'w1'), 'fenced');
select tap.is('accepted', order_accept(tap.id(1), tap.broker(1, 'accepted')), 'accepted');
select tap.is('told twice', order_accept(tap.id(1), tap.broker(1, 'accepted')), 'accepted');
select tap.is('with the broker''s id, time and word', (select concat_ws(' ', alpaca_order_id, broker_status, submitted_at = clock_now(), lease_until is null)
    from trade_orders where id = tap.id(1)), 'b-1 accepted t t');
select tap.is('a part', order_follow(tap.id(1), tap.broker(1, 'partially_filled', 0.01, 491)), 'partially_filled');
select tap.is('old news change nothing', order_follow(tap.id(1), tap.broker(1, 'accepted')), 'partially_filled');
select tap.is('what was filled stays', (select filled_qty || ' ' || broker_status from trade_orders where id = tap.id(1)), '0.01 partially_filled');
select tap.is('filled', order_follow(tap.id(1), tap.broker(1, 'filled', 0.020325203, 491.5)), 'filled');
select tap.is('filled twice', order_follow(tap.id(1), tap.broker(1, 'filled', 0.020325203, 491.5)), 'filled');
select tap.is('canceled after it was filled', order_follow(tap.id(1), tap.broker(1, 'canceled', 0.01, 491)), 'filled');
select tap.is('quantity, price, time', (select concat_ws(' ', filled_qty, filled_avg_price, filled_at = clock_now(), broker_status) from trade_orders where id = tap.id(1)), '0.020325203 491.5 t filled');
select tap.is('the whole life', tap.events(1), 'approved approved>reserved reserved>submitting submitting>accepted accepted>partially_filled partially_filled>filled');
select tap.is('the instance is done', (select phase from rule_instances where question_id = tap.id(1)), 'done');
select tap.is('the broker''s answer stands in the event', (select detail->'broker'->>'id' from trade_order_events where order_id = tap.id(1) and to_status = 'filled'), 'b-1');

-- whose order is it?
select tap.is('sent', tap.sent(2), 'go');
select tap.raises('another order''s echo', 'select order_accept(tap.id(2), tap.broker(1, ''accepted''))', '22023');
select tap.raises('an echo without an id', 'select order_accept(tap.id(2), tap.broker(2, ''accepted'') - ''id'')', '22023');
select tap.raises('an empty echo', 'select order_accept(tap.id(2), ''{}'')', '22023');
select tap.raises('NULL', 'select order_accept(tap.id(2), null)', '22023');
select tap.raises('an order that is not there', 'select order_accept(tap.id(999), tap.broker(999, ''accepted''))', '22023');
select tap.raises('negative fills', 'select order_accept(tap.id(2), tap.broker(2, ''filled'', -1))', '22023');
select tap.raises('NaN fills', 'select order_accept(tap.id(2), tap.broker(2, ''filled'', ''NaN''))', '22023');
select tap.is('found filled at once: both moves', order_accept(tap.id(2), tap.broker(2, 'filled', 0.02, 500)) || ' ' || tap.events(2),
    'filled approved approved>reserved reserved>submitting submitting>accepted accepted>filled');
select tap.is('sent', tap.sent(3), 'go');
select order_accept(tap.id(3), tap.broker(3, 'new')) \g /dev/null
select tap.is('another broker id under our id', order_follow(tap.id(3), tap.broker(3, 'new') || '{"id": "b-other"}'), 'quarantined');
select tap.is('stays until somebody looks', order_follow(tap.id(3), tap.broker(3, 'filled', 1, 1)), 'quarantined');
select tap.is('and counts', (select reserved_usd from trade_orders where id = tap.id(3)), 10.00);
select tap.is('sent', tap.sent(4), 'go');
select order_accept(tap.id(4), tap.broker(4, 'new')) \g /dev/null
select tap.is('canceled at the broker', order_follow(tap.id(4), tap.broker(4, 'canceled', 0.01, 490)), 'canceled');
select tap.is('what it filled first counts', (select filled_qty || ' ' || reason from trade_orders where id = tap.id(4)), '0.01 BROKER_CANCELED');
select order_follow(tap.id(4), tap.broker(4, 'canceled', 0.015, 490)) \g /dev/null
select tap.is('a fill that comes late grows it', (select status || filled_qty from trade_orders where id = tap.id(4)), 'canceled0.015');

-- not sent
select tap.order_and_claim(10, 'ann') \g /dev/null
select tap.is('a strange fence', order_not_sent(tap.id(10), 99, 'x'), 'fenced');
select tap.is('not sent', order_not_sent(tap.id(10), tap.fence(10), 'connect refused'), 'approved');
select tap.is('the budget is back', (select concat_ws(' ', reserved_at is null, reserved_usd is null, trade_day is null, lease_until is null) from trade_orders where id = tap.id(10)), 't t t t');
select tap.is('not at once again', coalesce(tap.claim(), 'nothing'), 'nothing');
select test_clock_step('2 seconds') \g /dev/null
select tap.is('in 2 seconds', tap.claim(), 'reserved');
select tap.is('the old fence is worth nothing', order_begin_send(tap.id(10), 1, 'w1'), 'fenced');
select tap.is('nor another worker''s name', order_begin_send(tap.id(10), tap.fence(10), 'w2'), 'fenced');
select tap.is('go', order_begin_send(tap.id(10), tap.fence(10), 'w1'), 'go');
select tap.is('also after the fence', order_not_sent(tap.id(10), tap.fence(10), 'too late'), 'approved');
select tap.is('told why', (select detail->>'why' from trade_order_events where order_id = tap.id(10) order by id desc limit 1), 'too late');

-- the last fence says no
select test_clock_step('2 seconds') \g /dev/null
select tap.is('claimed', tap.claim(), 'reserved');
update trading_halts set level = 'halted', reason = 'stop' where scope = 'global';
select tap.is('halted between claim and fence', order_begin_send(tap.id(10), tap.fence(10), 'w1'), 'HALTED');
update trading_halts set level = 'active' where scope = 'global';
select tap.is('blocked, the budget is back', tap.status(10) || (select reserved_at is null from trade_orders where id = tap.id(10)), 'blocked HALTEDtrue');
select tap.order_and_claim(11, 'ann') \g /dev/null
update trading_halts set level = 'reducing' where scope = 'self' and key = 'ann';
select tap.is('reducing stops a buy at the fence too', order_begin_send(tap.id(11), tap.fence(11), 'w1'), 'HALTED');
update trading_halts set level = 'active' where scope = 'self';
select tap.order_and_claim(12, 'ann') \g /dev/null
update broker_account set lease_seconds = 3600;
update trade_orders set lease_until = clock_now() + interval '1 hour' where id = tap.id(12);
select test_clock_step('5 minutes') \g /dev/null
select tap.is('too old at the fence', order_begin_send(tap.id(12), tap.fence(12), 'w1'), 'EXPIRED');
select tap.is('expired', tap.status(12), 'expired EXPIRED');
update broker_account set lease_seconds = 30;
select tap.price('SPY', 492) \g /dev/null
select tap.order_and_claim(13, 'ann') \g /dev/null
update broker_account set quarantine_until = clock_now() + interval '1 minute' where account = 'paper';
select tap.is('quarantine between claim and fence', order_begin_send(tap.id(13), tap.fence(13), 'w1'), 'QUARANTINE');
update broker_account set quarantine_until = null;
select test_clock_step('29.9 seconds') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('a lease that runs is respected', coalesce(tap.claim('w2'), 'nothing'), 'nothing');
select test_clock_step('0.1 seconds') \g /dev/null
select tap.is('the first worker''s lease is over', order_begin_send(tap.id(13), tap.fence(13), 'w1'), 'fenced');
select tap.is('the second takes it, and is told from whom', (select from_status || ' ' || outcome from order_claim('paper', 'w2')), 'reserved reserved');
select tap.is('with a new fence', (select fence || lease_worker from trade_orders where id = tap.id(13)), '2w2');
select tap.is('the first cannot send', order_begin_send(tap.id(13), 1, 'w1'), 'fenced');
select tap.is('nor give it back', order_not_sent(tap.id(13), 1, 'x'), 'fenced');
select tap.is('the second can', order_begin_send(tap.id(13), 2, 'w2'), 'go');
select tap.is('a take-over is an event', tap.events(13), 'approved approved>reserved reserved>reserved reserved>submitting');

-- refusals
select tap.is('a refusal under a strange fence', order_refuse(tap.id(13), 1, 403, 'BROKER_REFUSED', '{}'), 'fenced');
select tap.is('refused', order_refuse(tap.id(13), 2, 403, 'BROKER_REFUSED', '{"message": "insufficient buying power"}'), 'rejected');
select tap.is('why', (select reason || ' ' || move_detail from trade_orders where id = tap.id(13)),
    'BROKER_REFUSED {"message": "insufficient buying power", "http_status": 403}');
select tap.is('refused twice', order_refuse(tap.id(13), 2, 403, 'x', '{}'), 'fenced');
select tap.is('the instance may fire again', (select phase from rule_instances where question_id = tap.id(13)), 'idle');
select tap.is('refused, and there all the same', order_accept(tap.id(13), tap.broker(13, 'accepted')), 'accepted');
select tap.is('and counts on', (select concat_ws(' ', reserved_usd, reason is null) from trade_orders where id = tap.id(13)), '10.00 t');

-- impossible as it stands: ended by its claimer
select tap.order_and_claim(14, 'ann') \g /dev/null
select tap.is('a strange fence blocks nothing', order_block(tap.id(14), 99, 'BAD_ORDER', '{}'), 'fenced');
select tap.raises('without a reason', 'select order_block(tap.id(14), tap.fence(14), '''', ''{}'')', '22023');
select tap.is('blocked by its claimer', order_block(tap.id(14), tap.fence(14), 'BAD_ORDER', '{"message": "finer than cents"}'), 'blocked');
select tap.is('the budget is back, its instance free, nothing to claim', (select concat_ws(' ', o.status, o.reason, o.reserved_usd is null, i.phase,
    tap.claim()) from trade_orders o join rule_instances i on i.question_id = o.id where o.id = tap.id(14)), 'blocked BAD_ORDER t idle');
select tap.is('and its person is told why', (select reason || ' ' || (detail::jsonb->>'message') from notices_due() where subject = tap.id(14)::text),
    'BAD_ORDER finer than cents');
select tap.is('sent', tap.sent(15), 'go');
select tap.is('nothing is blocked behind the fence', order_block(tap.id(15), tap.fence(15), 'BAD_ORDER', '{}'), 'fenced');
select order_unknown(tap.id(15), tap.fence(15), 'x', '{}') \g /dev/null
select order_accept(tap.id(15), tap.broker(15, 'canceled')) \g /dev/null

-- unknown, under a stepped clock
select tap.is('sent', tap.sent(20), 'go');
select tap.is('a strange fence', order_unknown(tap.id(20), 99, 'timeout', '{}'), 'fenced');
select tap.is('no answer', order_unknown(tap.id(20), tap.fence(20), 'timeout', '{"curl": 28}'), 'unknown');
select tap.is('told twice', order_unknown(tap.id(20), tap.fence(20), 'timeout', '{}'), 'unknown');
select tap.is('it counts', (select reserved_usd from trade_orders where id = tap.id(20)), 10.00);
select tap.is('not refused any more', order_refuse(tap.id(20), tap.fence(20), 422, 'x', '{}'), 'fenced');
select tap.is('not unsent any more', order_not_sent(tap.id(20), tap.fence(20), 'x'), 'fenced');
create temp table looks (at numeric, took text, said text);
create function tap.look(p_to interval) returns void language plpgsql as $$
declare
    v_start timestamptz := clock_now();
    v_taken record;
begin
    while clock_now() < v_start + p_to loop
        select * into v_taken from order_take_open('paper', 'w1');
        if v_taken.id is not null then
            insert into looks select extract(epoch from clock_now() - o.last_post_at), v_taken.status,
                order_missing(v_taken.id, v_taken.fence, '{"http": 404}') from trade_orders o where o.id = v_taken.id;
        end if;
        update test_clock set at = at + interval '1 second';
    end loop;
end $$;
select tap.look('481 seconds') \g /dev/null
select tap.is('asked for at 1, 3, 7, 15, 30 s, then every 30 s, then every 5 minutes', (select string_agg(at::integer::text, ' ' order by at) from looks),
    '1 3 7 15 30 60 90 120 150 180 210 240 270 300 330 360 390 420');
select tap.is('unresolved after the approval''s end and 120 s', (select min(at)::integer from looks where said = 'unresolved'), 420);
select tap.is('a 404 counts from 15 s after the last POST on', (select missing_count from trade_orders where id = tap.id(20)), 15);
select tap.is('nothing is released', (select concat_ws(' ', status, reason, reserved_usd, trade_day) from trade_orders where id = tap.id(20)), 'unresolved UNRESOLVED 10.00 2026-03-06');
select tap.look('241 seconds') \g /dev/null
select tap.is('then every 5 minutes', (select max(at)::integer || ' ' || count(*) from looks), '720 19');
select tap.is('found after all', order_follow(tap.id(20), tap.broker(20, 'filled', 0.02, 492)), 'filled');
select tap.is('its life', tap.events(20), 'approved approved>reserved reserved>submitting submitting>unknown unknown>unresolved unresolved>accepted accepted>filled');

-- a sender that goes silent
select tap.is('sent', tap.sent(21), 'go');
select tap.is('its lease protects it', (select count(*) from order_take_open('paper', 'w2')), 0);
select test_clock_step('30 seconds') \g /dev/null
select tap.is('then another asks for it', (select concat_ws(' ', id = tap.id(21), status, fence, attempt, post_age_ms, client_order_id, extended_hours) from order_take_open('paper', 'w2')),
    't unknown 2 1 30000 h1-00000000000040008000000000000021 f');
select tap.is('nobody else meanwhile', (select count(*) from order_take_open('paper', 'w3')), 0);
select tap.is('the first one''s guess is worth nothing', order_refuse(tap.id(21), 1, 422, 'x', '{}') || order_unknown(tap.id(21), 1, 'x', '{}') || order_missing(tap.id(21), 1, '{}'), 'fencedfencedfenced');
select tap.is('the look itself failed', order_retry_check(tap.id(21), 2, 'broker away'), 'unknown');
select tap.is('which counts nothing', (select missing_count || ' ' || (next_check_at - clock_now()) from trade_orders where id = tap.id(21)), '0 00:00:01');
select tap.is('the first one''s fact is a fact', order_accept(tap.id(21), tap.broker(21, 'accepted')), 'accepted');

-- polling
update trade_orders set next_poll_at = null where id <> tap.id(21);
select tap.is('not at once', (select count(*) from order_poll_due('paper', 10)), 0);
select test_clock_step('2 seconds') \g /dev/null
select tap.is('in 2 s', (select string_agg(alpaca_order_id || status, ' ') from order_poll_due('paper', 10)), 'b-21accepted');
select tap.is('once', (select count(*) from order_poll_due('paper', 10)), 0);
create function tap.polls(p_from interval, p_seconds integer) returns bigint language plpgsql as $$
declare
    v_n bigint := 0;
begin
    update test_clock set at = (select accepted_at from trade_orders where id = tap.id(21)) + p_from;
    for i in 1 .. p_seconds loop
        v_n := v_n + (select count(*) from order_poll_due('paper', 10));
        update test_clock set at = at + interval '1 second';
    end loop;
    return v_n;
end $$;
select tap.is('every 2 s in the first minute', tap.polls('10 s', 40), 20);
select tap.is('every 10 s in ten minutes', tap.polls('100 s', 100), 10);
select tap.is('then every minute', tap.polls('700 s', 300), 5);
select tap.raises('not any number at once', 'select order_poll_due(''paper'', 0)', '22023');

-- quarantine
select tap.is('quarantined', order_quarantine(tap.id(21), 'echo differs', '{"differs": "qty"}'), 'quarantined');
select tap.is('not what is over', order_quarantine(tap.id(20), 'x', '{}'), 'filled');
select tap.is('what the broker may hold', (select string_agg(right(id::text, 2) || status, ' ' order by id) from order_open('paper')), '03quarantined 13accepted 21quarantined');

-- approvals that nobody claims
select test_clock_set('2026-03-06 16:00:00+00') \g /dev/null
select tap.order(30, 'ann') \g /dev/null
select tap.is('not yet', (select count(*) from order_expire('paper')), 0);
select test_clock_step('5 minutes') \g /dev/null
select tap.is('not another account''s', (select count(*) from order_expire('live')), 0);
select tap.is('an approval that grew too old', (select string_agg(firebase_uid, ' ') from order_expire('paper')), 'ann');
select tap.is('expired', tap.status(30) || ' ' || (select phase from rule_instances where question_id = tap.id(30)), 'expired EXPIRED idle');
-- one that was claimed, and whose claimer went silent before the last fence: also where nobody claims any more
select tap.price('SPY', 492) \g /dev/null
select tap.is('claimed', tap.order_and_claim(32, 'ann'), 'reserved');
begin;
update trade_orders set fence = fence + 1 where id = tap.id(32);
select tap.is('a take is a move, also where the state is not named', (select string_agg(to_status, ' ' order by id) from trade_order_events
    where order_id = tap.id(32)), 'approved reserved reserved');
rollback;
select test_clock_step('5 minutes') \g /dev/null
update trade_orders set lease_until = clock_now() + interval '1 second' where id = tap.id(32);
select tap.is('its claimer may still be at it', (select count(*) from order_expire('paper')), 0);
select test_clock_step('1 second') \g /dev/null
select tap.is('it grew too old', (select string_agg(right(id::text, 2), ' ') from order_expire('paper')), '32');
select tap.is('expired, its budget is back, its claimer has lost it', (select concat_ws(' ', tap.status(32), fence, reserved_usd, reserved_at, trade_day)
    from trade_orders where id = tap.id(32)), 'expired EXPIRED 2');
select tap.is('and cannot send', order_begin_send(tap.id(32), 1, 'w1'), 'fenced');
select tap.raises('the broker''s id of an order is for ever', format('update trade_orders set alpaca_order_id = ''other'' where id = %L', tap.id(20)), '42501');

-- an orphan is adopted by the yes that explains it, and nothing is sent
insert into orphan_orders (client_order_id, broker_account, alpaca_order_id, symbol, reserved_usd, submitted_at, raw)
values ('h1-00000000000040008000000000000031', 'paper', 'b-31', 'SPY', 10, clock_now() - interval '1 hour', '{"status": "filled", "filled_qty": "0.02", "filled_avg_price": "490",
    "symbol": "SPY", "side": "buy", "type": "market", "time_in_force": "day", "notional": "10"}');
select tap.order(31, 'ann') \g /dev/null
select tap.is('adopted', tap.status(31) || (select ' at ' || (clock_now() - reserved_at) from trade_orders where id = tap.id(31)), 'filled at 01:00:00');
select tap.is('nothing left to claim', coalesce(tap.claim(), 'nothing'), 'nothing');
select tap.is('the orphan is one no more', (select adopted_at = clock_now() from orphan_orders), true);

-- halts
select tap.is('a trip', account_halt('paper', 'reducing', 'rejects'), 'reducing');
select tap.is('a trip goes up', account_halt('paper', 'halted', 'echo differs'), 'halted');
select tap.is('and never down', account_halt('paper', 'reducing', 'again'), 'halted');
select tap.is('nor off', account_halt('paper', 'active', 'again'), 'halted');
select tap.is('each change is an event', (select string_agg(from_level || '>' || to_level || ' ' || reason || ' ' || set_by, ', ' order by id)
    from trading_halt_events where scope = 'account'), 'active>reducing rejects hub_owner, reducing>halted echo differs hub_owner');
select tap.is('a hand lifts it', halt_set('account', 'paper', 'active', 'checked', 'me', false), 'active');
select tap.raises('a halt of nothing', 'select account_halt(''moon'', ''halted'', ''x'')', '22023');
select tap.raises('a level of no name', 'select account_halt(''paper'', ''stop'', ''x'')', '22023');
select tap.raises('without a reason', 'select account_halt(''paper'', ''halted'', '''')', '22023');
select tap.raises('halt events are for ever', 'delete from trading_halt_events', '42501');

-- a clock that goes back strands nothing
select test_clock_set('2026-03-06 18:00:00+00') \g /dev/null
select tap.is('sent', tap.sent(41), 'go');
select tap.is('sent', tap.sent(42), 'go');
select order_unknown(tap.id(42), tap.fence(42), 'x', '{}') \g /dev/null
select tap.is('sent', tap.sent(43), 'go');
select order_accept(tap.id(43), tap.broker(43, 'accepted')) \g /dev/null
select tap.is('reserved', tap.order_and_claim(40, 'ann'), 'reserved');
update trade_orders set next_poll_at = null where status = 'accepted' and id <> tap.id(43);
select test_clock_set('2026-03-06 17:59:30+00') \g /dev/null
select tap.is('a small step back is waited out', (select count(*) from order_take_open('paper', 'w2')) + (select count(*) from order_poll_due('paper', 10))
    + (select count(*) from order_expire('paper')), 0);
select test_clock_set('2026-03-06 16:30:00+00') \g /dev/null
select tap.is('what was sent is asked for', (select string_agg(right(id::text, 2), ' ' order by id) from (select id from order_take_open('paper', 'w2')
    union all select id from order_take_open('paper', 'w2') union all select id from order_take_open('paper', 'w2')) x), '41 42');
select tap.is('what is open is followed', (select string_agg(right(id::text, 2), ' ') from order_poll_due('paper', 10)), '43');
select tap.is('what was only reserved expires', tap.claim() || ' ' || tap.status(40), 'expired EXPIRED expired EXPIRED');

-- a broker that mixes orders up
select tap.is('another order''s id is no acceptance', order_accept(tap.id(42), tap.broker(42, 'filled', 1, 1) || '{"id": "b-43"}') || ' ' || tap.status(42),
    'quarantined quarantined QUARANTINED');
select tap.is('a fill without a price counts at the price asked', (select order_counted_usd(jsonb_populate_record(o, '{"status": "filled", "filled_qty": 2}'),
    o.moved_at + interval '1 hour') || ' ' || order_counted_usd(jsonb_populate_record(o, '{"status": "filled", "filled_qty": 2, "filled_avg_price": 0}'),
    o.moved_at) from trade_orders o where o.id = tap.id(43)), '984 984');
select order_quarantine(tap.id(41), 'detail that is no object', '7') \g /dev/null
select tap.is('an odd detail silences nobody''s notice', (select count(*) from notices_due() where subject in (tap.id(41)::text, tap.id(42)::text)), 2);

-- what binds the owner too
select tap.raises('intent: ' || t.set, 'update trade_orders set ' || t.set || ' where id = tap.id(30)', '42501') from (values ('notional_usd = 11'),
    ('symbol = ''MSFT'''), ('side = ''sell'''), ('mode = ''live'''), ('broker_account = ''test'''), ('rule_id = ''x'''), ('price_asked = 1'),
    ('firebase_uid = ''bob'''), ('approval_expires_at = ''infinity'''), ('extended_hours = true'), ('time_in_force = ''gtc'''), ('id = tap.id(98)'),
    ('client_order_id = ''x'''), ('asset_class = ''crypto'''), ('order_type = ''limit'''), ('qty = 1'), ('limit_price = 1'), ('question_id = tap.id(31)'),
    ('approved_at = ''epoch'''), ('claim_after = ''infinity'''), ('created_at = ''epoch''')) t (set);
select tap.raises('a move that is none', 'update trade_orders set status = ''filled'' where id = tap.id(30)', '23514');
select tap.raises('filled_qty shrinks for nobody', 'update trade_orders set filled_qty = 0 where id = tap.id(20)', '23514');
select tap.raises('an order is born approved', 'insert into trade_orders select (jsonb_populate_record(o, ''{"status": "filled"}'')).* from trade_orders o where id = tap.id(30)', '23514');
select tap.raises('an event is for ever', 'update trade_order_events set reason = ''x''', '42501');
select tap.raises('also against delete', 'delete from trade_order_events', '42501');
select tap.raises('also against truncate', 'truncate trade_order_events', '42501');
select tap.raises('a person with orders stays', 'delete from users where firebase_uid = ''ann''', '23503');
select tap.raises('the id is the question''s', 'insert into trade_orders select (jsonb_populate_record(o, jsonb_build_object(''id'', tap.id(77), ''status'', ''approved''))).* from trade_orders o where id = tap.id(30)', '23514');
select tap.raises('a lease is three timeouts long', 'update broker_account set lease_seconds = 29', '23514');
select tap.is('every event ever was a legal move', (select bool_and(tap.legal(n)) from generate_series(1, 31) n), true);
select tap.is('and every path is one', (select count(*) from (select from_status, lag(to_status) over (partition by order_id order by id) as before
    from trade_order_events) e where from_status is distinct from before), 0);
select tap.is('broker_serve', (select concat_ws(' ', http_timeout_ms, lease_seconds, now = clock_now()) from broker_serve('paper')), '10000 30 t');
select tap.is('served_at is the host''s clock', (select served_at > clock_timestamp() - interval '1 minute' from broker_account where account = 'paper'), true);
select tap.raises('reconciled: no such account', 'select broker_reconciled(''moon'')', '22023');
