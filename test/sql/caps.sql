-- Each cap and limit by itself, to the last order and the last cent, with the name of the guardrail that refused. A sale is bound by
-- no guardrail of its person's, so what stops one here is the operator's cap alone; where two caps would refuse, none is proven.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 100000, "max_notional_usd_per_order": 100000, "max_open_orders": 10000}');
update broker_account set lease_seconds = 864000;
update hard_limits set max_orders_per_day = null, max_notional_usd_per_4h = null, max_notional_usd_per_order = null;
insert into hard_limits (scope, firebase_uid) values ('user', 'ann');
insert into hard_limits (scope, broker_account) values ('account', 'paper');
select tap.filled(1, 'ann', 1, 100) \g /dev/null
select tap.filled(2, 'bob', 1, 200) \g /dev/null

-- What the claim said, and each guardrail that was not ok.
create function tap.judged(p_n integer, p_uid text, p_proposal jsonb) returns text language plpgsql as $$
declare
    v_said text := tap.order_and_claim(p_n, p_uid, '{}', p_proposal);
begin
    return concat_ws(' ', split_part(v_said, ' ', 1), (select string_agg(l->>'name', ' ' order by place) from trade_order_events e,
        jsonb_array_elements(e.detail->'guardrails') with ordinality g (l, place)
        where e.order_id = tap.id(p_n) and e.to_status <> 'approved' and not (l->>'ok')::boolean));
end $$;

-- ann sells for 4.92 USD under one cap: p_room more than what counts of hers (user) or of everybody (account, global).
create function tap.sells_under(p_n integer, p_scope text, p_cap text, p_room numeric) returns text language plpgsql as $$
declare
    c record;
    v_counted numeric;
    v_said text;
begin
    select * into c from order_counts('paper', 'ann', tap.id(0), clock_now());
    v_counted := case p_cap when 'max_orders_per_day' then case p_scope when 'user' then c.user_orders else c.account_orders end
        when 'max_notional_usd_per_4h' then case p_scope when 'user' then c.user_usd else c.account_usd end else 0 end;
    execute format('update hard_limits set %I = %L where scope = %L', p_cap, v_counted + p_room, p_scope);
    v_said := tap.judged(p_n, 'ann', '{"side": "sell", "notional_usd": null, "qty": "0.01"}');
    execute format('update hard_limits set %I = null where scope = %L', p_cap, p_scope);
    return v_said;
end $$;
select tap.is('a sale, ' || t.scope || '''s ' || t.cap || ', ' || t.room || ' left', tap.sells_under(t.n, t.scope, t.cap, t.room), t.want) from (values
    (10, 'user', 'max_notional_usd_per_order', 4.91, 'blocked hard.max_notional_usd_per_order'),
    (11, 'user', 'max_notional_usd_per_order', 4.92, 'reserved'),
    (12, 'global', 'max_notional_usd_per_order', 4.91, 'blocked hard.max_notional_usd_per_order'),
    (13, 'account', 'max_notional_usd_per_order', 4.91, 'blocked hard.max_notional_usd_per_order'),
    (14, 'user', 'max_orders_per_day', 0, 'blocked hard.max_orders_per_day'),
    (15, 'user', 'max_orders_per_day', 1, 'reserved'),
    (16, 'user', 'max_notional_usd_per_4h', 4.91, 'blocked hard.max_notional_usd_per_4h'),
    (17, 'user', 'max_notional_usd_per_4h', 4.92, 'reserved'),
    (18, 'account', 'max_orders_per_day', 0, 'blocked account.max_orders_per_day'),
    (19, 'account', 'max_orders_per_day', 1, 'reserved'),
    (20, 'global', 'max_orders_per_day', 0, 'blocked account.max_orders_per_day'),
    (21, 'account', 'max_notional_usd_per_4h', 4.91, 'blocked account.max_notional_usd_per_4h'),
    (22, 'account', 'max_notional_usd_per_4h', 4.92, 'reserved'),
    (23, 'global', 'max_notional_usd_per_4h', 4.91, 'blocked account.max_notional_usd_per_4h')) t (n, scope, cap, room, want) order by n;

-- A person's own limits, of a person who holds nothing else.
create function tap.buys_under(p_n integer, p_uid text, p_guardrails jsonb) returns text language plpgsql as $$
begin
    perform tap.person(p_uid, jsonb_build_object('guardrails', p_guardrails));
    return tap.judged(p_n, p_uid, '{}');
end $$;
select tap.is('no order a day', tap.buys_under(30, 'cas', '{"max_orders_per_day": 0}'), 'blocked max_orders_per_day');
select tap.is('one', tap.buys_under(31, 'cas', '{"max_orders_per_day": 1}'), 'reserved');
select tap.is('is not two', tap.buys_under(32, 'cas', '{"max_orders_per_day": 1}'), 'blocked max_orders_per_day');
select tap.is('one open order is open', tap.buys_under(33, 'cas', '{"max_open_orders": 1}'), 'blocked max_open_orders');
select tap.is('a second may be', tap.buys_under(34, 'cas', '{"max_open_orders": 2}'), 'reserved');
select tap.is('an order of 10 USD', tap.buys_under(35, 'dee', '{"max_notional_usd_per_order": 9.99}'), 'blocked max_notional_usd_per_order');
select tap.is('is one of 10 USD', tap.buys_under(36, 'dee', '{"max_notional_usd_per_order": 10}'), 'reserved');
-- 0.5 at 492 now, whatever they cost, and 10 more.
select tap.person('eli') \g /dev/null
select tap.filled(40, 'eli', 0.5, 480) \g /dev/null
select tap.is('what is held is in the position, at the price of now', tap.buys_under(41, 'eli', '{"max_position_notional_usd": 255.99}'), 'blocked max_position_notional_usd');
select tap.is('to the cent', tap.buys_under(42, 'eli', '{"max_position_notional_usd": 256}'), 'reserved');
select tap.is('what is under way is in it too', tap.buys_under(43, 'eli', '{"max_position_notional_usd": 265.99}'), 'blocked max_position_notional_usd');

-- A yes that no person said: only where the operator lets it.
create function tap.by(p_n integer, p_by text) returns text language plpgsql as $$
begin
    perform tap.order(p_n, 'fox');
    update questions set answered_by = p_by where id = tap.id(p_n);
    return tap.claim();
end $$;
select tap.person('fox', '{"guardrails": {"require_question_before_order": false}}') \g /dev/null
select tap.is('by policy, without the operator', tap.by(50, 'policy'), 'blocked REQUIRE_QUESTION_BEFORE_ORDER');
insert into hard_limits (scope, firebase_uid, unattended_allowed) values ('user', 'fox', true);
select tap.is('by policy, with the person''s row alone', tap.by(51, 'policy'), 'blocked REQUIRE_QUESTION_BEFORE_ORDER');
update hard_limits set unattended_allowed = scope = 'global';
select tap.is('by policy, with the global row alone', tap.by(55, 'policy'), 'blocked REQUIRE_QUESTION_BEFORE_ORDER');
update hard_limits set unattended_allowed = true where firebase_uid = 'fox';
select tap.is('by policy, with both', tap.by(52, 'policy'), 'reserved');
select tap.is('by nobody', tap.by(53, null), 'blocked REQUIRE_QUESTION_BEFORE_ORDER');
select tap.is('by a person', tap.by(54, 'person'), 'reserved');

-- What counts, and what does not: of another account nothing, of an orphan until it is adopted, of an order its whole day.
create function tap.counted(p_at timestamptz) returns text language sql as
    $$ select concat_ws(' ', user_orders, account_orders, user_usd, account_usd) from order_counts('paper', 'gil', tap.id(0), p_at) $$;
select tap.person('gil') \g /dev/null
update trade_orders set reserved_at = null, reserved_usd = null, trade_day = null;
select tap.is('nothing', tap.counted(clock_now()), '0 0 0 0');
select broker_reconciled('test') \g /dev/null
select tap.order(60, 'gil', '{"broker_account": "test"}') \g /dev/null
select tap.is('an order of the test account', tap.claim('w1', 'test') || ' ' || tap.counted(clock_now()), 'reserved 0 0 0 0');
select tap.is('one of this account', tap.order_and_claim(61, 'gil') || ' ' || tap.counted(clock_now()), 'reserved 1 1 10.00 10.00');
insert into orphan_orders (client_order_id, broker_account, alpaca_order_id, symbol, reserved_usd, submitted_at, raw)
    values ('h1-x', 'paper', 'x', 'SPY', 7, clock_now(), '{}'), ('h1-y', 'test', 'y', 'SPY', 9, clock_now(), '{}');
select tap.is('an orphan of this account is everybody''s', tap.counted(clock_now()), '1 2 10.00 17.00');
select tap.is('4 hours later an order of its day', tap.counted(clock_now() + interval '4 hours'), '1 2 0 0');
select tap.is('and the day after nothing', tap.counted(clock_now() + interval '1 day'), '0 0 0 0');
update orphan_orders set adopted_at = clock_now();
select tap.is('adopted it is its order''s', tap.counted(clock_now()), '1 1 10.00 10.00');
update trade_orders set reserved_at = '2026-11-01 04:30Z', trade_day = '2026-11-01' where id = tap.id(61);
select tap.is('the longest day has 25 hours', tap.counted('2026-11-02 04:59Z'), '1 1 0 0');
select tap.is('and no more', tap.counted('2026-11-02 05:00Z'), '0 0 0 0');

select tap.is('a New York day ends at its midnight', (select string_agg(trading_date(t)::text, ' ') from unnest(array['2026-03-07 04:59:59Z', '2026-03-07 05:00Z',
    '2026-07-01 03:59:59Z', '2026-07-01 04:00Z']::timestamptz[]) t), '2026-03-06 2026-03-07 2026-06-30 2026-07-01');

-- Which states are open orders, hold what a sale would sell, and are in the position: those that may still fill.
create function tap.open_as(p_status text) returns text language plpgsql as $$
declare
    v_open text;
begin
    alter table trade_orders disable trigger trade_order_moves_right;
    update trade_orders set status = p_status where id = tap.id(61);
    v_open := (select user_open from order_counts('paper', 'gil', tap.id(0), '2026-11-02 04:59Z'));
    update trade_orders set status = 'reserved' where id = tap.id(61);
    alter table trade_orders enable trigger trade_order_moves_right;
    return v_open;
end $$;
select tap.is('open orders: ' || s, tap.open_as(s), case when s in ('reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled',
    'quarantined') then '1' else '0' end) from (select distinct to_status as s from trade_order_moves) m where s <> 'approved' order by s;

-- Reducing stops no sale, at the last fence neither.
select tap.price('SPY', 492) \g /dev/null
select tap.is('a sale', tap.order_and_claim(70, 'ann', '{}', '{"side": "sell", "notional_usd": null, "qty": "0.01"}'), 'reserved');
update trading_halts set level = 'reducing' where scope = 'account' and key = 'paper';
select tap.is('goes while the account is reducing', order_begin_send(tap.id(70), tap.fence(70), 'w1'), 'go');

-- A clock that goes back: what is reserved then is reserved at the time of the last reservation, on its day. Over a New York midnight.
select halt_set('account', 'paper', 'active', 'the test', 'test', false) \g /dev/null
update market_calendar set pre_open = '2026-03-06 00:00Z', open = '2026-03-06 00:00Z', close = '2026-03-08 00:00Z', post_close = '2026-03-08 00:00Z' where date = '2026-03-06';
select test_clock_set('2026-03-07 05:10:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('ten past midnight', tap.buys_under(80, 'hob', '{"max_orders_per_day": 1}') || ' ' || order_begin_send(tap.id(80), tap.fence(80), 'w1'), 'reserved go');
select test_clock_set('2026-03-07 04:50:00+00') \g /dev/null
select tap.price('SPY', 492) \g /dev/null
select tap.is('twenty minutes back it is no other day', tap.buys_under(81, 'hob', '{"max_orders_per_day": 1}'), 'blocked max_orders_per_day');
select tap.is('there is room for one more', tap.buys_under(82, 'hob', '{"max_orders_per_day": 2}'), 'reserved');
select tap.is('it counts from where the last one does', (select trade_day || ' ' || (reserved_at = '2026-03-07 05:10Z') from trade_orders where id = tap.id(82)),
    '2026-03-07 true');

-- A quote proves something when it is the newest of all feeds, whole, trusted, and not from the future.
create function tap.quote() returns text language sql as $$ select bid || ' ' || ask from quote_fresh('SPY', 'us_equity', 90, clock_now()) $$;
select tap.price('SPY', 492, '1 second', 'last_quote', 490, 494) \g /dev/null
select tap.is('a quote', tap.quote(), '490 494');
insert into market_data_latest (symbol, asset_class, feed, metric, snapshot_id, price, bid, ask, as_of)
    values ('SPY', 'us_equity', 'sip', 'last_quote', 1, 1.5, 1, 2, clock_now() - interval '2 seconds');
select tap.is('the newest of two feeds', tap.quote(), '490 494');
delete from market_data_latest where feed = 'sip';
update market_data_latest set suspect = true where metric = 'last_quote';
select tap.is('a suspect one', tap.quote(), null);
select tap.price('SPY', 492, '1 second', 'last_quote', 494, 490) \g /dev/null
select tap.is('a crossed one', tap.quote(), null);
select tap.price('SPY', 492, '-61 seconds', 'last_quote', 490, 494) \g /dev/null
select tap.is('one from the future', tap.quote(), null);
delete from market_data_latest where metric = 'last_quote';

-- An order that nobody can find: a strange fence moves nothing, the start asks for it, its person is told; as of one that expired.
select tap.person('ivy') \g /dev/null
select tap.is('sent, and no answer', tap.order_and_claim(90, 'ivy') || ' ' || order_begin_send(tap.id(90), tap.fence(90), 'w1') || ' '
    || order_unknown(tap.id(90), tap.fence(90), 'x', '{}'), 'reserved go unknown');
select tap.is('a strange fence', order_retry_check(tap.id(90), tap.fence(90) + 1, 'x'), 'fenced');
select tap.is('its own', order_retry_check(tap.id(90), tap.fence(90), 'x'), 'unknown');
select test_clock_step('1 hour') \g /dev/null
select tap.is('given up', order_missing(tap.id(90), tap.fence(90), '{}'), 'unresolved');
select tap.is('asked for at the start', (select status from order_open('paper') where id = tap.id(90)), 'unresolved');
select tap.is('told', (select reason from notices_due() where subject = tap.id(90)::text), 'UNRESOLVED');
select tap.order(91, 'ivy') \g /dev/null
select test_clock_step('1 hour') \g /dev/null
select tap.is('expired', (select count(*) from order_expire('paper') where id = tap.id(91)), 1);
select tap.is('told', (select reason from notices_due() where subject = tap.id(91)::text), 'EXPIRED');
