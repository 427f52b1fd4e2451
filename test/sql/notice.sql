-- What a person must be told about an order, once.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
create function tap.due() returns text language sql as
    $$ select string_agg(right(subject, 2) || ' ' || state || ' ' || coalesce(reason, '-'), ', ' order by subject) from notices_due() $$;
create function tap.tell(p_n integer, p_subject integer, p_state text) returns text language sql as $$
    select tap.commit(tap.an_ask(p_n, 'ann', jsonb_build_object('kind', 'notice', 'chain_id', null, 'attempt', null, 'proposal', null,
        'expires_at', clock_now() + interval '7 days', 'metadata', jsonb_build_object('subject', tap.id(p_subject), 'state', p_state)))) $$;

select tap.filled(1, 'ann', 0.02, 492) \g /dev/null
select tap.is('a filled order needs no notice', tap.due(), null);
select tap.order(2, 'ann') \g /dev/null
update trading_halts set level = 'halted' where scope = 'global';
select tap.claim() \g /dev/null
update trading_halts set level = 'active' where scope = 'global';
select tap.is('blocked', tap.due(), '02 blocked HALTED');
select tap.order_and_claim(3, 'ann') \g /dev/null
select order_begin_send(tap.id(3), tap.fence(3), 'w1') \g /dev/null
select order_refuse(tap.id(3), tap.fence(3), 403, 'BROKER_REFUSED', '{"message": "no"}') \g /dev/null
select tap.order_and_claim(4, 'ann') \g /dev/null
select order_begin_send(tap.id(4), tap.fence(4), 'w1') \g /dev/null
select order_accept(tap.id(4), tap.broker(4, 'new')) \g /dev/null
select order_follow(tap.id(4), tap.broker(4, 'canceled')) \g /dev/null
select tap.order(5, 'ann') \g /dev/null
update trade_orders set status = 'canceled', reason = 'CANCELED_BY_USER' where id = tap.id(5);
set role hybridhub_evald;
select tap.is('blocked, rejected, canceled by the broker; not what the person took back', tap.due(), '02 blocked HALTED, 03 rejected BROKER_REFUSED, 04 canceled BROKER_CANCELED');
select tap.is('with its own words', (select concat_ws(' ', firebase_uid, rule_id, symbol, order_status, detail::jsonb->>'message') from notices_due() where right(subject, 2) = '03'), 'ann dip_confirm SPY rejected no');
select tap.is('told', tap.tell(90, 2, 'blocked'), 'asked');
select tap.is('once', tap.due(), '03 rejected BROKER_REFUSED, 04 canceled BROKER_CANCELED');
reset role;
select order_accept(tap.id(3), tap.broker(3, 'new')) \g /dev/null
select order_quarantine(tap.id(3), 'x', '{}') \g /dev/null
select tap.is('another state of the same order is another notice', tap.due(), '03 quarantined QUARANTINED, 04 canceled BROKER_CANCELED');
select test_clock_step('7 days') \g /dev/null
select tap.is('what is a week old is history', tap.due(), null);
