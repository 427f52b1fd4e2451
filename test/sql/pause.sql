-- Skips in a row, and who ends the pause that they bring.
select tap.stage() \g /dev/null
create function tap.skips() returns text language sql as $$
    select concat_ws(' ', skips_in_row, last_decision, awaiting) from instance_states('[{"firebase_uid": "ann", "rule_id": "dip_confirm", "symbol": "SPY"}]') $$;
create function tap.asks(p_n integer, p_answer numeric, p_tunables jsonb default '{}') returns text language plpgsql as $$
begin
    perform test_clock_step('1 second');
    return tap.commit(tap.an_ask(p_n, 'ann', '{}', '{}', p_tunables)) || ' ' || tap.answer(p_n, 'ann', p_answer);
end $$;
create function tap.resume(p_uid text, p_rule text) returns text language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, false);
    return rule_resume(p_rule);
end $$;
\set keep 'update user_trading_config set config = ''{"guardrails": {"max_questions_per_day": 1000}}'''
:keep;

select tap.is('a rule that never asked', tap.resume('ann', 'dip_confirm'), 'ok');
select tap.is('a rule of no document', tap.resume('ann', 'nothing'), 'not_found');
select tap.is('no rule at all', tap.resume('ann', null), 'not_found');
select tap.is('a skip', tap.asks(1, -10) || ', ' || tap.skips(), 'asked ok, 1 skip f');
select tap.is('an ambiguity that nothing follows is one too', tap.asks(2, 0, '{"on_ambiguous": "skip"}') || ', ' || tap.skips(), 'asked ok, 2 skip f');
select tap.is('another resumes their own', tap.resume('bob', 'dip_confirm') || ' ' || tap.skips(), 'ok 2 skip f');
select tap.is('nobody resumes nothing', tap.resume('', 'dip_confirm') || ' ' || tap.skips(), 'not_found 2 skip f');
select tap.is('resumed: they count from nothing', tap.resume('ann', 'dip_confirm') || ' ' || tap.skips(), 'ok 0 skip f');
select tap.is('again is no fault', tap.resume('ann', 'dip_confirm'), 'ok');
select tap.is('two more', tap.asks(3, -10) || ', ' || tap.asks(4, -10) || ', ' || tap.skips(), 'asked ok, asked ok, 2 skip f');
select tap.is('a yes ends them', tap.asks(5, 10) || ', ' || tap.skips(), 'asked ok, 0 approve t');
select tap.is('a rule that is gone and has asked is still its owner''s', (select count(*) from (select set_config('hybridhub.uid', 'ann', false)) s)
    || ' ' || rule_resume('dip_confirm'), '1 ok');
set role hybridhub_apid;
select tap.is('apid may', tap.resume('ann', 'dip_confirm'), 'ok');
reset role;
set role hybridhub_evald;
select tap.raises('evald may not', 'select rule_resume(''dip_confirm'')', '42501');
reset role;
