-- A drifted yes: owed once more at the new price, for how long, how often; what a rule that is gone owes; what is told.
select tap.stage() \g /dev/null
update trading_config_templates set config = config - 'guardrails';
select tap.person('ann', '{"guardrails": {"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_questions_per_day": 1000}}') \g /dev/null

-- What is owed to whom, and what awaits.
create function tap.owed() returns text language sql as $$
    select string_agg(concat_ws(' ', right(question_id::text, 3), right(chain_id::text, 3), attempt, price_asked, mode), ', ') from reasks_due() $$;
create function tap.awaits() returns text language sql as $$
    select concat_ws(' ', phase, awaiting) from instance_states('[{"firebase_uid": "ann", "rule_id": "dip_confirm", "symbol": "SPY"}]') $$;
create function tap.told() returns bigint language sql as $$ select count(*) from notices_due() where reason = 'DRIFT' $$;
-- The question that evald asks again with.
create function tap.again(p_n integer, p_chain integer, p_attempt integer, p_over jsonb default '{}', p_tunables jsonb default '{}')
    returns text language sql as $$
    select tap.commit(tap.an_ask(p_n, 'ann', jsonb_build_object('kind', 'reask', 'chain_id', tap.id(p_chain), 'attempt', p_attempt)
        || p_over, '{"price_asked": "495"}', p_tunables)) $$;

select tap.order(1, 'ann') \g /dev/null
select tap.is('an approved order is owed nothing', tap.owed(), null);
select tap.is('nor asked again', tap.again(2, 1, 2), 'AWAITING');
select tap.price('SPY', 495) \g /dev/null
select tap.is('it drifted', tap.claim(), 'blocked DRIFT');
select tap.is('once more is owed, in its chain', tap.owed(), '001 001 1 492 paper');
select tap.is('its instance waits for it', tap.awaits(), 'idle t');
select tap.is('and the rule does not fire meanwhile', tap.commit(tap.an_ask(3, 'ann', jsonb_build_object('as_of', clock_now()))), 'AWAITING');
select tap.is('no notice yet: the question tells it', tap.told(), 0);
create temp table before as select last_fired_at, last_as_of from rule_instances where firebase_uid = 'ann';
select tap.is('a follow-up is not owed', tap.commit(tap.an_ask(4, 'ann', jsonb_build_object('kind', 'follow_up', 'chain_id', tap.id(1), 'attempt', 2))), 'AWAITING');
select tap.is('not out of turn', tap.again(2, 1, 3), 'AWAITING');
select tap.is('from an old document', tap.again(2, 1, 2, '{"config_version": 0}'), 'changed');
select test_clock_step('10 seconds') \g /dev/null
select tap.is('asked again', tap.again(2, 1, 2), 'asked');
select tap.is('once', tap.again(5, 1, 2), 'AWAITING');
select tap.is('a question of its own', (select concat_ws(' ', q.kind, q.attempt, q.status, p.price_asked, q.expires_at - q.created_at)
    from questions q join trade_proposals p on p.question_id = q.id where q.id = tap.id(2)), 'reask 2 queued 495 00:15:00');
select tap.is('its instance stands at it', (select phase || ' ' || (question_id = tap.id(2)) from rule_instances where firebase_uid = 'ann'), 'await_confirm true');
select tap.is('the cooldown is that of the fire', (select row(i.last_fired_at, i.last_as_of) = row(b.last_fired_at, b.last_as_of) from rule_instances i, before b where i.firebase_uid = 'ann'), true);
select tap.is('it is no fire, but a question of the day', (select concat_ws(' ', fires_today, questions_today) from instance_states(
    '[{"firebase_uid": "ann", "rule_id": "dip_confirm", "symbol": "SPY"}]')), '1 2');
select tap.is('nothing is owed or told', concat_ws(' ', tap.owed(), tap.told()), '0');

-- ambiguous, then a yes that drifts again: two were allowed
select tap.is('an ambiguous answer to it', tap.answer(2, 'ann', 0), 'ok');
select tap.is('is owed a follow-up with its text, not the first''s', (select question_text || ' ' || attempt from follow_ups_due()), 'SPY is down 1.6% vs yesterday. 2');
update questions set question_text = 'At 495?' where id = tap.id(2);
select tap.is('its own', (select question_text from follow_ups_due()), 'At 495?');
select tap.is('the follow-up', tap.commit(tap.an_ask(6, 'ann', jsonb_build_object('kind', 'follow_up', 'chain_id', tap.id(1), 'attempt', 3), '{"price_asked": "495"}')), 'asked');
select tap.is('yes to it', tap.answer(6, 'ann', 10), 'ok');
select tap.price('SPY', 492) \g /dev/null
select tap.is('it drifted back', tap.claim(), 'blocked DRIFT');
select tap.is('the second is owed', tap.owed(), '006 001 3 495 paper');
select tap.is('asked', tap.again(7, 1, 4, '{}', '{"max_reasks": 2}'), 'asked');
select tap.is('yes', tap.answer(7, 'ann', 10), 'ok');
select tap.is('it drifted for the third time', tap.claim(), 'blocked DRIFT');
select tap.is('two are enough: nothing is owed', tap.owed(), null);
select tap.is('its instance is free', tap.awaits(), 'idle f');
select tap.is('and its person is told, once', tap.told(), 1);
select tap.is('of the last', (select right(subject, 3) from notices_due() where reason = 'DRIFT'), '007');

-- when nothing is owed
create function tap.drift(p_n integer, p_tunables jsonb default '{}') returns text language plpgsql as $$
begin
    perform tap.price('SPY', 492);
    perform tap.order(p_n, 'ann', '{}', '{}', p_tunables);
    perform tap.price('SPY', 495);
    return tap.claim();
end $$;
select tap.is('on_drift cancel', tap.drift(20, '{"on_drift": "cancel"}'), 'blocked DRIFT');
select tap.is('owes nothing', tap.owed(), null);
select tap.is('and is told', tap.told(), 2);
select tap.is('max_reasks 0', tap.drift(21, '{"max_reasks": 0}'), 'blocked DRIFT');
select tap.is('owes nothing', tap.owed(), null);
select tap.price('SPY', 492) \g /dev/null
select tap.order(22, 'ann') \g /dev/null
update trading_halts set level = 'halted' where scope = 'self' and key = 'ann';
select tap.price('SPY', 495) \g /dev/null
select tap.is('halted comes before drift', tap.claim(), 'blocked HALTED');
select tap.is('and is not what is asked again', reask_owed(tap.id(22), clock_now()), false);
select tap.is('and owes nothing', tap.owed(), null);
update trading_halts set level = 'active' where scope = 'self' and key = 'ann';

-- no fresh price is drift too, and it waits for one, for its ttl
select tap.price('SPY', 492) \g /dev/null
select tap.order(30, 'ann', '{}', '{}', '{"question_ttl_seconds": 600}') \g /dev/null
delete from market_data_latest;
select tap.is('no price at all', tap.claim(), 'blocked DRIFT');
select test_clock_step('599 seconds') \g /dev/null
select tap.is('owed to its last second', tap.owed(), '030 030 1 492 paper');
select tap.is('not told yet', tap.told(), 3);
select test_clock_step('1 second') \g /dev/null
select tap.is('then not', tap.owed(), null);
select tap.is('nor asked', tap.again(31, 30, 2), 'AWAITING');
select tap.is('its instance is free', tap.awaits(), 'idle f');
select tap.is('and told', tap.told(), 4);

-- the day's questions
select tap.is('drifted', tap.drift(40), 'blocked DRIFT');
update user_trading_config set config = jsonb_set(config, '{guardrails,max_questions_per_day}', '1') where firebase_uid = 'ann';
update questions set created_at = clock_now() where id = tap.id(40);
select tap.is('a re-ask counts among the day''s questions', tap.again(41, 40, 2), 'QUESTION_BUDGET');
update user_trading_config set config = jsonb_set(config, '{guardrails,max_questions_per_day}', '1000') where firebase_uid = 'ann';
select tap.is('it stays owed', tap.owed(), '040 040 1 492 paper');

-- the rule is gone
select tap.is('what a rule that is gone owed', (select string_agg(right(id::text, 3), ' ') from owed_end(array[tap.id(40), tap.id(30), tap.id(1)])), '040');
select tap.is('is owed no more', concat_ws(' ', tap.owed(), tap.awaits()), 'idle f');
select tap.is('also when it comes back', tap.again(42, 40, 2), 'AWAITING');
select tap.is('its person is told', (select count(*) from notices_due() where subject = tap.id(40)::text), 1);
select tap.price('SPY', 492) \g /dev/null
update rule_instances set last_as_of = null, last_fired_at = null where firebase_uid = 'ann';
select test_clock_step('1 second') \g /dev/null
select tap.is('a new question', tap.commit(tap.an_ask(50, 'ann')), 'asked');
select tap.is('answered with neither', tap.answer(50, 'ann', 0), 'ok');
select tap.is('owes a follow-up', (select count(*) from follow_ups_due()), 1);
select tap.is('and then none', (select string_agg(right(id::text, 3), ' ') from owed_end(array[tap.id(50)])), '050');
select tap.is('it was ambiguous', (select reason from questions where id = tap.id(50)), 'AMBIGUOUS');
select tap.is('nothing due', (select count(*) from follow_ups_due()), 0);
