-- A person wants an order back: within the undo time, before and behind the fence, twice, another's; and what goes to the broker.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
create function tap.cancel(p_n integer, p_uid text default 'ann') returns text language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, false);
    return order_cancel(tap.id(p_n));
end $$;
create function tap.sent(p_n integer) returns text language plpgsql as $$ -- up to submitting
begin
    perform tap.price('SPY', 492);
    perform tap.order_and_claim(p_n, 'ann');
    return order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1');
end $$;
create function tap.wish(p_n integer) returns text language sql as $$ select concat_ws(' ', status, reason, 'by ' || cancel_requested_by,
    'due ' || extract(epoch from next_cancel_at - clock_now())::integer) from trade_orders where id = tap.id(p_n) $$;

-- the undo time
select tap.order(1, 'ann', '{}', '{}', '{"undo_seconds": 20}') \g /dev/null
select tap.is('a yes is claimed after its undo time', (select claim_after - approved_at from trade_orders where id = tap.id(1)), interval '20 seconds');
select tap.is('from where on its approval counts', (select approval_expires_at - claim_after from trade_orders where id = tap.id(1)), interval '300 seconds');
select test_clock_step('19.999 seconds') \g /dev/null
select tap.is('not claimed a millisecond before', coalesce(tap.claim(), 'nothing'), 'nothing');
select tap.is('another''s order is not there', tap.cancel(1, 'bob'), 'not_found');
select tap.is('nor for nobody', tap.cancel(1, ''), 'not_found');
select tap.is('which changed nothing', tap.wish(1), 'approved');
select tap.is('taken back', tap.cancel(1), 'canceled');
select tap.is('its reason, its wish, its instance', tap.wish(1) || (select ' ' || phase from rule_instances where question_id = tap.id(1)),
    'canceled CANCELED_BY_USER by person due 0 idle');
select tap.is('the event says who', (select concat_ws(' ', from_status, to_status, reason, detail->>'taken_back_by') from trade_order_events where order_id = tap.id(1) order by id desc limit 1),
    'approved canceled CANCELED_BY_USER person');
select tap.is('again is the same', tap.cancel(1) || (select ' ' || count(*) from trade_order_events where order_id = tap.id(1)), 'canceled 2');
select test_clock_step('1 second') \g /dev/null
select tap.is('never claimed', coalesce(tap.claim(), 'nothing'), 'nothing');
select tap.is('nobody is told what they did themselves', (select count(*) from notices_due()), 0);
select tap.price('SPY', 492) \g /dev/null
select tap.order(2, 'ann', '{}', '{}', '{"undo_seconds": 20}') \g /dev/null
select test_clock_step('20 seconds') \g /dev/null
select tap.is('one that is left alone is claimed on the second', tap.claim(), 'reserved');

-- reserved: the fence that comes later is shut
select tap.is('reserved is taken back', tap.cancel(2), 'canceled');
select tap.is('its budget is back', (select concat_ws(' ', reserved_at is null, reserved_usd is null, trade_day is null, lease_until is null) from trade_orders where id = tap.id(2)), 't t t t');
select tap.is('the last fence says so', order_begin_send(tap.id(2), 1, 'w1') || order_begin_send(tap.id(2), tap.fence(2), 'w1'), 'fencedfenced');
select tap.is('its claimer moves nothing', order_not_sent(tap.id(2), 1, 'x') || order_block(tap.id(2), 1, 'x', '{}'), 'fencedfenced');
select tap.is('one that could not be sent', tap.order_and_claim(3, 'ann') || ' ' || order_not_sent(tap.id(3), tap.fence(3), 'x'), 'reserved approved');
select tap.is('is taken back too', tap.cancel(3), 'canceled');
select tap.is('there all the same', order_accept(tap.id(3), tap.broker(3, 'new')), 'accepted');
select tap.is('so that the wish goes to the broker', (select string_agg(alpaca_order_id, ' ') from order_cancel_due('paper', 10)), 'b-3');
select order_accept(tap.id(3), tap.broker(3, 'canceled')) \g /dev/null

-- behind the fence: asked for, and nothing assumed
select tap.is('sent', tap.sent(10), 'go');
select tap.is('too late to take back', tap.cancel(10), 'asked');
select tap.is('it may be there, and counts', tap.wish(10) || (select ' ' || reserved_usd from trade_orders where id = tap.id(10)), 'submitting by person due 0 10.00');
select tap.is('the sender goes on', order_unknown(tap.id(10), tap.fence(10), 'timeout', '{}'), 'unknown');
select test_clock_step('5 seconds') \g /dev/null
select tap.is('asked twice is asked once', tap.cancel(10) || ' ' || tap.wish(10), 'asked unknown by person due -5');
select tap.is('the broker is not asked about what it does not hold', (select count(*) from order_cancel_due('paper', 10)), 0);
select order_accept(tap.id(10), tap.broker(10, 'accepted')) \g /dev/null
select tap.is('then at once', (select concat_ws(' ', id = tap.id(10), alpaca_order_id, client_order_id, status) from order_cancel_due('paper', 10)),
    't b-10 h1-00000000000040008000000000000010 accepted');
select tap.is('not another account''s', (select count(*) from order_cancel_due('live', 10)), 0);
create function tap.asks(p_seconds integer) returns text language plpgsql as $$ -- after how many seconds
declare
    v_said text := '';
begin
    for i in 1 .. p_seconds loop
        update test_clock set at = at + interval '1 second';
        if exists (select from order_cancel_due('paper', 10)) then
            v_said := v_said || i || ' ';
        end if;
    end loop;
    return rtrim(v_said);
end $$;
select tap.is('then after 2 s, 10 s, and every minute', tap.asks(200), '2 12 72 132 192');
select test_clock_step('-20 minutes') \g /dev/null
select tap.is('a clock that goes back strands no wish', (select count(*) from order_cancel_due('paper', 10)), 1);
select test_clock_step('20 minutes') \g /dev/null
select tap.is('an answer moves nothing', order_cancel_answered(tap.id(10), 204, null), 'accepted');
select tap.is('a refusal neither', order_cancel_answered(tap.id(10), 422, '{"message": "order is already in \"filled\" state"}'), 'accepted');
select tap.is('but is kept', (select cancel_status || ' ' || (cancel_detail->>'message') from trade_orders where id = tap.id(10)), '422 order is already in "filled" state');
select tap.is('pending at the broker', order_follow(tap.id(10), tap.broker(10, 'pending_cancel')), 'accepted');
select tap.is('still asked for', tap.cancel(10), 'asked');
select tap.is('a part fills all the same', order_follow(tap.id(10), tap.broker(10, 'partially_filled', 0.01, 491)), 'partially_filled');
select tap.is('and is asked for on', (select status from order_cancel_due('paper', 10)) , 'partially_filled');
select tap.is('canceled by what a poll says', order_follow(tap.id(10), tap.broker(10, 'canceled', 0.01, 491)), 'canceled');
select tap.is('on its person''s wish: no notice', tap.status(10) || (select ' ' || count(*) from notices_due()), 'canceled CANCELED_BY_USER 0');
select tap.is('asked for no more', (select count(*) from order_cancel_due('paper', 10)), 0);
select tap.is('again is the same', tap.cancel(10), 'canceled');

-- asked for while bytes might have flowed, and none did (a 429, a fence that took too long): nothing is tried again
select tap.is('sent', tap.sent(20), 'go');
select tap.is('too late to take back', tap.cancel(20), 'asked');
select tap.is('it was not sent: taken back now', order_not_sent(tap.id(20), tap.fence(20), '429'), 'canceled');
select tap.is('its budget is back, its instance is free', tap.wish(20) || (select concat_ws(' ', '', o.reserved_at is null, o.trade_day is null, i.phase) from trade_orders o join rule_instances i on i.question_id = o.id where o.id = tap.id(20)),
    'canceled CANCELED_BY_USER by person due 0 t t idle');
select tap.is('by legal moves', (select string_agg(to_status, ' ' order by id) from trade_order_events where order_id = tap.id(20)), 'approved reserved submitting approved canceled');
select test_clock_step('10 seconds') \g /dev/null
select tap.is('and never sent', coalesce(tap.claim(), 'nothing'), 'nothing');
select tap.is('its sender moves nothing any more', order_not_sent(tap.id(20), tap.fence(20), '429') || ' ' || order_unknown(tap.id(20), tap.fence(20), 'x', '{}'), 'fenced fenced');
select tap.is('nobody is told what they did themselves', (select count(*) from notices_due()), 0);

-- the race that the fill wins
select tap.is('sent', tap.sent(11), 'go');
select order_accept(tap.id(11), tap.broker(11, 'accepted')) \g /dev/null
select tap.is('asked', tap.cancel(11), 'asked');
select tap.is('filled first', order_follow(tap.id(11), tap.broker(11, 'filled', 0.02, 492)), 'filled');
select tap.is('has ended', tap.cancel(11), 'final');
select tap.is('the broker''s answer may come late', order_cancel_answered(tap.id(11), 422, '{}'), 'filled');

-- what else has ended, or is held
select tap.is('sent', tap.sent(12), 'go');
select order_refuse(tap.id(12), tap.fence(12), 403, 'BROKER_REFUSED', '{}') \g /dev/null
select tap.is('rejected has ended', tap.cancel(12) || ' ' || tap.wish(12), 'final rejected BROKER_REFUSED');
select tap.is('sent', tap.sent(13), 'go');
select order_accept(tap.id(13), tap.broker(13, 'canceled')) \g /dev/null
select tap.is('canceled by the broker has ended', tap.cancel(13) || ' ' || tap.status(13), 'final canceled BROKER_CANCELED');
select tap.is('sent', tap.sent(14), 'go');
select order_quarantine(tap.id(14), 'echo differs', '{}') \g /dev/null
select tap.is('quarantined: written down, moves nothing', tap.cancel(14) || ' ' || tap.wish(14) || (select ' ' || count(*) from order_cancel_due('paper', 10)),
    'asked quarantined QUARANTINED by person due 0 0');
select tap.is('what nobody has', tap.cancel(999), 'not_found');
select tap.is('NULL', order_cancel(null), 'not_found');
select tap.order(15, 'ann') \g /dev/null
select order_take_back(tap.id(15), 'operator', 'CANCELED_BY_OPERATOR') \g /dev/null
select tap.is('an operator''s hand is named', tap.wish(15), 'canceled CANCELED_BY_OPERATOR by operator due 0');
select tap.is('what somebody else took back has ended', tap.cancel(15), 'final');
select tap.is('and is told', (select count(*) from notices_due() where subject = tap.id(15)::text), 1);
select tap.order(16, 'ann') \g /dev/null
select tap.raises('a hand without a name', 'select order_take_back(tap.id(16), ''me'', ''x'')', '23514');
select tap.raises('without a reason', 'select order_take_back(tap.id(16), ''system'', '''')', '22023');
select tap.raises('an answer that nobody asked for', 'select order_cancel_answered(tap.id(16), 204, null)', '22023');
select tap.raises('not any number at once', 'select order_cancel_due(''paper'', 0)', '22023');
