-- The broker's stream of events: in any order, twice, from anywhere; executions once; what it interrupted is read again.
select tap.stage() \g /dev/null
update trading_config_templates set config = jsonb_set(config, '{guardrails}', '{"max_orders_per_day": 10000, "max_notional_usd_per_4h": 2500, "max_open_orders": 10000}');
create function tap.sent(p_n integer) returns text language plpgsql as $$ -- up to submitting
begin
    perform tap.price('SPY', 492);
    perform tap.order_and_claim(p_n, 'ann');
    return order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1');
end $$;
create function tap.open(p_n integer) returns text language plpgsql as $$ -- up to accepted
begin
    perform tap.sent(p_n);
    return order_accept(tap.id(p_n), tap.broker(p_n, 'new'));
end $$;
-- The broker's whole object, updated so many seconds after the order was made.
create function tap.shown(p_n integer, p_status text, p_second integer, p_filled numeric default 0, p_price numeric default null)
    returns jsonb language sql as $$
    select tap.broker(p_n, p_status, p_filled, p_price) || jsonb_build_object('symbol', o.symbol, 'side', o.side,
        'type', o.order_type, 'time_in_force', o.time_in_force, 'notional', o.notional_usd::text, 'qty', o.qty::text,
        'limit_price', o.limit_price::text, 'updated_at', timestamptz '2026-01-01 00:00:00Z' + make_interval(secs => p_second),
        'filled_at', case when p_filled > 0 then timestamptz '2026-01-01 00:00:00Z' end)
    from trade_orders o where o.id = tap.id(p_n)
$$;
create function tap.event(p_n integer, p_event text, p_order jsonb, p_execution text default null, p_qty numeric default null,
        p_price numeric default null) returns text language sql as $$
    select concat_ws(' ', f.before, f.status, trim_scale(f.more)) from order_fill('paper', jsonb_build_object('event', p_event, 'execution_id', p_execution,
        'qty', p_qty::text, 'price', p_price::text, 'timestamp', case when p_execution <> '' then '2026-01-01T00:00:00Z' end, 'order', p_order)) f
$$;
create function tap.row(p_n integer) returns text language sql as $$
    select concat_ws(' ', status, broker_status, filled_qty, filled_avg_price, filled_at, reason, raw->>'status', raw->>'updated_at') from trade_orders where id = tap.id(p_n)
$$;

-- the straight road
select tap.is('open', tap.open(1), 'accepted');
select tap.is('new', tap.event(1, 'new', tap.shown(1, 'new', 1)), 'accepted accepted 0');
select tap.is('a part', tap.event(1, 'partial_fill', tap.shown(1, 'partially_filled', 2, 0.01, 491), 'x-1', 0.01, 491), 'accepted partially_filled 0.01');
select tap.is('the rest', tap.event(1, 'fill', tap.shown(1, 'filled', 3, 0.02, 492), 'x-2', 0.01, 493), 'partially_filled filled 0.01');
select tap.is('the same again', tap.event(1, 'fill', tap.shown(1, 'filled', 3, 0.02, 492), 'x-2', 0.01, 493), 'filled filled 0');
select tap.is('each execution once', (select string_agg(concat_ws(' ', execution_id, trim_scale(qty), trim_scale(price)), ', ' order by execution_id)
    from trade_fills where order_id = tap.id(1)), 'x-1 0.01 491, x-2 0.01 493');
select tap.is('they add up to what was filled', (select sum(f.qty) = o.filled_qty from trade_fills f join trade_orders o on o.id = f.order_id
    where o.id = tap.id(1) group by o.filled_qty), true);
select tap.is('and the ledger counts the order, not the executions', (select trim_scale(qty) from positions where firebase_uid = 'ann'), 0.02);

-- a fill is the first that is heard, before the broker has answered
select tap.is('sent', tap.sent(2), 'go');
select tap.is('filled at once', tap.event(2, 'fill', tap.shown(2, 'filled', 3, 0.02, 492), 'x-3', 0.02, 492), 'submitting filled 0.02');
select tap.is('by legal moves', (select string_agg(to_status, ' ' order by id) from trade_order_events where order_id = tap.id(2)),
    'approved reserved submitting accepted filled');
select tap.is('the late answer changes nothing', order_accept(tap.id(2), tap.shown(2, 'pending_new', 0)), 'filled');
select tap.is('not even its word', tap.row(2) like 'filled filled 0.02 492 %', true);

-- what was approved, or nothing
select tap.is('sent', tap.sent(3), 'go');
select tap.is('another ' || field || ' is not ours to record', tap.event(3, 'fill', tap.shown(3, 'filled', 3, 0.02, 492) || change, 'x-bad', 0.02, 492), 'submitting differs')
from (values ('symbol', '{"symbol": "QQQ"}'::jsonb), ('side', '{"side": "sell"}'), ('type', '{"type": "limit"}'), ('notional', '{"notional": "11"}'),
    ('qty', '{"qty": "1"}'), ('time', '{"time_in_force": "gtc"}'), ('limit', '{"limit_price": "1"}')) v (field, change);
select tap.is('and no execution of it', (select count(*) from trade_fills where execution_id = 'x-bad'), 0);
select tap.is('the order waits for its answer', (select status from trade_orders where id = tap.id(3)), 'submitting');
select tap.is('ten dollars are ten dollars', tap.event(3, 'new', tap.shown(3, 'new', 1) || '{"notional": "10.000"}'), 'submitting accepted 0');

-- whose is it?
select tap.is('an order that is not here', (select status from order_fill('paper', '{"event": "new", "order": {"id": "b", "client_order_id": "h1-unknown"}}')), 'unknown_order');
select tap.is('nor on another account', (select status from order_fill('live', jsonb_build_object('event', 'new', 'order', tap.shown(3, 'new', 1)))), 'unknown_order');
select tap.raises('no order object', 'select * from order_fill(''paper'', ''{"event": "fill"}'')', '22023');
select tap.raises('NULL', 'select * from order_fill(''paper'', null)', '22023');

-- words that nobody knows; a fill that says too little
select tap.is('an unknown event with an unknown status', tap.event(3, 'on_mars', tap.shown(3, 'lost', 2)), 'accepted accepted 0');
select tap.is('is kept as the broker''s word', (select broker_status from trade_orders where id = tap.id(3)), 'lost');
select tap.is('a fill without a price, qty or id still counts', tap.event(3, 'fill', tap.shown(3, 'partially_filled', 3, 0.01, 490), '', 0.01), 'accepted partially_filled 0.01');
select tap.is('but is no evidence', (select count(*) from trade_fills where order_id = tap.id(3)), 0);
select tap.is('replaced is quarantined', tap.event(3, 'replaced', tap.shown(3, 'replaced', 4, 0.01, 490)), 'partially_filled quarantined 0');
select tap.is('and says so again', tap.event(3, 'fill', tap.shown(3, 'filled', 5, 0.02, 490)), 'quarantined quarantined 0');

-- any order, any of them twice: the same row
create function tap.permutations(p jsonb[]) returns setof jsonb[] language sql as $$
    with recursive grown (taken, at) as (
        select array[]::jsonb[], array[]::integer[]
        union all
        select g.taken || p[i], g.at || i from grown g, generate_subscripts(p, 1) i where i <> all (g.at))
    select taken from grown where cardinality(at) = cardinality(p)
$$;
create function tap.ends(p_first integer, p_events jsonb[]) returns text language plpgsql as $$
declare
    v_n integer := p_first;
    v_events jsonb[];
    v_event jsonb;
begin
    for v_events in select tap.permutations(p_events) loop
        perform tap.open(v_n);
        foreach v_event in array v_events || v_events[1:2] loop
            perform tap.event(v_n, v_event->>'event', tap.shown(v_n, v_event->>'status', (v_event->>'at')::integer, (v_event->>'filled')::numeric, (v_event->>'price')::numeric),
                'x-' || v_n || '-' || (v_event->>'at'), (v_event->>'qty')::numeric, (v_event->>'price')::numeric);
        end loop;
        v_n := v_n + 1;
    end loop;
    return (select string_agg(distinct concat_ws(' ', tap.row(n), (select count(*) || ' executions' from trade_fills where order_id = tap.id(n))), ' | ')
        from generate_series(p_first, v_n - 1) n);
end $$;
select tap.is('a fill in two parts, in every order', tap.ends(100, array['{"event": "new", "status": "new", "at": 1, "filled": 0}',
    '{"event": "partial_fill", "status": "partially_filled", "at": 2, "filled": 0.01, "price": 491, "qty": 0.01}',
    '{"event": "fill", "status": "filled", "at": 3, "filled": 0.02, "price": 492, "qty": 0.01}']::jsonb[]),
    'filled filled 0.02 492 ' || timestamptz '2026-01-01 00:00:00Z' || ' filled ' || (to_jsonb(timestamptz '2026-01-01 00:00:03Z')#>>'{}') || ' 2 executions');
select tap.is('a cancel after a part, in every order', tap.ends(200, array['{"event": "partial_fill", "status": "partially_filled", "at": 1, "filled": 0.01, "price": 491, "qty": 0.01}',
    '{"event": "pending_cancel", "status": "pending_cancel", "at": 2, "filled": 0.01, "price": 491}',
    '{"event": "canceled", "status": "canceled", "at": 3, "filled": 0.01, "price": 491}', '{"event": "new", "status": "new", "at": 0, "filled": 0}']::jsonb[]),
    'canceled canceled 0.01 491 ' || timestamptz '2026-01-01 00:00:00Z' || ' BROKER_CANCELED canceled ' || (to_jsonb(timestamptz '2026-01-01 00:00:03Z')#>>'{}') || ' 1 executions');
select tap.is('a fill that overtakes the cancel, in every order', tap.ends(300, array['{"event": "pending_cancel", "status": "pending_cancel", "at": 1, "filled": 0}',
    '{"event": "fill", "status": "filled", "at": 2, "filled": 0.02, "price": 491, "qty": 0.02}', '{"event": "new", "status": "new", "at": 0, "filled": 0}']::jsonb[]),
    'filled filled 0.02 491 ' || timestamptz '2026-01-01 00:00:00Z' || ' filled ' || (to_jsonb(timestamptz '2026-01-01 00:00:02Z')#>>'{}') || ' 1 executions');
select tap.is('expired untouched, in every order', tap.ends(400, array['{"event": "expired", "status": "expired", "at": 1, "filled": 0}',
    '{"event": "new", "status": "new", "at": 0, "filled": 0}']::jsonb[]), 'expired expired 0 BROKER_EXPIRED expired ' || (to_jsonb(timestamptz '2026-01-01 00:00:01Z')#>>'{}') || ' 0 executions');
select tap.is('open', tap.open(500), 'accepted');
select tap.is('wants to end', tap.event(500, 'pending_cancel', tap.shown(500, 'pending_cancel', 9)), 'accepted accepted 0');
select tap.is('older news', tap.event(500, 'new', tap.shown(500, 'new', 8)), 'accepted accepted 0');
select tap.is('an open order keeps the newest word', (select broker_status from trade_orders where id = tap.id(500)), 'pending_cancel');

-- after an interruption every open order is due
select count(*) from order_poll_due('paper', 1000) \g /dev/null
select tap.is('read a moment ago', (select count(*) from order_poll_due('paper', 1000)), 0);
select tap.is('as many as are open', order_poll_soon('paper') = (select count(*) from trade_orders where status in ('accepted', 'partially_filled')), true);
select tap.is('all of them again', (select count(*) from order_poll_due('paper', 1000)) = (select count(*) from trade_orders where status in ('accepted', 'partially_filled')), true);
select tap.is('none of another account', order_poll_soon('live'), 0);

-- executions from the broker's list, for the time in which nobody listened
create function tap.shown_fills(p_n integer, p_fills jsonb) returns integer language sql as $$
    select fills_shown('paper', (select jsonb_agg(f || jsonb_build_object('alpaca_order_id', 'b-' || p_n, 'at', '2026-01-01T00:00:00Z')) from jsonb_array_elements(p_fills) f))
$$;
select tap.is('open', tap.open(600), 'accepted');
select tap.is('before the order knows of its fill there is no room', tap.shown_fills(600, '[{"execution_id": "y-1", "qty": "0.01", "price": "491"}]'), 0);
select tap.is('a poll tells', order_follow(tap.id(600), tap.shown(600, 'filled', 3, 0.02, 492)), 'filled');
select tap.is('the first part', tap.shown_fills(600, '[{"execution_id": "y-1", "qty": "0.01", "price": "491"}]'), 1);
select tap.is('again, and the second', tap.shown_fills(600, '[{"execution_id": "y-1", "qty": "0.01", "price": "491"}, {"execution_id": "y-2", "qty": "0.01", "price": "493"}]'), 1);
select tap.is('the same under another name has no room', tap.shown_fills(600, '[{"execution_id": "z-1", "qty": "0.01", "price": "491"}]'), 0);
select tap.is('what says too little is left out', tap.shown_fills(600, '[{"execution_id": "y-3", "qty": null, "price": "1"}, {"execution_id": "y-4", "qty": "-1", "price": "1"}, {"qty": "1", "price": "1"}]'), 0);
select tap.is('they add up', (select sum(qty) from trade_fills where order_id = tap.id(600)), 0.02);
select tap.is('another account has no such order', fills_shown('live', '[{"execution_id": "y-9", "alpaca_order_id": "b-600", "qty": "0.01", "price": "1", "at": "2026-01-01T00:00:00Z"}]'), 0);
select tap.is('none', fills_shown('paper', '[]'), 0);

-- what was heard of an execution is evidence: for ever, also for who owns the database
select tap.raises('an execution does not change', 'update trade_fills set price = 1', '42501');
select tap.raises('nor go', 'delete from trade_fills', '42501');
select tap.raises('nor all of them', 'truncate trade_fills', '42501');
