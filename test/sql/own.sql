-- A person's own switch and what they are told about their trading.
\pset null NULL
select tap.stage() \g /dev/null
select tap.filled(1, 'ann', 0.02, 490) \g /dev/null
select tap.filled(2, 'bob', 0.5, 480) \g /dev/null
select broker_serve('paper') \g /dev/null
create function tap.told(p_uid text default 'ann') returns text language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, true);
    return (select concat_ws(' ', s.account, s.mode, s.halt_level, s.own_level, s.held_scope, s.held_level, s.orders, s.orders_reason) from trading_status() s);
end $$;
create function tap.switch(p_level text, p_uid text default 'ann') returns text language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, true);
    return self_halt(p_level, 'asked for by its person');
end $$;
select tap.raises('nobody switches nothing', 'select tap.switch(''halted'', '''')', '28000');
select tap.raises('nobody is told nothing', 'select tap.told('''')', '28000');
select tap.raises('a level of no name', 'select tap.switch(''stop'')', '22023');
select tap.raises('a person without a row', 'select tap.switch(''halted'', ''carl'')', '22023');

select tap.is('all is well', tap.told(), 'paper paper active active paper');
select tap.is('a person stops', tap.switch('halted'), 'halted');
select tap.is('their own orders', tap.told(), 'paper paper halted halted none HALTED');
select tap.is('nobody else''s', tap.told('bob'), 'paper paper active active paper');
select tap.is('one row changed, by whom', (select string_agg(concat_ws(' ', scope, key, level, set_by), ', ') from trading_halts where level <> 'active'), 'self ann halted person');
select tap.is('twice is one change', tap.switch('halted') || (select ' ' || count(*) from trading_halt_events), 'halted 1');
select tap.price('SPY', 492) \g /dev/null
select tap.is('the claim blocks', tap.order_and_claim(3, 'ann'), 'blocked HALTED');
select tap.is('a person goes on', tap.switch('active'), 'active');
select tap.is('and may order', tap.order_and_claim(4, 'ann'), 'reserved');
select tap.is('a stop between claim and fence', tap.switch('halted') || ' ' || order_begin_send(tap.id(4), tap.fence(4), 'w1'), 'halted HALTED');

-- never the operator's
select halt_set('user', 'ann', 'reducing', 'called us', 'op', false) \g /dev/null
select tap.is('the stricter is in force', tap.told(), 'paper paper halted halted user reducing none HALTED');
select tap.is('resume lifts one''s own only', tap.switch('active') || ' ' || tap.told(), 'active paper paper reducing active user reducing paper');
select halt_set('global', '', 'halted', 'maintenance', 'op', false) \g /dev/null
select tap.is('the strictest is told', tap.switch('active') || ' ' || tap.told(), 'active paper paper halted active global halted none HALTED');
select tap.is('with its reason', (select held_reason from trading_status()), 'maintenance');
select tap.is('a stop under a stop stays one''s own', tap.switch('halted') || ' ' || tap.switch('active') || ' ' || tap.told('ann'),
    'halted active paper paper halted active global halted none HALTED');
select halt_set('global', '', 'active', 'done', 'op', false), halt_set('user', 'ann', 'active', 'done', 'op', false) \g /dev/null
select halt_set('self', 'ann', 'reducing', 'max_consecutive_rejects', 'trip', true) \g /dev/null
select tap.is('a trip of one''s own switch is one''s own to lift', tap.told() || ', ' || tap.switch('active'), 'paper paper reducing reducing paper, active');

-- why a yes orders nothing
update broker_account set quarantine_until = clock_now() + interval '1 minute' where account = 'paper';
select tap.is('in quarantine', tap.told(), 'paper paper active active none QUARANTINE');
update broker_account set quarantine_until = null, served_at = clock_timestamp() - interval '31 seconds' where account = 'paper';
select tap.is('nobody serves it', tap.told(), 'paper paper active active none NOT_SERVED');
select broker_serve('test'), broker_reconciled('test') \g /dev/null
select tap.is('a house in test mode', tap.told(), 'test paper active active test');
select broker_serve('paper') \g /dev/null
select tap.is('paper goes first', tap.told(), 'paper paper active active paper');
update user_trading_config set config = '{"mode": "live"}' where firebase_uid = 'ann';
select tap.is('live is not opened', tap.told(), 'live live active active none LIVE_NOT_ALLOWED');
update user_trading_config set config = '{}', enabled = false where firebase_uid = 'ann';
select tap.is('switched off', tap.told(), 'paper paper active active none DISABLED');

-- what is counted
create function tap.own(p_uid text) returns setof text language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, true);
    return query select p->>'symbol' || ' ' || (p->>'qty') || ' at ' || (p->>'avg_entry_price') from trading_status() s, jsonb_array_elements(s.positions) p
        union all select concat_ws(' ', g->>'name', g->>'value', g->>'limit') from trading_status() s, jsonb_array_elements(s.guardrails) g;
end $$;
select tap.is('positions and guardrails are one''s own', (select string_agg(x, ', ') from tap.own('ann') x),
    'SPY 0.02 at 490, max_orders_per_day 1 3, max_notional_usd_per_4h 10 100, max_notional_usd_per_order 100, max_open_orders 0 5, max_open_questions 0 5, max_questions_per_day 1 20');
select tap.is('another has another', (select x from tap.own('bob') x limit 1), 'SPY 0.5 at 480');
select tap.is('whoever has nothing is told so', tap.told('carl') || (select positions::text from trading_status()), 'paper paper halted halted none DISABLED[]');
select tap.is('the market', (select concat_ws(' ', market_open, market_changes_at at time zone 'UTC', data_as_of = clock_now() - interval '1 second')
    from trading_status(), set_config('hybridhub.uid', 'ann', true) where true), 't 2026-03-06 21:00:00 t');

-- what tradectl itself cannot do, as it says
update user_trading_config set config = '{}', enabled = true where firebase_uid = 'ann';
select broker_serve('paper', 'a', 'KEYS_REFUSED', 'broker: the keys are refused') \g /dev/null
select tap.is('where another was well a moment ago, that one sends', tap.told(), 'paper paper active active paper');
update broker_account set well_at = clock_timestamp() - interval '31 seconds' where account = 'paper';
select broker_serve('paper', 'a', 'KEYS_REFUSED', 'broker: the keys are refused') \g /dev/null
select tap.is('nobody is well', tap.told(), 'paper paper active active none KEYS_REFUSED');
select tap.is('the operator is told why', (select a->>'state' from json_array_elements(operator_status()->'accounts') a where a->>'account' = 'paper'),
    'sends nothing: broker: the keys are refused');
select broker_serve('paper', 'b') \g /dev/null
select tap.is('one of two is well again', tap.told(), 'paper paper active active paper');
select broker_serve('paper', 'a', 'KEYS_REFUSED', 'x') \g /dev/null
select tap.is('whatever the other says', tap.told(), 'paper paper active active paper');
select broker_serve('paper', 'b', 'STATE_FOLDER', 'x') \g /dev/null
select tap.is('what was well says itself that it is not', tap.told(), 'paper paper active active none STATE_FOLDER');
update broker_account set served_at = clock_timestamp() - interval '31 seconds';
select tap.is('of one that is gone nothing else is told', tap.told(), 'paper paper active active none NOT_SERVED');
