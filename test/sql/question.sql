-- Questions: asking under the locks, answers in the order of their checks, expiry, follow-ups.
select tap.stage() \g /dev/null

-- another pipeline's plain insert
insert into questions (id, firebase_uid, question_text, question_type, min_value, max_value, correct_answer, source_tag,
    pipeline_key, pipeline_step) values (tap.id(900), 'bob', 'Rate the day', 'numeric', 0, 5, 3, 'mood', 'mood', 'ask');
select tap.is('another pipeline''s question', (select kind || ' ' || status || ' ' || (created_at = clock_now()) from questions
    where id = tap.id(900)), 'other queued true');
select tap.is('out of its own range', tap.answer(900, 'bob', 6), 'out_of_range');
select tap.is('is answered, also with a shown', tap.answer(900, 'bob', 4.5, 'whatever'), 'ok');
select tap.is('without a decision', (select coalesce(decision, reason, '-') || ' ' || answered_by from questions where id = tap.id(900)), '- person');
select tap.is('and makes no order', (select count(*) from trade_orders), 0);

-- eval_commit: what stops a fire (a bad ask is also told as a WARNING, which evald logs)
set client_min_messages = error;
set role hybridhub_evald;
select tap.is('asked', tap.commit(tap.an_ask(1, 'ann')), 'asked');
select tap.is('asked once', tap.commit(tap.an_ask(1, 'ann')), 'exists');
select tap.is('an open question holds its instance', tap.commit(tap.an_ask(2, 'ann')), 'AWAITING');
select tap.is('another symbol is another instance', tap.commit(tap.an_ask(3, 'ann', '{"symbol": "AAPL"}')), 'asked');
select tap.is('another person too', tap.commit(tap.an_ask(4, 'bob')), 'asked');
select tap.is('nobody is asked nothing', tap.commit(tap.an_ask(5, 'nobody')), 'DISABLED');
select tap.is('one bad ask stops no other', tap.commit(tap.an_ask(6, 'bob', '{"symbol": "AAPL"}', '{"side": "steal"}'),
    tap.an_ask(7, 'bob', '{"symbol": "MSFT"}')), 'BAD_ASK asked');
select tap.is('bad: ' || t.name, tap.commit(tap.an_ask(8, 'ann', t.over, t.proposal, t.tunables)), 'BAD_ASK') from (values
    ('no rule', '{"rule_id": null, "symbol": "MSFT"}'::jsonb, '{}'::jsonb, '{}'::jsonb),
    ('no expiry', '{"expires_at": null, "symbol": "MSFT"}', '{}', '{}'),
    ('for ever', '{"expires_at": "infinity", "symbol": "MSFT"}', '{}', '{}'),
    ('in another day''s name', '{"created_at": "2026-03-05T15:00:00Z", "symbol": "MSFT"}', '{}', '{}'),
    ('in tomorrow''s name', '{"created_at": "2026-03-07T15:00:00Z", "symbol": "MSFT"}', '{}', '{}'),
    ('of no time', '{"as_of": "infinity", "symbol": "MSFT"}', '{}', '{}'),
    ('a rule longer than an index takes', jsonb_build_object('symbol', 'MSFT', 'rule_id', (select string_agg(md5(i::text), '') from generate_series(1, 300) i)), '{}', '{}'),
    ('a symbol likewise', jsonb_build_object('symbol', (select string_agg(md5(i::text), '') from generate_series(1, 300) i)), '{}', '{}'),
    ('a kind of no name', '{"kind": "gossip", "symbol": "MSFT"}', '{}', '{}'),
    ('no size', '{"symbol": "MSFT"}', '{"notional_usd": null}', '{}'),
    ('two sizes', '{"symbol": "MSFT"}', '{"qty": "1"}', '{}'),
    ('a negative size', '{"symbol": "MSFT"}', '{"notional_usd": "-10"}', '{}'),
    ('NaN', '{"symbol": "MSFT"}', '{"notional_usd": "NaN"}', '{}'),
    ('live on the paper account', '{"symbol": "MSFT", "mode": "live"}', '{}', '{}'),
    ('a mode of no name', '{"symbol": "MSFT", "mode": "TRUE!"}', '{}', '{}'),
    ('an account of no name', '{"symbol": "MSFT", "broker_account": "nowhere"}', '{}', '{}'),
    ('approve_min out of range', '{"symbol": "MSFT"}', '{}', '{"approve_min": "0"}'),
    ('no staleness', '{"symbol": "MSFT"}', '{}', '{"max_staleness_seconds": null}'),
    ('a limit without a price', '{"symbol": "MSFT"}', '{"order_type": "limit"}', '{}'),
    ('a later attempt as a fire', '{"symbol": "MSFT", "attempt": 2}', '{}', '{}')) t (name, over, proposal, tunables);
select tap.raises('no batch', 'select eval_commit(''{}'')', '22023');
select tap.raises('NULL', 'select eval_commit(null)', '22023');
select tap.is('what was asked', (select concat_ws(' ', status, min_value, max_value, correct_answer, pipeline_key, pipeline_step,
    source_tag, config_version, template_version, expires_at - created_at) from questions where id = tap.id(1)),
    'queued -10 10 10 trading dip_confirm:await_confirm trading:rule:dip_confirm 1 1 00:15:00');
select tap.is('what it proposes', (select concat_ws(' ', side, notional_usd, price_asked, mode, broker_account, chain_id = tap.id(1),
    approve_min, max_staleness_seconds) from trade_proposals where question_id = tap.id(1)), 'buy 10 492 paper paper t 7 90');
select tap.is('the instance', (select concat_ws(' ', phase, question_id = tap.id(1), last_fired_at = clock_now()) from rule_instances
    where firebase_uid = 'ann' and symbol = 'SPY'), 'await_confirm t t');
select tap.is('budget: open questions of all pipelines', (select outcome from eval_commit(jsonb_build_object('max_queued', 2,
    'asks', jsonb_build_array(tap.an_ask(9, 'ann', '{"symbol": "MSFT"}'))))), 'QUESTION_BUDGET');
reset role;
update user_trading_config set config = '{"guardrails": {"max_open_questions": 2}}' where firebase_uid = 'ann';
select tap.is('budget: the guardrail', tap.commit(tap.an_ask(9, 'ann', '{"symbol": "MSFT"}')), 'QUESTION_BUDGET');
update user_trading_config set config = '{"guardrails": {"max_questions_per_day": 2}}' where firebase_uid = 'ann';
select tap.is('budget: questions a day', tap.commit(tap.an_ask(9, 'ann', '{"symbol": "MSFT"}')), 'QUESTION_BUDGET');
update user_trading_config set config = '{}' where firebase_uid = 'ann';
select tap.is('a notice counts nowhere and takes any answer', tap.commit(tap.an_ask(10, 'ann', '{"kind": "notice",
    "pipeline_step": "dip_confirm:notice", "chain_id": null, "attempt": null, "proposal": null}')), 'asked');
select tap.is('a notice is answered', tap.answer(10, 'ann', 3), 'ok');
select tap.is('outside 0..10 it is not', tap.answer(10, 'ann', -1), 'out_of_range');
select tap.is('and decides nothing', (select decision from questions where id = tap.id(10)), null);

-- last_eval_at
select tap.is('a batch that ends no evaluation', (select last_eval_at from eval_progress), null);
select eval_commit(jsonb_build_object('max_queued', 0, 'evaluated_at', clock_now(), 'asks', '[]'::jsonb)) \g /dev/null
select tap.is('one that does, also with nothing to ask', (select last_eval_at = clock_now() from eval_progress), true);

-- answers, in the order of their checks
select tap.is('ack', (select set_config('hybridhub.uid', 'ann', false) is not null and question_ack(tap.id(1)) = 'ok'), true);
select tap.is('delivered', (select status || (delivered_at = clock_now()) from questions where id = tap.id(1)), 'deliveredtrue');
select tap.is('another''s question', tap.answer(1, 'bob', 10), 'not_found');
select tap.is('nobody''s', tap.answer(1, '', 10), 'not_found');
select tap.is('an answer of 11', tap.answer(1, 'ann', 11, 'other'), 'out_of_range');
select tap.is('no answer', tap.answer(1, 'ann', null), 'out_of_range');
select tap.is('NaN', tap.answer(1, 'ann', 'NaN'), 'out_of_range');
select tap.is('something else was shown', tap.answer(1, 'ann', 10, 'other'), 'shown_differs');
select tap.is('yes', tap.answer(1, 'ann', 10, 'd1gest'), 'ok');
select tap.is('the same again, 10.0', tap.answer(1, 'ann', 10.0, 'd1gest'), 'again');
select tap.is('shown is checked before answered', tap.answer(1, 'ann', 10, 'other'), 'shown_differs');
select tap.is('another answer', tap.answer(1, 'ann', -10), 'conflict');
select tap.is('the answer stands', (select concat_ws(' ', status, answer, decision, coalesce(reason, '-'), answered_by, shown_digest)
    from questions where id = tap.id(1)), 'answered 10 approve - person d1gest');
select tap.is('one order, of the question''s id', (select concat_ws(' ', status, client_order_id, notional_usd, mode, broker_account,
    approval_expires_at - approved_at, claim_after = approved_at) from trade_orders where question_id = tap.id(1)),
    'approved h1-00000000000040008000000000000001 10 paper paper 00:05:00 t');
select tap.is('its birth is an event', (select concat_ws(' ', coalesce(from_status, 'NULL'), to_status) from trade_order_events
    where order_id = tap.id(1)), 'NULL approved');
select tap.is('the instance waits for it', (select phase from rule_instances where question_id = tap.id(1)), 'submit_order');
select tap.is('and holds its fire', tap.commit(tap.an_ask(11, 'ann')), 'AWAITING');
select tap.is('no', tap.answer(3, 'ann', -7), 'ok');
select tap.is('a skip', (select decision || ' ' || reason from questions where id = tap.id(3)), 'skip SKIPPED');
select tap.is('counts', (select phase || ' ' || last_decision || ' ' || skips_in_row from rule_instances where question_id = tap.id(3)), 'idle skip 1');
select tap.is('a fire after a skip needs a newer row', tap.commit(tap.an_ask(12, 'ann', '{"symbol": "AAPL"}')), 'COOLDOWN');
select test_clock_step('10 minutes') \g /dev/null
select tap.is('cooldown counts from the question', tap.commit(tap.an_ask(12, 'ann', '{"symbol": "AAPL"}', '{}', '{"cooldown_seconds": 601}')), 'COOLDOWN');
select tap.is('fires a day', tap.commit(tap.an_ask(12, 'ann', '{"symbol": "AAPL"}', '{}', '{"max_fires_per_day": 1}')), 'MAX_FIRES');
select tap.is('then it fires again', tap.commit(tap.an_ask(12, 'ann', '{"symbol": "AAPL"}', '{}', '{"cooldown_seconds": 600}')), 'asked');

-- follow-ups
select tap.is('in between', tap.answer(12, 'ann', 0), 'ok');
select tap.is('is ambiguous and owes a follow-up', (select decision || coalesce(reason, '-') from questions where id = tap.id(12)), 'ambiguous-');
set role hybridhub_evald;
select tap.is('which is due', (select concat_ws(' ', question_id = tap.id(12), chain_id = tap.id(12), attempt, question_text, mode,
    proposal::jsonb->>'notional_usd', proposal::jsonb->'tunables'->>'max_follow_ups') from follow_ups_due()),
    't t 1 SPY is down 1.6% vs yesterday. paper 10 1');
select tap.is('the instance is awaiting meanwhile', tap.commit(tap.an_ask(13, 'ann', '{"symbol": "AAPL"}')), 'AWAITING');
select tap.is('a follow-up of another chain', tap.commit(tap.an_ask(13, 'ann', jsonb_build_object('symbol', 'AAPL', 'kind', 'follow_up',
    'chain_id', tap.id(3), 'attempt', 2))), 'AWAITING');
select tap.is('asked', tap.commit(tap.an_ask(13, 'ann', jsonb_build_object('symbol', 'AAPL', 'kind', 'follow_up', 'chain_id', tap.id(12), 'attempt', 2))), 'asked');
select tap.is('once', tap.commit(tap.an_ask(14, 'ann', jsonb_build_object('symbol', 'AAPL', 'kind', 'follow_up', 'chain_id', tap.id(12), 'attempt', 2))), 'AWAITING');
select tap.is('nothing is due any more', (select count(*) from follow_ups_due()), 0);
select tap.is('a follow-up is no fire', (select fires_today || ' ' || questions_today from instance_states(
    '[{"firebase_uid": "ann", "rule_id": "dip_confirm", "symbol": "AAPL"}]')), '2 4');
reset role;
select tap.is('still in between', tap.answer(13, 'ann', 1), 'ok');
select tap.is('acts as a skip', (select q.decision || ' ' || q.reason || ' ' || i.last_decision || ' ' || i.skips_in_row || ' ' || i.phase
    from questions q join rule_instances i on i.question_id = q.id where q.id = tap.id(13)), 'ambiguous AMBIGUOUS skip 2 idle');
select tap.is('and owes nothing', (select count(*) from follow_ups_due()), 0);

-- on_ambiguous skip
select test_clock_step('1 minute') \g /dev/null
select tap.is('asked', tap.commit(tap.an_ask(20, 'ann', '{"symbol": "AAPL"}', '{}', '{"on_ambiguous": "skip"}')), 'asked');
select tap.is('in between', tap.answer(20, 'ann', 0), 'ok');
select tap.is('on_ambiguous skip owes nothing', (select reason from questions where id = tap.id(20)), 'AMBIGUOUS');

-- expiry
select test_clock_step('1 minute') \g /dev/null
select tap.is('asked', tap.commit(tap.an_ask(21, 'ann', '{"symbol": "AAPL"}')), 'asked');
select tap.is('asked with a follow-up to come', tap.commit(tap.an_ask(22, 'ann', '{"symbol": "MSFT"}')), 'asked');
select tap.is('in between', tap.answer(22, 'ann', 0), 'ok');
update questions set expires_at = clock_now() + interval '15 minutes', status = 'queued' where id = tap.id(4);
insert into questions (id, firebase_uid, question_text, expires_at, pipeline_key) values (tap.id(901), 'bob', 'x', clock_now() + interval '1 minute', 'mood');
select test_clock_step('15 minutes') \g /dev/null
select tap.is('at expires_at it is too late', tap.answer(21, 'ann', 10), 'expired');
select tap.is('no order', (select count(*) from trade_orders where id = tap.id(21)), 0);
set role hybridhub_evald;
select tap.is('all that are over are closed', (select string_agg(right(id::text, 3) || coalesce(rule_id, ''), ' ' order by id) from question_expire()
    where right(id::text, 3) in ('021', '004', '901')), '004dip_confirm 021dip_confirm 901');
select tap.is('once', (select count(*) from question_expire()), 0);
reset role;
select tap.is('with a reason where it is ours', (select string_agg(status || coalesce(' ' || reason, ''), ', ' order by id) from questions
    where id in (tap.id(21), tap.id(901))), 'expired EXPIRED, expired');
select tap.is('a follow-up never asked ends as ambiguous', (select q.reason || ' ' || i.phase from questions q
    join rule_instances i on i.question_id = q.id where q.id = tap.id(22)), 'AMBIGUOUS idle');
select tap.is('answered after it was swept', tap.answer(21, 'ann', 10), 'expired');
select tap.is('the instance may fire again', tap.commit(tap.an_ask(23, 'ann', '{"symbol": "AAPL"}')), 'asked');

-- superseded
set role hybridhub_evald;
select tap.is('open trading questions', (select string_agg(right(id::text, 3), ' ') from open_trading_questions() where firebase_uid = 'ann'), '023');
select tap.is('superseding touches ours only', (select string_agg(right(id::text, 3), ' ') from question_supersede(array[tap.id(23), tap.id(900), tap.id(1)])), '023');
reset role;
select tap.is('superseded', tap.answer(23, 'ann', 10), 'superseded');
select tap.is('its instance is idle', (select phase from rule_instances where question_id = tap.id(23)), 'idle');

-- notify_only: a proposal that proposes nothing
select test_clock_step('1 minute') \g /dev/null
select tap.is('notify_only', tap.commit(tap.an_ask(30, 'ann', '{"symbol": "MSFT", "proposal": null}')), 'asked');
select tap.is('takes any answer', tap.answer(30, 'ann', 10), 'ok');
select tap.is('and makes no order', (select count(*) from trade_orders where id = tap.id(30)) + (select count(decision) from questions where id = tap.id(30)), 0);

-- what is frozen
select tap.raises('a proposal is frozen', 'update trade_proposals set notional_usd = 1000', '42501');

-- states
update trading_halts set level = 'reducing' where scope = 'self' and key = 'ann';
set role hybridhub_evald;
select tap.is('instance_states', (select concat_ws(' ', phase, awaiting, fires_today, last_decision, skips_in_row, open_questions, halt_level, orders_today)
    from instance_states('[{"firebase_uid": "ann", "rule_id": "dip_confirm", "symbol": "SPY"}]')), 'submit_order t 1 approve 0 0 reducing 0');
select tap.is('of one that never fired', (select concat_ws(' ', phase, awaiting, fires_today, coalesce(last_decision, '-'), last_as_of is null)
    from instance_states('[{"firebase_uid": "ann", "rule_id": "new", "symbol": "SPY"}]')), 'idle f 0 - t');
select tap.is('of a person that is not there', (select halt_level from instance_states('[{"firebase_uid": "zoe", "rule_id": "new", "symbol": "SPY"}]')), 'halted');
select tap.is('the plan''s view', (select concat_ws(' ', context->'daily_counts', last_eval_at is not null) from user_trading_state where firebase_uid = 'ann'),
    '{"orders": 0, "questions": 9} t');

-- where a yes begins and a no ends, by answers
reset role;
select tap.person('band') \g /dev/null
create function tap.decides(p_n integer, p_answer numeric) returns text language plpgsql as $$
begin
    update rule_instances set question_id = null, phase = 'idle', last_as_of = null, last_fired_at = null, last_decision = null, last_answered_at = null
    where firebase_uid = 'band';
    perform tap.commit(tap.an_ask(p_n, 'band', '{}', '{}', '{"on_ambiguous": "skip"}'));
    perform tap.answer(p_n, 'band', p_answer);
    return (select q.decision || ' ' || (select count(*) from trade_orders o where o.question_id = q.id) from questions q where q.id = tap.id(p_n));
end $$;
select tap.is('bands: ' || t.answer, tap.decides(t.n, t.answer), t.want) from (values (301, 7, 'approve 1'), (302, 6.999999999, 'ambiguous 0'),
    (303, -6.99, 'ambiguous 0'), (304, -7, 'skip 0')) t (n, answer, want);
