-- Two people never see each other, also where a WHERE was forgotten; and what one person's session may write.
\pset null NULL
select tap.stage() \g /dev/null
select tap.order(1, 'ann') \g /dev/null
select tap.order(2, 'bob') \g /dev/null
select tap.claim(), tap.claim() \g /dev/null
insert into hard_limits (scope, firebase_uid, max_orders_per_day) values ('user', 'ann', 7), ('user', 'bob', 8);
insert into ingest_inputs values ('ann', 'i', clock_now()), ('bob', 'i', clock_now());
insert into user_pipeline_state values ('ann', 'p'), ('bob', 'p');
insert into trade_fills values ('x1', tap.id(1), 1, 1, clock_now()), ('x2', tap.id(2), 1, 1, clock_now());
select set_config('hybridhub.uid', '', false) \g /dev/null

\c - hybridhub_apid
select tap.is('nobody in the session, nothing in ' || 'questions', (select count(*) from questions), 0);
select tap.is('nobody in the session, nothing in trade_orders', (select count(*) from trade_orders), 0);
select tap.is('nobody in the session, no config', (select count(*) from user_trading_config), 0);
select tap.is('nobody answers for nobody', question_answer(tap.id(1), 10, null), 'not_found');
begin;
select set_config('hybridhub.uid', 'ann', true) \g /dev/null
select tap.is('no WHERE: ' || t.name, t.seen, 'ann') from (values
    ('users', (select string_agg(distinct firebase_uid, ' ') from users)),
    ('questions', (select string_agg(distinct firebase_uid, ' ') from questions)),
    ('trade_proposals', (select string_agg(distinct firebase_uid, ' ') from trade_proposals)),
    ('rule_instances', (select string_agg(distinct firebase_uid, ' ') from rule_instances)),
    ('user_pipeline_state', (select string_agg(distinct firebase_uid, ' ') from user_pipeline_state)),
    ('ingest_inputs', (select string_agg(distinct firebase_uid, ' ') from ingest_inputs)),
    ('user_trading_config', (select string_agg(distinct firebase_uid, ' ') from user_trading_config)),
    ('config_versions', (select string_agg(distinct firebase_uid, ' ') from config_versions)),
    ('hard_limits', (select string_agg(distinct firebase_uid, ' ') from hard_limits)),
    ('trade_orders', (select string_agg(distinct firebase_uid, ' ') from trade_orders)),
    ('user_trading_state', (select string_agg(distinct firebase_uid, ' ') from user_trading_state)),
    ('config_own()', (select string_agg(distinct firebase_uid, ' ') from config_own())),
    ('book_configs(NULL)', (select string_agg(distinct firebase_uid, ' ') from book_configs(null)))) t (name, seen);
select tap.is('no WHERE: trade_order_events', (select string_agg(distinct order_id::text, ' ') from trade_order_events), tap.id(1)::text);
select tap.is('no WHERE: trade_fills', (select string_agg(execution_id, ' ') from trade_fills), 'x1');
select tap.is('no WHERE: trading_halts', (select string_agg(distinct key, ' ' order by key) from trading_halts
    where scope in ('user', 'self')), 'ann');
select tap.is('the other''s guardrails are those of a stranger',
    guardrails_in_force('bob')->'symbols_allowlist', '[]'::jsonb);
select tap.is('the other''s question is not there to answer', question_answer(tap.id(2), 10, null), 'not_found');
select tap.is('nor to acknowledge', question_ack(tap.id(2)), 'not_found');
select tap.is('a question that nobody has', question_answer(tap.id(999), 10, null), 'not_found');
select tap.is('rung_owners tells ids and uids', (select string_agg(uid, ' ' order by uid)
    from rung_owners(array[tap.id(1), tap.id(2), tap.id(999)])), 'ann bob');
select tap.raises('apid changes no order', 'update trade_orders set status = ''filled''', '42501');
select tap.raises('apid inserts no order', 'insert into trade_orders (id) values (tap.id(9))', '42501');
select tap.raises('apid inserts no question', 'insert into questions (id, firebase_uid, question_text) values (tap.id(9), ''ann'', ''x'')', '42501');
select tap.raises('apid answers by function only', 'update questions set answer = 10', '42501');
select tap.raises('apid sets nobody''s template', 'update user_trading_config set template_name = null', '42501');
select tap.raises('apid lifts no hard limit', 'update hard_limits set live_allowed = true', '42501');
select tap.raises('apid lifts no halt', 'update trading_halts set level = ''active''', '42501');
select tap.raises('apid reads no raw', 'select raw from trade_orders', '42501');
select tap.raises('apid writes no config of another',
    'insert into user_trading_config (firebase_uid, config) values (''carl'', ''{}'')', '42501');
select tap.raises('apid makes nobody else''s user', 'insert into users (firebase_uid) values (''carl'')', '42501');
update user_trading_config set config = '{"x_mine": 1}';
commit;
select tap.is('after a transaction the session speaks for nobody', (select count(*) from users), 0);
\c - hybridhub_evald
select tap.is('evald sees everybody', (select count(distinct firebase_uid) from questions), 2);
select tap.is('the update without a WHERE changed one', (select string_agg(firebase_uid, ' ') from user_trading_config
    where config ? 'x_mine'), 'ann');
select tap.raises('evald inserts no question by hand', 'insert into questions (firebase_uid, question_text) values (''ann'', ''x'')', '42501');
select tap.raises('evald claims nothing', 'select order_claim(''paper'', ''evald'')', '42501');
\c - hybridhub_tradectl
select tap.is('tradectl sees all orders', (select count(*) from trade_orders), 2);
select tap.raises('tradectl moves no order by hand', 'update trade_orders set status = ''filled''', '42501');
select tap.raises('tradectl answers nothing', 'select question_answer(tap.id(1), 10, null)', '42501');
select tap.raises('tradectl resumes nothing', 'select halt_set(''account'', ''paper'', ''active'', ''x'', ''x'', false)', '42501');
select tap.raises('tradectl writes no event', 'insert into trade_order_events (order_id, to_status) values (tap.id(1), ''filled'')', '42501');
\c - hybridhub_monitor
select tap.is('monitor sees no person', (select count(*) from trading_halts where scope in ('user', 'self')), 0);
select tap.raises('monitor sees no question', 'select 1 from questions', '42501');
\c - hybridhub_ingestd
select tap.raises('ingestd sees no question', 'select 1 from questions', '42501');
select tap.raises('ingestd sees no order', 'select 1 from trade_orders', '42501');
\c - bystander
select tap.raises('a bystander reads nothing', 'select 1 from market_data_latest', '42501');
select tap.raises('a bystander does not even ask the time', 'select clock_now()', '42501');
