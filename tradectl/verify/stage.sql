-- The stage of `tradectl verify`, in a scratch database that has the operator's schema and settings and nobody's rows: the
-- clock in its own hand, people, questions, answers, prices, and ways to take a guarantee away. All in schema verify.
--
-- A guarantee is a row of verify.guarantee and functions of its name: NAME() returns what it finds violated; NAME_off() takes
-- the guarantee away, after which NAME() must find something (the positive control); NAME_applies(), where there is one, says
-- why it means nothing with these settings. With sessions > 0, NAME_stage() is committed and NAME_session(n) then runs in that
-- many sessions at once, before NAME() looks. Everything else is rolled back.
create schema verify;
set search_path = public, verify;

create table verify.guarantee (
    place serial primary key,
    name text not null unique,
    sentence text not null,
    sessions integer not null default 0
);

-- The clock as it came, for the guarantee about it; then one that stands still where it is put.
do $$ begin
    execute replace(pg_get_functiondef('public.clock_now()'::regprocedure), 'public.clock_now(', 'verify.clock_as_it_came(');
end $$;
create table verify.clock (at timestamptz not null);
insert into verify.clock values ('2026-03-06 15:00:00+00'); -- a Friday, 10:00 in New York
create or replace function public.clock_now() returns timestamptz
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as 'select at from verify.clock';
create function verify.step(p_by interval) returns void language sql as 'update verify.clock set at = at + p_by';

-- What the plan's migrations leave in a fresh database, where the operator's rows did not come along.
insert into installation default values;
insert into eval_progress default values;
insert into trading_halts (scope, key) values ('global', '') on conflict do nothing;
update broker_account set reconciled_at = clock_now(), quarantine_until = null, reserve_seq = 0, last_reserved_at = null;

create function verify.id(p_n integer) returns uuid language sql immutable as
    $$ select ('00000000-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid $$;

-- At most 10 USD, and what the operator lets one order be.
create function verify.usd() returns numeric language sql stable as $$
    select coalesce(nullif(least(10, trunc((select min(h.max_notional_usd_per_order) from hard_limits h), 2)), 0), 10)
$$;

create function verify.person(p_uid text, p_over jsonb default '{}', p_guardrails jsonb default '{}') returns void language plpgsql as $$
begin
    insert into users (firebase_uid) values (p_uid) on conflict do nothing;
    insert into user_trading_config (firebase_uid, config, enabled)
    values (p_uid, '{"version": 1, "enabled": true, "mode": "paper",
        "data_inputs": [{"id": "coins", "source": "alpaca", "asset_class": "crypto", "symbols": ["BTC/USD"]}],
        "rules": [{"id": "dip", "type": "price_below", "symbol": "BTC/USD", "price": 1000000, "question_template": "Buy?",
            "on_answer_match": {"action": "propose_order", "side": "buy", "notional_usd": 10, "time_in_force": "gtc"}}]}'
        || jsonb_build_object('guardrails', '{"max_orders_per_day": 100000, "max_notional_usd_per_4h": 100000000,
            "max_open_orders": 100000, "max_notional_usd_per_order": 100000000}' || p_guardrails) || p_over, true)
    on conflict (firebase_uid) do update set config = excluded.config, enabled = true;
end $$;

create function verify.price(p_price numeric default 50000) returns void language sql as $$
    insert into market_data_latest (symbol, asset_class, feed, metric, snapshot_id, price, as_of)
    values ('BTC/USD', 'crypto', 'us', 'last_trade', 1, p_price, clock_now())
    on conflict (symbol, asset_class, feed, metric) do update set price = excluded.price, as_of = excluded.as_of
$$;

create function verify.ask(p_n integer, p_uid text, p_account text default 'test') returns uuid language plpgsql as $$
begin
    insert into questions (id, firebase_uid, kind, question_text, status, created_at, expires_at, rule_id, symbol, chain_id, attempt)
    values (verify.id(p_n), p_uid, 'proposal', 'Buy?', 'queued', clock_now(), clock_now() + interval '1 day', 'dip', 'BTC/USD',
        verify.id(p_n), 1);
    insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type, notional_usd,
        time_in_force, price_asked, mode, broker_account, chain_id, attempt, max_staleness_seconds, max_drift_pct)
    values (verify.id(p_n), p_uid, 'dip', 'BTC/USD', 'crypto', 'buy', 'market', verify.usd(), 'gtc', 50000, 'paper', p_account,
        verify.id(p_n), 1, 60, 1);
    return verify.id(p_n);
end $$;

create function verify.answer(p_id uuid, p_uid text, p_answer numeric) returns text language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, true);
    return question_answer(p_id, p_answer, null);
end $$;

-- An approved order, with a fresh price beside it.
create function verify.order(p_n integer, p_uid text, p_account text default 'test') returns uuid language plpgsql as $$
declare
    v_id uuid := verify.ask(p_n, p_uid, p_account);
begin
    perform verify.price(), verify.answer(v_id, p_uid, 10);
    return v_id;
end $$;

create function verify.claim(p_worker text default 'w1') returns text language sql as
    $$ select c.outcome || coalesce(' ' || c.reason, '') from order_claim('test', p_worker) c $$;

create function verify.send(p_id uuid, p_worker text default 'w1') returns text language sql as
    $$ select order_begin_send(p_id, o.fence, p_worker) from trade_orders o where o.id = p_id $$;

create function verify.status(p_id uuid) returns text language sql as
    $$ select o.status || coalesce(' ' || o.reason, '') from trade_orders o where o.id = p_id $$;

create function verify.broker(p_id uuid, p_status text, p_filled numeric) returns jsonb language sql as $$
    select jsonb_build_object('id', 'b-' || p_id, 'client_order_id', 'h1-' || replace(p_id::text, '-', ''), 'status', p_status,
        'filled_qty', p_filled::text, 'filled_avg_price', '50000', 'submitted_at', clock_now())
$$;

-- Why no order at all can be claimed with these settings; NULL when one can.
create function verify.closed() returns text language plpgsql as $$
declare
    v_said text;
begin
    perform verify.person('ann'), verify.order(1, 'ann');
    v_said := verify.claim();
    return case when v_said is distinct from 'reserved'
        then 'with these settings no order can be claimed: ' || coalesce(v_said, 'nothing is') end;
end $$;

-- Taking a guarantee away: a changed line, or another body. Both fail where they change nothing: then the control proves nothing.
create function verify.edit(p_function text, p_line text, p_by text) returns void language plpgsql as $$
declare
    v_old text;
begin
    select pg_get_functiondef(p.oid) into strict v_old from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = p_function;
    if position(p_line in v_old) = 0 then
        raise exception 'function % has no such line: %', p_function, p_line;
    end if;
    execute replace(v_old, p_line, p_by);
end $$;

create function verify.body(p_function text, p_body text) returns void language plpgsql as $$
declare
    v_function pg_proc;
begin
    select * into strict v_function from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = p_function;
    execute format('create or replace function public.%I(%s) returns %s language sql as %L', p_function,
        pg_get_function_arguments(v_function.oid), pg_get_function_result(v_function.oid), p_body);
end $$;
