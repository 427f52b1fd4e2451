-- A database that went back in time; what the broker shows and the database does not know.
select tap.stage() \g /dev/null

-- rewound: by what a host has seen
update broker_account set reserve_seq = 7 where account = 'paper';
select tap.is('what was seen is not ahead', broker_rewound('paper', 7), false);
select tap.is('nor behind', broker_rewound('paper', 3), false);
select tap.is('nothing has changed', (select concat_ws(' ', reserve_seq, quarantine_until is null, reconciled_at is not null) from broker_account where account = 'paper'), '7 t t');
select tap.is('seen more than there is', broker_rewound('paper', 9), true);
select tap.is('quarantine, and not reconciled', (select concat_ws(' ', reserve_seq, quarantine_until - clock_now(), reconciled_at is null) from broker_account where account = 'paper'), '9 00:01:30 t');
select tap.is('the next who saw it has nothing to add', broker_rewound('paper', 9), false);
select tap.raises('an account of no name', 'select broker_rewound(''moon'', 1)', '22023');
select tap.raises('what was seen is a number', 'select broker_rewound(''moon'', null)', '22023');
select tap.order(1, 'ann') \g /dev/null
select broker_reconciled('paper') \g /dev/null
select tap.is('no claim in quarantine', coalesce(tap.claim(), 'nothing'), 'nothing');
select test_clock_step('90 seconds') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('after it not either: what was under way may have arrived behind the listing', coalesce(tap.claim(), 'nothing'), 'nothing');
select tap.is('whoever serves is told to reconcile again', (select reconciled_at from broker_serve('paper')), null);
select broker_reconciled('paper') \g /dev/null
select tap.is('and then it stays so', (select reconciled_at is not null from broker_serve('paper')), true);
select tap.is('after that', tap.claim(), 'reserved');
update broker_account set timeline = null where account = 'paper';
select tap.is('reserve_seq goes on behind what was seen', (select reserve_seq from broker_account where account = 'paper'), 10);

-- rewound: by the server's timeline
select tap.is('nobody has served yet', (select timeline from broker_account where account = 'paper'), null);
select tap.is('the first time says nothing', (select rewound from broker_serve('paper')), false);
select tap.is('the same server', (select rewound from broker_serve('paper')), false);
select tap.is('it stays reconciled', (select reconciled_at is not null from broker_serve('paper')), true);
update broker_account set timeline = timeline + 1 where account = 'paper';
select tap.is('another server: once', (select concat_ws(' ', rewound, reconciled_at is null, quarantine_until - clock_now()) from broker_serve('paper')), 't t 00:01:30');
select tap.is('and not again', (select concat_ws(' ', rewound, reconciled_at is null) from broker_serve('paper')), 'f t');
select tap.is('the fence is shut too', order_begin_send(tap.id(1), tap.fence(1), 'w1'), 'QUARANTINE');
update broker_account set timeline = timeline + 1, quarantine_until = clock_now() + interval '1 hour' where account = 'paper';
select tap.is('a longer quarantine is not cut', (select quarantine_until - clock_now() from broker_serve('paper')), interval '1 hour');
select tap.is('it names the installation', (select s.installation = i.id from broker_serve('paper') s, installation i), true);
select tap.is('and the server''s own clock', (select host_now > clock_timestamp() - interval '1 minute' from broker_serve('paper')), true);

-- what the broker lists
create function tap.listed(p_n integer, p_status text default 'filled', p_over jsonb default '{}') returns jsonb language sql as $$
    select tap.broker(p_n, p_status, 0.02, 492) || jsonb_build_object('created_at', clock_now(), 'symbol', 'SPY', 'side', 'buy',
        'type', 'market', 'time_in_force', 'day', 'notional', '10', 'qty', null, 'limit_price', null) || p_over
$$;
create function tap.match(variadic p_list jsonb[]) returns text language sql as $$
    select string_agg(right(client_order_id, 2) || ' ' || status, ', ' order by client_order_id) from orders_match('paper', to_jsonb(p_list))
$$;
create function tap.question(p_n integer) returns text language sql as $$
    select concat_ws(' ', status, answer, decision, answered_by, reason) from questions where id = tap.id(p_n)
$$;
-- Asked and not answered.
create function tap.asked(p_n integer, p_proposal jsonb default '{}') returns text language plpgsql as $$
begin
    perform tap.price('SPY', 492);
    update rule_instances set question_id = null, last_as_of = null, last_fired_at = null;
    update questions set created_at = created_at - interval '3 days', status = case when status in ('queued', 'delivered') then 'superseded' else status end;
    return tap.commit(tap.an_ask(p_n, 'ann', '{}', p_proposal));
end $$;
update installation set created_at = clock_now() - interval '10 days';
update broker_account set quarantine_until = null, reconciled_at = clock_now(), last_reserved_at = null;
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
select tap.is('listed from the day''s start in New York, or four hours and the approvals'' life ago', (select list_after::text from broker_serve('paper')), '2026-03-06 05:00:00+00');
select test_clock_set('2026-03-06 06:00:00+00') \g /dev/null
select tap.is('early in the day from the day before', (select list_after::text from broker_serve('paper')), '2026-03-06 01:55:00+00');
update broker_account set last_reserved_at = clock_now() - interval '3 days' where account = 'paper';
select tap.is('from the last reservation that is known', (select list_after::text from broker_serve('paper')), '2026-03-03 05:55:00+00');
update broker_account set last_reserved_at = clock_now() - interval '3 years' where account = 'paper';
select tap.is('but not for ever', (select list_after::text from broker_serve('paper')), '2026-02-04 06:00:00+00');
select test_clock_set('2026-03-06 15:10:00+00') \g /dev/null
select tap.is('filled', tap.filled(20, 'ann', 0.02, 492), 'filled');
select tap.is('what is known says nothing', tap.match(tap.listed(20)), null);
select tap.is('more of it is filled', tap.match(tap.listed(20) || '{"filled_qty": "0.03"}'), '20 filled');
select tap.is('another broker id', tap.match(tap.listed(20) || '{"id": "b-x"}'), '20 filled');
select tap.is('of another account it is unexplained', (select string_agg(status, ' ') from orders_match('live', jsonb_build_array(tap.listed(20)))), 'unexplained');
select tap.is('asked', tap.asked(21), 'asked');
select tap.is('a question without an order', tap.match(tap.listed(21), tap.listed(97), tap.listed(98) || jsonb_build_object('created_at', clock_now() - interval '11 days'),
    tap.listed(20) || '{"client_order_id": "h1-zz"}'), '21 unexplained, 97 unexplained, 98 foreign, zz unexplained');

-- adoption
select tap.is('adopted', orphan_note('paper', tap.listed(21, 'filled', jsonb_build_object('submitted_at', clock_now() - interval '20 minutes'))), 'adopted');
select tap.is('its question is closed by the broker', tap.question(21), 'answered 10 approve broker');
select tap.is('its order has its times and size from there', (select concat_ws(' ', status, filled_qty, reserved_usd, clock_now() - reserved_at, trade_day, alpaca_order_id)
    from trade_orders where id = tap.id(21)), 'filled 0.02 10.00 00:20:00 2026-03-06 b-21');
select tap.is('by legal moves', (select string_agg(to_status, ' ' order by id) from trade_order_events where order_id = tap.id(21)), 'approved accepted filled');
select tap.is('the instance is done', (select phase || ' ' || last_decision from rule_instances where question_id = tap.id(21)), 'done approve');
select tap.is('the same yes is the same', tap.answer(21, 'ann', 10), 'again');
select tap.is('another answer comes too late', tap.answer(21, 'ann', -10), 'conflict');
select tap.is('twice', orphan_note('paper', tap.listed(21)), 'known');
select tap.is('asked', tap.asked(22), 'asked');
select tap.is('a person has said no', tap.answer(22, 'ann', -10), 'ok');
select tap.is('it is there all the same', orphan_note('paper', tap.listed(22)) || ' ' || tap.question(22), 'against answered -10 skip person SKIPPED');
select tap.is('and is in the ledger', (select status from trade_orders where id = tap.id(22)), 'filled');
select tap.is('asked', tap.asked(23), 'asked');
update questions set status = 'expired', reason = 'EXPIRED' where id = tap.id(23);
select tap.is('also of a question that expired', orphan_note('paper', tap.listed(23)) || ' ' || tap.question(23), 'adopted answered 10 approve broker');
select tap.order(24, 'ann') \g /dev/null
select tap.is('an order that has not been sent is accepted', orphan_note('paper', tap.listed(24, 'new', '{"filled_qty": "0"}')) || ' ' || tap.status(24), 'known accepted');
select tap.is('asked', tap.asked(25), 'asked');
select tap.is('other terms are not its order', orphan_note('paper', tap.listed(25) || '{"notional": "11"}') || ' ' || tap.question(25), 'differs queued');
select tap.is('but kept as an orphan', (select string_agg(right(client_order_id, 2) || ' ' || reserved_usd, ', ') from orphan_orders where adopted_at is null), '25 11.00');
select tap.is('said once', orphan_note('paper', tap.listed(25) || '{"notional": "11"}'), 'known');
select tap.is('a yes does not take it up', tap.answer(25, 'ann', 10) || ' ' || tap.status(25), 'ok approved');

-- each of an order's terms by itself: what the broker shows otherwise, or not at all, is not what the question proposed
create function tap.differs(p_change jsonb, p_drop text default '') returns boolean language sql as $$
    select order_terms_differ(b.shown - p_drop || p_change, p) from trade_proposals p, lateral (select jsonb_build_object('symbol', p.symbol, 'side', p.side,
        'type', p.order_type, 'time_in_force', p.time_in_force, 'notional', p.notional_usd::text, 'qty', null, 'limit_price', null)) b (shown)
    where p.question_id = tap.id(20)
$$;
select tap.is('the same terms', tap.differs('{}'), false);
select tap.is('another ' || k, tap.differs(jsonb_build_object(k, v)), true) from (values ('symbol', 'QQQ'), ('side', 'sell'), ('type', 'limit'), ('time_in_force', 'gtc'),
    ('notional', '10.01'), ('qty', '1'), ('limit_price', '492')) t (k, v);
select tap.is('no ' || k, tap.differs('{}', k), true) from unnest('{symbol,side,type,time_in_force,notional}'::text[]) k;
select tap.is('nothing of this account is another''s', (select count(*) from order_open('live')), 0);

-- orphans
select tap.is('no question explains it', orphan_note('paper', tap.listed(97)), 'orphan');
select tap.is('told twice', orphan_note('paper', tap.listed(97)), 'known');
select tap.is('it is not matched again', tap.match(tap.listed(97)), null);
select tap.is('it counts against the account', (select c.account_usd > 0 from order_counts('paper', 'bob', tap.id(0), clock_now()) c), true);
select tap.is('an id of ours that is none', orphan_note('paper', tap.listed(96) || '{"client_order_id": "h1-zz", "notional": null, "qty": "2"}'), 'orphan');
select tap.is('at what it was filled for', (select reserved_usd from orphan_orders where client_order_id = 'h1-zz'), 984.00);
select tap.is('older than this installation', orphan_note('paper', tap.listed(95) || jsonb_build_object('created_at', clock_now() - interval '11 days')), 'foreign');
select tap.is('a question of another account explains nothing', tap.asked(94) || ' ' || orphan_note('test', tap.listed(94)), 'asked orphan');
select tap.is('a notice explains nothing', (select orphan_note('paper', tap.listed(93)) from (select 1) x
    where tap.commit(tap.an_ask(93, 'ann', '{"kind": "notice", "source_tag": "x"}') - 'proposal') is not null), 'orphan');
select tap.raises('another''s order', 'select orphan_note(''paper'', tap.listed(92) || ''{"client_order_id": "theirs"}'')', '22023');
select tap.raises('without an id', 'select orphan_note(''paper'', tap.listed(92) - ''id'')', '22023');
select tap.raises('of no account', 'select orphan_note(''moon'', tap.listed(92))', '22023');
select tap.is('symbols to list one by one', (select string_agg(symbol, ' ') from order_symbols('paper')), 'SPY');

-- trips: once a cause
create function tap.trips() returns text language sql as $$
    select string_agg(concat_ws(' ', scope, key, level, reason), '; ' order by scope, reason) from trips_owed('paper')
$$;
create function tap.level(p_scope text, p_key text) returns text language sql as
    $$ select h.level from trading_halts h where h.scope = p_scope and h.key = p_key $$;
select tap.is('an orphan, a refusal that was not heeded, other terms: each its own', tap.trips(), 'account paper reducing order h1-00000000000040008000000000000022 is at the broker although its person has not said yes; '
    || 'account paper halted order h1-00000000000040008000000000000025 is at the broker and is not what its question proposed; '
    || 'account paper halted order h1-00000000000040008000000000000093 is at the broker and no question explains it; '
    || 'account paper halted order h1-00000000000040008000000000000097 is at the broker and no question explains it; '
    || 'account paper halted order h1-zz is at the broker and no question explains it');
select tap.is('halted', tap.level('account', 'paper'), 'halted');
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
select tap.is('a resume holds', coalesce(tap.trips(), 'none') || ' ' || tap.level('account', 'paper'), 'none active');
set role hybridhub_operator;
create function pg_temp.orphans() returns text language sql as $$ select string_agg(right(o->>'client_order_id', 2), ' ' order by o->>'client_order_id') from json_array_elements(operator_status()->'orphans') o $$;
select tap.is('orphans are listed', pg_temp.orphans(), '25 93 94 97 zz');
reset role;
select c.account_usd, c.account_orders from order_counts('paper', 'bob', tap.id(0), clock_now()) c \gset was_
set role hybridhub_operator;
select tap.is('until somebody acknowledges one', operator_acknowledge('root', 'h1-zz', null, 'a drill of the desk')->'acknowledged'->>'kind', 'orphan');
select tap.is('then it is not', pg_temp.orphans(), '25 93 94 97');
select tap.is('who and why is recorded', (select concat_ws(' ', os_user, role, command, target, reason, detail->>'reserved_usd') from operator_actions order by id desc limit 1),
    'root ' || session_user || ' acknowledge h1-zz a drill of the desk 984.00');
select tap.raises('once', 'select operator_acknowledge(''root'', ''h1-zz'', null, ''x'')', '55000');
reset role;
select tap.is('it goes on counting', (select concat_ws(' ', c.account_usd, c.account_orders) from order_counts('paper', 'bob', tap.id(0), clock_now()) c), :'was_account_usd' || ' ' || :'was_account_orders');
select tap.is('and trips nothing', tap.trips(), null);
select tap.raises('a trip is for ever', 'delete from trips', '42501');
select tap.is('asked', tap.asked(61), 'asked');
select tap.is('adopted', orphan_note('paper', tap.listed(61)), 'adopted');
select tap.is('within the caps nothing happens', tap.trips(), null);
update hard_limits set max_orders_per_day = 3 where scope = 'global';
select tap.is('a cap that it breaks', tap.trips() like '%account paper reducing found at the broker, order h1-00000000000040008000000000000061 takes the account''s orders a day over its cap%', true);
select tap.is('reducing', tap.level('account', 'paper'), 'reducing');
update hard_limits set max_orders_per_day = 10000 where scope = 'global';
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
insert into hard_limits (scope, firebase_uid, max_notional_usd_per_4h) values ('user', 'ann', 5);
select tap.is('asked', tap.asked(62), 'asked');
select tap.is('adopted', orphan_note('paper', tap.listed(62)), 'adopted');
select test_clock_step('11 minutes') \g /dev/null -- a tradectl that died in between looks late
select tap.is('the operator''s cap of a person too', tap.trips() like '%order h1-00000000000040008000000000000062 takes its person''s USD in 4 hours over its cap%', true);
delete from hard_limits where scope = 'user';
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
select tap.is('an orphan', orphan_note('paper', tap.listed(89)), 'orphan');
update hard_limits set max_notional_usd_per_4h = 1 where scope = 'global';
select tap.is('breaks the account''s cap too', tap.trips() like '%found at the broker, order h1-00000000000040008000000000000089 takes the account''s USD in 4 hours over its cap%', true);
update hard_limits set max_notional_usd_per_4h = 2500 where scope = 'global';
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null

-- each cap by itself: broken by one order or one cent too many, and not where it is just reached
insert into hard_limits (scope, firebase_uid) values ('user', 'ann');
create function tap.breach(p_scope text, p_cap text, p_less numeric) returns text language plpgsql as $$
declare
    c record;
    v_said text;
begin
    select * into c from order_counts('paper', 'ann', tap.id(0), clock_now());
    execute format('update hard_limits set %I = %L where scope = %L', p_cap, case p_cap when 'max_orders_per_day'
        then case p_scope when 'user' then c.user_orders else c.account_orders end
        else case p_scope when 'user' then c.user_usd else c.account_usd end end - p_less, p_scope);
    v_said := cap_breach('paper', 'ann', clock_now());
    execute format('update hard_limits set %I = null where scope = %L', p_cap, p_scope);
    return v_said;
end $$;
select tap.is('cap: ' || t.scope || ' ' || t.cap || ' less ' || t.less, tap.breach(t.scope, t.cap, t.less), t.want) from (values
    ('global', 'max_orders_per_day', 1, 'the account''s orders a day'), ('global', 'max_orders_per_day', 0, null),
    ('global', 'max_notional_usd_per_4h', 0.01, 'the account''s USD in 4 hours'), ('global', 'max_notional_usd_per_4h', 0, null),
    ('user', 'max_orders_per_day', 1, 'its person''s orders a day'), ('user', 'max_orders_per_day', 0, null),
    ('user', 'max_notional_usd_per_4h', 0.01, 'its person''s USD in 4 hours'), ('user', 'max_notional_usd_per_4h', 0, null)) t (scope, cap, less, want);
delete from hard_limits where scope = 'user';
update hard_limits set max_orders_per_day = 10000, max_notional_usd_per_4h = 2500 where scope = 'global';

-- trips: refusals in a row
create function tap.refused(p_n integer, p_reason text default 'BROKER_REFUSED') returns text language plpgsql as $$
begin
    perform tap.price('SPY', 492);
    perform tap.order_and_claim(p_n, 'bob');
    perform order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1');
    perform test_clock_step('1 second');
    return order_refuse(tap.id(p_n), tap.fence(p_n), 403, p_reason, '{}');
end $$;
select tap.person('bob') \g /dev/null
update trade_orders set status = 'canceled' where status = 'approved';
select tap.is('refused', tap.refused(71), 'rejected');
select tap.is('refused', tap.refused(72), 'rejected');
select tap.is('two are not three', tap.trips(), null);
select tap.is('keys are nobody''s fault', tap.refused(73, 'BROKER_CREDENTIALS') || coalesce(tap.trips(), ''), 'rejected');
select tap.is('the third', tap.refused(74), 'rejected');
select tap.is('trips the person', tap.trips(), 'self bob reducing the broker refused 3 orders in a row');
select tap.is('nobody else', tap.level('self', 'bob') || tap.level('self', 'ann') || tap.level('account', 'paper'), 'reducingactiveactive');
select tap.is('once', tap.trips(), null);
select halt_set('self', 'bob', 'active', 'again', 'bob', false) \g /dev/null
select tap.is('a resume begins anew', tap.refused(75) || coalesce(tap.trips(), ''), 'rejected');
select tap.is('a second', tap.refused(76) || coalesce(tap.trips(), ''), 'rejected');
select tap.is('one that went well ends a row', tap.filled(77, 'bob', 0.02, 492), 'filled');
select tap.is('so this is the first', tap.refused(78) || coalesce(tap.trips(), ''), 'rejected');
select tap.is('own number', tap.refused(79) || coalesce((select tap.trips() from (select tap.person('bob', '{"guardrails": {"max_consecutive_rejects": 2}}')) x), ''),
    'rejectedself bob reducing the broker refused 2 orders in a row');

-- the ledger against the broker
select order_follow(tap.id(24), tap.listed(24)) \g /dev/null
select test_clock_step('1 minute') \g /dev/null
create function tap.held(p_qty text, p_symbol text default 'SPY') returns text language sql as $$
    select ledger_compare('paper', jsonb_build_array(jsonb_build_object('symbol', p_symbol, 'qty', p_qty), '{"symbol": "TSLA", "qty": "7"}'::jsonb))::text
$$;
select sum(qty) as held from positions where broker_account = 'paper' \gset
select tap.is('the same', tap.held(:'held'), '0');
select tap.is('the account may hold more', tap.held('1000'), '0');
select tap.is('less is suspect', tap.held('0.01'), '1');
select tap.is('once is not enough', tap.trips(), null);
select test_clock_step('9 seconds') \g /dev/null
select tap.is('nor after 9 s', tap.held('0.01') || coalesce(tap.trips(), ''), '1');
select test_clock_step('1 second') \g /dev/null
select tap.is('other numbers begin anew', tap.held('0.02') || coalesce(tap.trips(), ''), '1');
select test_clock_step('10 seconds') \g /dev/null
select tap.is('seen alike 10 s apart', tap.held('0.02') || ' ' || tap.trips(), '1 account paper reducing our ledger shows ' || :'held' || ' SPY and the broker holds 0.02');
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
select test_clock_step('10 seconds') \g /dev/null
select tap.is('a resume holds until it is compared again', coalesce(tap.trips(), 'none'), 'none');
select tap.is('and still differs', tap.held('0.02') || ' ' || tap.trips(), '1 account paper reducing our ledger shows ' || :'held' || ' SPY and the broker holds 0.02');
select tap.is('once after a resume', tap.held('0.02') || coalesce(tap.trips(), ''), '1');
select tap.is('listed', (operator_status()->'ledger'->0->>'symbol'), 'SPY');
set role hybridhub_operator;
select tap.raises('nothing of that name', 'select operator_acknowledge(''root'', ''TSLA'', null, ''x'')', 'P0002');
select tap.raises('nor on another account', 'select operator_acknowledge(''root'', ''SPY'', ''live'', ''x'')', 'P0002');
select tap.raises('without a reason', 'select operator_acknowledge(''root'', ''SPY'', null, '' '')', '22023');
select tap.is('acknowledged', operator_acknowledge('root', 'SPY', null, 'sold by hand')->'acknowledged'->>'broker_qty', '0.02');
select tap.raises('twice', 'select operator_acknowledge(''root'', ''SPY'', null, ''x'')', '55000');
select tap.is('recorded', (select concat_ws(' ', os_user, command, target, reason, detail->>'kind') from operator_actions order by id desc limit 1),
    'root acknowledge SPY sold by hand ledger');
select tap.is('listed no more', (operator_status()->'ledger')::text, '[]');
reset role;
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
select test_clock_step('10 seconds') \g /dev/null
select tap.is('a resume holds', tap.held('0.02') || coalesce(tap.trips(), ''), '0');
select tap.is('other figures are not acknowledged', tap.held('0.03') || coalesce(tap.trips(), ''), '1');
select test_clock_step('10 seconds') \g /dev/null
select tap.is('and trip', tap.held('0.03') || ' ' || tap.trips(), '1 account paper reducing our ledger shows ' || :'held' || ' SPY and the broker holds 0.03');
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
select tap.is('none at all is the most that can be missing', ledger_compare('paper', '[]')::text, '1');
select tap.is('put right', tap.held(:'held'), '0');
select tap.is('nothing is suspect any more', (select count(*) from ledger_suspects), 0);
select tap.is('suspect', tap.held('0.01'), '1');
select tap.price('SPY', 492) \g /dev/null
select tap.is('reserved', tap.order_and_claim(81, 'ann'), 'reserved');
select tap.is('an open order says nothing', tap.held('0.01'), '0');
select order_not_sent(tap.id(81), tap.fence(81), 'x') \g /dev/null
select tap.order(82, 'ann', '{"symbol": "BTC/USD", "asset_class": "crypto"}', '{"time_in_force": "gtc"}') \g /dev/null
select order_accept(tap.id(82), tap.broker(82, 'filled', 1, 10)) \g /dev/null
update trade_orders set status = 'canceled' where status = 'approved';
select test_clock_step('16 seconds') \g /dev/null
create function tap.coins(p_qty text) returns integer language sql as $$
    select ledger_compare('paper', jsonb_build_array('{"symbol": "SPY", "qty": "1000"}'::jsonb, jsonb_build_object('symbol', 'BTCUSD', 'qty', p_qty)))
$$;
select tap.is('of crypto the fees may be missing', tap.coins('0.9975'), 0);
select tap.is('but no more', tap.coins('0.99'), 1);
select tap.raises('null is no empty account', 'select ledger_compare(''paper'', null)', '22023');
select tap.raises('nor is JSON''s', 'select ledger_compare(''paper'', ''null'')', '22023');
select tap.raises('nor an object', 'select ledger_compare(''paper'', ''{}'')', '22023');

-- live orders that nobody serves
update hard_limits set live_allowed = true where scope = 'global';
insert into hard_limits (scope, firebase_uid, live_allowed) values ('user', 'bob', true);
select tap.person('bob', '{"mode": "live"}') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.order(91, 'bob', '{"mode": "live", "broker_account": "live"}') \g /dev/null
select tap.order(90, 'ann') \g /dev/null
create function tap.unserved(p_account text default 'paper') returns text language sql as $$
    select string_agg(right(id::text, 2) || ' ' || from_status, ', ') from order_unserved(p_account)
$$;
update broker_account set reconciled_at = clock_now() - interval '29 seconds', served_at = clock_timestamp();
update broker_account set served_at = clock_timestamp() - interval '31 seconds' where account = 'live';
select tap.is('who has just been reconciled himself does not judge', tap.unserved(), null);
update broker_account set reconciled_at = clock_now() - interval '30 seconds';
update broker_account set served_at = clock_timestamp() - interval '20 seconds' where account = 'live';
select tap.is('served 20 s ago', tap.unserved(), null);
update broker_account set served_at = clock_timestamp() - interval '31 seconds' where account = 'live';
select tap.is('nobody judges his own', tap.unserved('live'), null);
select tap.is('not served for 30 s', tap.unserved(), '91 approved');
select tap.is('blocked, and said why', tap.status(91), 'blocked LIVE_NOT_ALLOWED');
select tap.is('a paper order waits', tap.status(90), 'approved');
select tap.order(92, 'bob', '{"mode": "live", "broker_account": "live"}') \g /dev/null
select broker_reconciled('live') \g /dev/null
select halt_set('self', 'bob', 'active', 'again', 'bob', false) \g /dev/null
select tap.is('reserved by one who then died', tap.claim('w9', 'live'), 'reserved');
select tap.is('his lease runs', tap.unserved(), null);
select test_clock_step('31 seconds') \g /dev/null
update broker_account set served_at = null where account = 'live';
select tap.is('then it is ended too', tap.unserved(), '92 reserved');
select tap.is('and its budget is back', (select reserved_at is null from trade_orders where id = tap.id(92)), true);

select tap.is('every move was legal', (select count(*) from trade_order_events e where not exists (select from trade_order_moves m
    where m.from_status is not distinct from e.from_status and m.to_status = e.to_status)), 0);

-- found replaced, or under the id of another order: it counts, nobody sends it, and the account is halted
select tap.is('asked', tap.asked(63), 'asked');
select tap.is('adopted', orphan_note('paper', tap.listed(63, 'replaced', '{"filled_qty": "0"}')), 'adopted');
select tap.is('quarantined with its budget', (select concat_ws(' ', status, reason, reserved_usd, alpaca_order_id) from trade_orders where id = tap.id(63)), 'quarantined QUARANTINED 10.00 b-63');
select tap.is('by legal moves', (select string_agg(to_status, ' ' order by id) from trade_order_events where order_id = tap.id(63)), 'approved accepted quarantined');
select tap.is('the account is halted', tap.trips() like '%account paper halted order h1-00000000000040008000000000000063 was found at the broker replaced%', true);
select halt_set('account', 'paper', 'active', 'seen to', 'me', false) \g /dev/null
select tap.is('once', tap.trips(), null);
select tap.order(64, 'ann') \g /dev/null
select tap.is('one that was about to be sent', order_follow(tap.id(64), tap.listed(64, 'new', '{"id": "b-20"}')), 'quarantined');
select tap.is('has no id of its own', (select concat_ws(' ', status, reserved_usd, alpaca_order_id) from trade_orders where id = tap.id(64)), 'quarantined 10.00');
select tap.is('neither can be sent', order_begin_send(tap.id(63), tap.fence(63), 'w1') || ' ' || order_begin_send(tap.id(64), tap.fence(64), 'w1'), 'fenced fenced');
