-- Sending the same id again: what it needs, each thing alone; the venue check that it rests on.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 100000, "max_open_orders": 10000}');
update hard_limits set max_orders_per_day = 10000, max_notional_usd_per_4h = 1000000 where scope = 'global';

-- An order that was sent, is unknown, and 30 s later was missed twice.
create function tap.lost(p_n integer) returns text language plpgsql as $$
begin
    perform tap.price('SPY', 492);
    perform tap.order_and_claim(p_n, 'ann');
    perform order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1');
    perform order_unknown(tap.id(p_n), tap.fence(p_n), 'no answer', null);
    perform test_clock_step('15 seconds');
    perform tap.look(p_n);
    perform test_clock_step('15 seconds');
    return tap.look(p_n);
end $$;
create function tap.look(p_n integer) returns text language plpgsql as $$
declare
    v record;
begin
    select * into v from order_take_open('paper', 'w2');
    if v.id is distinct from tap.id(p_n) then
        raise exception 'look %: took %', p_n, v.id;
    end if;
    return order_missing(v.id, v.fence, '{"http_status": 404}');
end $$;
create function tap.refusal(p_n integer) returns text language sql as $$
    select coalesce(order_again_refusal(o, halt_level(o.firebase_uid, 'paper'), clock_now()), 'none') from trade_orders o where o.id = tap.id(p_n)
$$;
create function tap.pass(p_n integer) returns text language sql as $$
    select order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1')
$$;
create function tap.checked(p_result text, p_again boolean default false) returns text language sql as $$
    select operator_venue_check('root', 'paper', '7890', 'vc-00000000000040008000000000000001', p_again, p_result, '{"why": "a test"}')->'check'->>'result'
$$;
-- What the claim, the judgement and the fence say while `change` holds, and what the order has lost by it.
create function tap.alone(p_n integer, p_change text, p_want text) returns setof text language plpgsql as $$
declare
    v_said text;
begin
    begin
        perform order_take_again('paper', 'w1');
        execute p_change;
        v_said := concat_ws(' ', tap.refusal(p_n), tap.pass(p_n), tap.status(p_n),
            (select o.attempt || ' ' || o.reserved_usd from trade_orders o where o.id = tap.id(p_n)));
        update trade_orders o set lease_worker = null, lease_until = null, next_try_at = null where o.id = tap.id(p_n);
        v_said := concat_ws(' ', v_said, coalesce(order_take_again('paper', 'w1')::text, 'untaken'));
        raise exception 'undo';
    exception when raise_exception then
        null;
    end;
    return next tap.is(p_want || ' alone: ' || p_change, v_said, concat_ws(' ', p_want, p_want, 'unknown 1 10.00 untaken'));
end $$;

-- by default nothing is ever sent again
select tap.is('never is the default', (select string_agg(distinct resubmit, ' ') from broker_account), 'never');
select tap.is('missed twice', tap.lost(1), 'unknown');
select tap.is('as wanted', (select concat_ws(' ', missing_count, attempt, clock_now() - reserved_at) from trade_orders where id = tap.id(1)), '2 1 00:00:30');
select tap.is('a check alone changes nothing', tap.checked('begun') || ' ' || tap.checked('passed'), 'begun passed');
select tap.is('never', tap.refusal(1), 'NEVER_AGAIN');
select tap.is('nothing to claim', coalesce(tap.claim(), 'nothing'), 'nothing');
select tap.is('nor at the fence', order_begin_send(tap.id(1), tap.fence(1), 'w2'), 'fenced');
update trade_orders set lease_worker = 'w1', lease_until = clock_now() + interval '30 seconds' where id = tap.id(1);
select tap.is('not even with a lease', tap.pass(1) || ' ' || tap.status(1), 'NEVER_AGAIN unknown');
update trade_orders set lease_worker = null, lease_until = null where id = tap.id(1);
select tap.raises('two words only', 'update broker_account set resubmit = ''always''', '23514');
set role hybridhub_operator;
select tap.raises('the owner''s alone, not the operator''s', 'update broker_account set resubmit = ''same-id''', '42501');
set role hybridhub_tradectl;
select tap.raises('nor tradectl''s', 'update broker_account set resubmit = ''same-id''', '42501');
reset role;

-- each condition alone
update broker_account set resubmit = 'same-id' where account = 'paper';
select tap.is('now nothing speaks against it', tap.refusal(1), 'none');
select tap.alone(1, $$update broker_account set resubmit = 'never'$$, 'NEVER_AGAIN');
select tap.alone(1, $$select tap.checked('failed')$$, 'VENUE_UNCHECKED');
select tap.alone(1, $$select tap.checked('unclear', true)$$, 'VENUE_UNCHECKED');
select tap.alone(1, $$select tap.checked('begun', true)$$, 'VENUE_UNCHECKED');
select tap.alone(1, $$select halt_set('global', '', 'halted', 'x', 'me', false)$$, 'HALTED');
select tap.alone(1, $$select halt_set('account', 'paper', 'reducing', 'x', 'me', false)$$, 'HALTED');
select tap.alone(1, $$select halt_set('self', 'ann', 'halted', 'x', 'me', false)$$, 'HALTED');
select tap.alone(1, $$update trade_orders set cancel_requested_at = clock_now(), cancel_requested_by = 'person'$$, 'CANCEL_ASKED');
select tap.alone(1, $$update trade_orders set missing_count = 1$$, 'NOT_MISSING');
select tap.alone(1, $$update trade_orders set last_post_at = clock_now() - interval '14.999 seconds'$$, 'TOO_EARLY');
select tap.alone(1, $$update trade_orders set reserved_at = clock_now() - interval '60 seconds'$$, 'TOO_LATE');
select tap.alone(1, $$update trade_orders set reserved_at = clock_now() + interval '1 second'$$, 'TOO_LATE');
select tap.alone(1, $$update trade_orders set trade_day = trade_day - 1$$, 'ANOTHER_DAY');
select tap.is('expired: the approval''s end comes first', (select order_again_refusal(o, 'active', clock_now())
    from jsonb_populate_record(null::trade_orders, (select to_jsonb(t) || jsonb_build_object('approval_expires_at', clock_now()) from trade_orders t where t.id = tap.id(1))) o), 'EXPIRED');
select tap.is('sent three times', (select order_again_refusal(o, 'active', clock_now())
    from jsonb_populate_record(null::trade_orders, (select to_jsonb(t) || '{"attempt": 3}' from trade_orders t where t.id = tap.id(1))) o), 'TOO_OFTEN');
select tap.is('another state', (select string_agg(order_again_refusal(o, 'active', clock_now()), ' ') from unnest(array['unresolved', 'accepted', 'rejected']) s (status),
    lateral jsonb_populate_record(null::trade_orders, (select to_jsonb(t) || jsonb_build_object('status', s.status) from trade_orders t where t.id = tap.id(1))) o),
    'NOT_UNKNOWN NOT_UNKNOWN NOT_UNKNOWN');
update broker_account set resubmit = 'same-id' where account = 'live';
select tap.is('another account''s check says nothing about this one', (select order_again_refusal(o, 'active', clock_now())
    from jsonb_populate_record(null::trade_orders, (select to_jsonb(t) || '{"broker_account": "live"}' from trade_orders t where t.id = tap.id(1))) o), 'VENUE_UNCHECKED');
update broker_account set resubmit = 'never' where account = 'live';

-- all of them hold
select tap.is('it is claimed again, and is what it was', (select concat_ws(' ', outcome, from_status, id = tap.id(1), attempt, fence = tap.fence(1), client_order_id, notional_usd)
    from order_claim('paper', 'w1')), 'again unknown t 1 t h1-00000000000040008000000000000001 10');
select tap.is('it did not move', tap.status(1), 'unknown');
select tap.is('nobody else takes it meanwhile', coalesce(tap.claim('w2'), 'nothing') || ' ' || (select count(*) from order_take_open('paper', 'w2')), 'nothing 0');
select tap.is('another''s fence is shut', order_begin_send(tap.id(1), tap.fence(1) - 1, 'w1') || ' ' || order_begin_send(tap.id(1), tap.fence(1), 'w2'), 'fenced fenced');
update broker_account set quarantine_until = clock_now() + interval '1 second' where account = 'paper';
select tap.is('nor in a quarantine', tap.pass(1), 'QUARANTINE');
update broker_account set quarantine_until = null where account = 'paper';
select tap.is('the last fence again', tap.pass(1), 'go');
select tap.is('the second send; its 404s are used up, its reservation stands', (select concat_ws(' ', status, attempt, missing_count, clock_now() - last_post_at, clock_now() - reserved_at, reserved_usd)
    from trade_orders where id = tap.id(1)), 'submitting 2 0 00:00:00 00:00:30 10.00');
select tap.is('provably not sent this time: the first may be there', order_not_sent(tap.id(1), tap.fence(1), 'reset') || ' ' || tap.status(1), 'unknown unknown');
select tap.is('its budget stays', (select concat_ws(' ', reserved_usd, trade_day, lease_worker is null, clock_now() - reserved_at) from trade_orders where id = tap.id(1)), '10.00 2026-03-06 t 00:00:30');
select tap.is('not again without two more 404s', tap.refusal(1), 'NOT_MISSING');
select tap.is('its event says why', (select detail->>'why' from trade_order_events where order_id = tap.id(1) order by id desc limit 1), 'reset');
select tap.is('found under the id', order_accept(tap.id(1), tap.broker(1, 'filled', 0.02, 492)), 'filled');
select tap.is('its life', (select string_agg(to_status, ' ' order by id) from trade_order_events where order_id = tap.id(1)),
    'approved reserved submitting unknown submitting unknown accepted filled');
select tap.is('missed twice', tap.lost(2), 'unknown');
update trade_orders set lease_worker = 'w2', lease_until = clock_now() + interval '1 second' where id = tap.id(2);
select tap.is('not while somebody asks for it', coalesce(tap.claim(), 'nothing'), 'nothing');
update trade_orders set lease_worker = null, lease_until = null where id = tap.id(2);
select tap.is('taken, not sent, at once: nothing', tap.claim() || ' ' || order_not_sent(tap.id(2), tap.fence(2) - 1, 'another''s') || ' ' || order_not_sent(tap.id(2), tap.fence(2), 'no connection') || ' ' || coalesce(tap.claim(), 'nothing'), 'again fenced unknown nothing');
select test_clock_step('2 seconds') \g /dev/null
select tap.is('2 s later it is tried again', tap.claim() || ' ' || tap.pass(2), 'again go');
select tap.is('one whose sender dies is unknown', (select count(*) from order_take_open('paper', 'w2')), 0);
select test_clock_step('30 seconds') \g /dev/null
select tap.is('after its lease', (select status || ' ' || attempt from order_take_open('paper', 'w2')), 'unknown 2');
select tap.is('refused on the second send: the budget stays counted', (select order_counted_usd(o, clock_now() + interval '1 hour')
    from jsonb_populate_record(null::trade_orders, (select to_jsonb(t) || '{"status": "rejected"}' from trade_orders t where t.id = tap.id(2))) o), 10.00);

-- the record of checks
select tap.is('who, as whom, what', (select concat_ws(' ', os_user, role = session_user, broker_account, account_tail, result) from venue_checks order by id limit 1), 'root t paper 7890 begun');
select tap.is('an operator''s action like any other', (select concat_ws(' ', os_user, command, target, reason, detail->>'client_order_id') from operator_actions order by id desc limit 1),
    'root venue-check paper passed vc-00000000000040008000000000000001');
select tap.raises('append-only', 'update venue_checks set result = ''passed''', '42501');
select tap.raises('also against delete', 'delete from venue_checks', '42501');
select tap.raises('also against truncate', 'truncate venue_checks', '42501');
select tap.raises('never with money', 'select operator_venue_check(''root'', ''live'', ''7890'', ''vc-00000000000040008000000000000001'', false, ''passed'', ''{}'')', '23514');
select tap.raises('never under an id of ours', 'select operator_venue_check(''root'', ''paper'', ''7890'', ''h1-00000000000040008000000000000001'', false, ''passed'', ''{}'')', '23514');
select tap.raises('without a name', 'select operator_venue_check('''', ''paper'', ''7890'', ''vc-00000000000040008000000000000001'', false, ''passed'', ''{}'')', '22023');
select tap.is('the id to try again', operator_venue_again('paper')->>'client_order_id', 'vc-00000000000040008000000000000001');
select tap.raises('of another account there is none', 'select operator_venue_again(''test'')', '55000');
select tap.is('one that failed', tap.checked('failed'), 'failed');
select tap.raises('ends that: only a whole check says anything', 'select operator_venue_again(''paper'')', '55000');
set role hybridhub_tradectl;
select tap.raises('tradectl writes no check', 'select operator_venue_check(''root'', ''paper'', ''7890'', ''vc-00000000000040008000000000000001'', false, ''passed'', ''{}'')', '42501');
reset role;
