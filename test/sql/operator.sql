-- The operator's functions: what they do, refuse, and write down; as role hybridhub_operator, which may do nothing else.
select tap.stage() \g /dev/null
set role hybridhub_operator;

-- halt and resume
create temp table said (n integer, j json);
grant all on said to public;
insert into said values (1, operator_halt('root', 'halt', 'global', '', 'halted', 'a drill'));
select tap.is('halted: from what to what, by whom', (select concat_ws(' ', j->'halt'->>'before', j->'halt'->>'after', j->'halt'->>'by') from said where n = 1),
    'active halted root (' || session_user || ')');
select tap.is('it is in force for everybody', halt_level('ann', 'paper'), 'halted');
select tap.is('its event says who and why', (select set_by || ': ' || reason from trading_halt_events order by id desc limit 1), 'root (' || session_user || '): a drill');
select tap.is('nothing was being sent', (select (j->'submitting')::text from said where n = 1), '[]');
select tap.is('recorded: who, as what, what, why', (select concat_ws(' ', os_user, role, command, target, reason, detail->>'before', detail->>'after')
    from operator_actions order by id desc limit 1), 'root ' || session_user || ' halt global a drill active halted');
select tap.raises('a halt never loosens', 'select operator_halt(''root'', ''halt'', ''global'', '''', ''reducing'', ''x'')', '55000');
select tap.is('and has not', halt_level('ann', 'paper'), 'halted');
select tap.is('one person too', operator_halt('root', 'halt', 'user', 'ann', 'reducing', 'calls')->'halt'->>'after', 'reducing');
insert into said values (2, operator_halt('root', 'resume', 'global', '', 'active', 'over'));
select tap.is('resumed', (select concat_ws(' ', j->'resume'->>'before', j->'resume'->>'after') from said where n = 2), 'halted active');
select tap.is('what still holds is said', (select concat_ws(' ', j->'still_in_force'->0->>'scope', j->'still_in_force'->0->>'key',
    j->'still_in_force'->0->>'level', json_array_length(j->'still_in_force')) from said where n = 2), 'user ann reducing 1');
select tap.is('ann may only reduce, bob may all', halt_level('ann', 'paper') || ' ' || halt_level('bob', 'paper'), 'reducing active');
select tap.raises('there is nothing to resume', 'select operator_halt(''root'', ''resume'', ''account'', ''paper'', ''reducing'', ''x'')', '55000');
select tap.raises('no such person', 'select operator_halt(''root'', ''halt'', ''user'', ''nobody'', ''halted'', ''x'')', '22023');
select tap.raises('no such level', 'select operator_halt(''root'', ''halt'', ''global'', '''', ''stopped'', ''x'')', '22023');
select tap.raises('without a reason', 'select operator_halt(''root'', ''halt'', ''global'', '''', ''halted'', '''')', '22023');
select tap.raises('without a name', 'select operator_halt('''', ''halt'', ''global'', '''', ''halted'', ''x'')', '22023');
select tap.raises('the person''s own switch is the person''s', 'select operator_halt(''root'', ''resume'', ''self'', ''ann'', ''active'', ''x'')', '22023');
select tap.is('a refusal leaves nothing', (select count(*) from operator_actions), 3::bigint);
reset role;
update trading_halts set level = 'halted', reason = 'mine' where scope = 'self' and key = 'ann';
set role hybridhub_operator;
select tap.is('resuming the operator''s hold leaves the person''s', (select concat_ws(' ', r->'still_in_force'->0->>'scope', r->'still_in_force'->0->>'reason')
    from operator_halt('root', 'resume', 'user', 'ann', 'active', 'done') r), 'self mine');
select tap.is('and it holds', halt_level('ann', 'paper'), 'halted');
reset role;
update trading_halts set level = 'active' where scope = 'self';

-- what a halt cannot call back
select tap.order_and_claim(1, 'ann') \g /dev/null
select tap.order_and_claim(2, 'bob') \g /dev/null
select order_begin_send(tap.id(n), tap.fence(n), 'w1') from generate_series(1, 2) n \g /dev/null
set role hybridhub_operator;
select tap.is('orders submitting at the halt: of that person only', (select string_agg(s->>'order', ' ') from
    json_array_elements(operator_halt('root', 'halt', 'user', 'ann', 'halted', 'x')->'submitting') s), tap.id(1)::text);
select tap.is('and kept', (select detail->'submitting'->0->>'order' from operator_actions order by id desc limit 1), tap.id(1)::text);
select tap.is('of the account: both', (select count(*) from
    json_array_elements(operator_halt('root', 'halt', 'account', 'paper', 'halted', 'x')->'submitting') s), 2::bigint);
select tap.is('of another account: none', (operator_halt('root', 'halt', 'account', 'live', 'halted', 'x')->'submitting')::text, '[]');
select operator_halt('root', 'resume', s, k, 'active', 'x') from (values ('user', 'ann'), ('account', 'paper'), ('account', 'live')) x (s, k) \g /dev/null

-- looking
select tap.is('an order by its id', operator_order_find(tap.id(1)::text), tap.id(1));
select tap.is('by its client_order_id', operator_order_find('h1-' || replace(tap.id(1)::text, '-', '')), tap.id(1));
select tap.raises('no order', 'select operator_order_find(''nonsense'')', 'P0002');
select tap.raises('nothing at all', 'select operator_order_find(null)', 'P0002');
select tap.is('orders of a state and a person', (select string_agg(o->>'order', ' ') from json_array_elements(operator_orders('submitting', 'bob', 10)->'orders') o), tap.id(2)::text);
select tap.is('the newest first, as many as asked for', (select string_agg(o->>'user', ' ') from json_array_elements(operator_orders(null, null, 1)->'orders') o), 'bob');
select tap.raises('no such state', 'select operator_orders(''open'', null, 10)', '22023');
select tap.raises('too many', 'select operator_orders(null, null, 100000)', '22023');
insert into said values (3, operator_explain(tap.id(1)::text));
select tap.is('explained: the question, its answer, the rule', (select concat_ws('|', j->'question'->>'text', j->'question'->>'answer', j->'question'->>'decision', j->'order'->>'rule')
    from said where n = 3), 'SPY is down 1.6% vs yesterday.|10|approve|dip_confirm');
select tap.is('the documents that made it', (select string_agg(c->>'document' || ' ' || (c->>'version'), ', ') from said, json_array_elements(j->'configuration') c where n = 3),
    'template default_paper_watchlist 1, the user''s 1');
select tap.is('every guardrail of its claim', (select string_agg(g->>'name', ' ') filter (where (g->>'ok')::boolean) from said, json_array_elements(j->'guardrails') g where n = 3)
    like 'halt_level mode enabled %max_drift_pct', true);
select tap.is('events with their sentences', (select string_agg(e->>'what', '; ') from said, json_array_elements(j->'events') e where n = 3),
    'a person said yes; claimed: every guardrail passed, the budget is reserved; the last fence is passed: bytes may flow');
select tap.is('what is asked of the broker', (select concat_ws(' ', j->'request'->>'side', j->'request'->>'symbol', j->'request'->>'notional') from said where n = 3), 'buy SPY 10');
select tap.is('states are counted', (select string_agg(concat_ws(' ', s->>'account', s->>'state', s->>'orders'), ', ') from json_array_elements(operator_status()->'orders') s),
    'paper submitting 2');
select tap.is('an account that nobody serves', (select a->>'state' from json_array_elements(operator_status()->'accounts') a where a->>'account' = 'live'), 'never served');
reset role;
update broker_account set served_at = clock_timestamp(), reconciled_at = clock_now() - interval '1 day', compared_at = clock_now() - interval '14 minutes' where account = 'live';
select tap.is('compared lately', (select a->>'state' from json_array_elements(operator_status()->'accounts') a where a->>'account' = 'live'), 'served');
update broker_account set compared_at = clock_now() - interval '16 minutes' where account = 'live';
select tap.is('the broker has not answered for long', (select a->>'state' from json_array_elements(operator_status()->'accounts') a where a->>'account' = 'live'),
    'served, but not compared with the broker for 15 minutes: its log says event=list.failed');
update broker_account set served_at = null, reconciled_at = null where account = 'live';
set role hybridhub_operator;

-- resolve
select tap.raises('bytes may be flowing', format('select operator_resolve(''root'', %L, ''rejected'', ''x'')', tap.id(1)), '55000');
reset role;
select order_unknown(tap.id(1), tap.fence(1), 'timeout', '{}') \g /dev/null
set role hybridhub_operator;
select tap.raises('it is still asked for', format('select operator_resolve(''root'', %L, ''rejected'', ''x'')', tap.id(1)), '55000');
reset role;
select test_clock_step('8 minutes') \g /dev/null
update trade_orders set fence = 9 where id = tap.id(1);
select order_missing(tap.id(1), 9, '{}') \g /dev/null
select tap.is('unresolved', tap.status(1), 'unresolved UNRESOLVED');
set role hybridhub_operator;
select tap.is('explained: why its fate is unknown', (select e->>'reason' from json_array_elements(operator_explain(tap.id(1)::text)->'events') e where e->>'to' = 'unknown'), 'timeout');
select tap.is('it is unclear', (select concat_ws(' ', u->>'order', u->>'state') from json_array_elements(operator_status()->'unclear') u), tap.id(1) || ' unresolved');
select tap.raises('an acceptance is never assumed', format('select operator_resolve(''root'', %L, ''accepted'', ''x'')', tap.id(1)), '55000');
select tap.raises('nor without evidence', format('select operator_resolve(''root'', %L, ''rejected'', '' '')', tap.id(1)), '22023');
select tap.raises('nor as filled', format('select operator_resolve(''root'', %L, ''filled'', ''x'')', tap.id(1)), '22023');
select tap.is('rejected on evidence', operator_resolve('root', tap.id(1)::text, 'rejected', 'support mail 4711')->'order'->>'before', 'unresolved');
select tap.is('so it stands, and its event has the evidence', (select o.status || ' ' || o.reason || ': ' || e.reason || ' / ' || (e.detail->>'evidence')
    from trade_orders o join trade_order_events e on e.order_id = o.id where o.id = tap.id(1) order by e.id desc limit 1),
    'rejected RESOLVED_BY_OPERATOR: support mail 4711 / support mail 4711');
select tap.is('recorded', (select concat_ws(' ', command, target, reason, detail->>'before', detail->>'after') from operator_actions order by id desc limit 1),
    'resolve ' || tap.id(1) || ' support mail 4711 unresolved rejected');
select tap.is('explain shows it', (select o->>'reason' from json_array_elements(operator_explain(tap.id(1)::text)->'operators') o), 'support mail 4711');
select tap.raises('once', format('select operator_resolve(''root'', %L, ''rejected'', ''x'')', tap.id(1)), '55000');
reset role;
select tap.is('its person is told', (select state || ' ' || reason from notices_due() where subject = tap.id(1)::text), 'rejected RESOLVED_BY_OPERATOR');
select tap.is('shown by the broker after all: taken up', order_accept(tap.id(1), tap.broker(1, 'new')), 'accepted');

-- quarantined
select order_quarantine(tap.id(2), 'another order stands under our id', '{}') \g /dev/null
set role hybridhub_operator;
select tap.raises('nothing to follow it by', format('select operator_resolve(''root'', %L, ''accepted'', ''x'')', tap.id(2)), '55000');
select tap.is('not ours', operator_resolve('root', tap.id(2)::text, 'rejected', 'another desk''s')->'order'->>'after', 'rejected');
reset role;
select order_quarantine(tap.id(1), 'replaced', '{}') \g /dev/null
update trading_halts set level = 'halted', reason = 'x' where scope = 'account' and key = 'paper';
set role hybridhub_operator;
select tap.is('ours; what else still holds is said', (select r->'order'->>'after' || ' ' || (r->'still_in_force'->0->>'scope') from
    operator_resolve('root', 'b-1', 'accepted', 'seen in the app') r), 'accepted account');
reset role;
select tap.is('it is polled again', (select id from order_poll_due('paper', 10)), tap.id(1));
select tap.is('and comes to its end', order_follow(tap.id(1), tap.broker(1, 'filled', 0.02, 492)), 'filled');

-- a cancel that the broker does not carry out
select tap.filled(3, 'bob', 0, null) \g /dev/null
select set_config('hybridhub.uid', 'bob', false) \g /dev/null
select tap.is('asked for', order_cancel(tap.id(3)), 'asked');
set role hybridhub_operator;
select tap.is('explain shows it', operator_explain(tap.id(3)::text)->'order'->>'cancel_requested_by', 'person');
select tap.is('not unclear yet', (operator_status()->'unclear')::text, '[]');
reset role;
select test_clock_step('61 minutes') \g /dev/null
set role hybridhub_operator;
select tap.is('unclear after an hour', (select concat_ws(' ', u->>'order', u->>'state', u->>'cancel_asked_seconds') from json_array_elements(operator_status()->'unclear') u),
    tap.id(3) || ' accepted 3660');
reset role;

-- reconcile
set role hybridhub_operator;
select tap.raises('nobody would hear it', 'select operator_reconcile(''root'', ''paper'', ''x'')', '22023');
select tap.raises('nor any', 'select operator_reconcile(''root'', null, ''x'')', '22023');
select tap.raises('no such account', 'select operator_reconcile(''root'', ''gold'', ''x'')', '22023');
reset role;
select broker_serve('paper') \g /dev/null
set role hybridhub_operator;
select tap.is('asked for', operator_reconcile('root', null, 'to see')->'accounts'->0->>'account', 'paper');
select tap.is('not done yet', operator_reconciled('paper')->>'done', 'false');
reset role;
select test_clock_step('1 second') \g /dev/null
select broker_reconciled('paper', '[{"what": "h1-x", "why": "status 500"}]') \g /dev/null
set role hybridhub_operator;
select tap.is('done', operator_reconciled('paper')->>'done', 'true');
select tap.is('but for', operator_reconciled('paper')->'unasked'->0->>'what', 'h1-x');
reset role;
select broker_reconciled('paper') \g /dev/null
set role hybridhub_operator;
select tap.is('all of it, the next time', (operator_reconciled('paper')->'unasked')::text, '[]');
select tap.is('recorded', (select command || ' ' || target from operator_actions order by id desc limit 1), 'reconcile paper');

-- gauges
reset role;
update trading_halts set level = 'reducing' where scope = 'user' and key = 'bob';
update trading_halts set level = 'halted' where scope = 'account' and key = 'live';
set role hybridhub_tradectl;
select tap.is('the strictest of each scope, and of this account', (select string_agg(scope || ' ' || level, ', ' order by scope) from trading_gauges('live')),
    'account 2, global 0, self 0, user 1');
select tap.is('not of another account', (select level from trading_gauges('test') where scope = 'account'), 0::bigint);
select tap.is('an account that does not exist counts as halted', (select level from trading_gauges('gold') where scope = 'account'), 2::bigint);
select tap.is('the queue is nearly empty', (select max(queue_use_ppm) < 100000 from trading_gauges('live')), true);
set role hybridhub_operator;

-- what the operator may not, and what nobody else may
select tap.is('only the operator runs ' || p.proname, (select string_agg(r, ' ')
    from unnest(array['ingestd', 'evald', 'apid', 'tradectl', 'operator', 'monitor']) r
    where has_function_privilege('hybridhub_' || r, p.oid, 'EXECUTE')), case p.proname when 'operator_act' then null else 'operator' end)
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'operator\_%';
select tap.raises('no move by hand', 'update trade_orders set status = ''filled''', '42501');
select tap.raises('no halt by hand', 'update trading_halts set level = ''active''', '42501');
select tap.raises('no action written by hand', 'insert into operator_actions (os_user, role, command, target, reason) values (''a'', ''b'', ''c'', ''d'', ''e'')', '42501');
reset role;
select tap.raises('nor changed, not even by the owner', 'update operator_actions set os_user = ''x''', '42501');
select tap.raises('nor deleted', 'delete from operator_actions', '42501');
select tap.raises('nor emptied', 'truncate operator_actions', '42501');

-- what an approved order waits for
reset role;
select tap.order(7, 'bob', '{}', '{}', '{"undo_seconds": 30}') \g /dev/null
create function pg_temp.waits(p_n integer) returns text language sql as $$ select operator_explain(tap.id(p_n)::text)->'order'->>'waits_for' $$;
select tap.is('its undo time', pg_temp.waits(7), 'its undo time: it is claimed after ' || (select claim_after from trade_orders where id = tap.id(7)));
select test_clock_step('1 minute') \g /dev/null
update broker_account set served_at = clock_timestamp() - interval '31 seconds' where account = 'paper';
select tap.is('nobody is there', pg_temp.waits(7), 'a tradectl: none serves account paper');
update broker_account set served_at = clock_timestamp(), quarantine_until = clock_now() + interval '1 minute', reconciled_at = clock_now() where account = 'paper';
select tap.is('the quarantine', pg_temp.waits(7), 'the end of the quarantine');
update broker_account set quarantine_until = null, reconciled_at = null where account = 'paper';
select tap.is('not compared yet', pg_temp.waits(7), 'the comparison with the broker');
update broker_account set reconciled_at = clock_now() where account = 'paper';
select tap.is('nothing', pg_temp.waits(7) like 'the next claim; %', true);
select tap.is('one that has been sent waits for nothing', pg_temp.waits(2), null);
