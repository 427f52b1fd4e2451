-- What the tests of sql/ share: checks that print a TAP line, and the standing fixture: two people, a market that is open, a
-- question that asks to buy SPY for 10 USD at 492. Everything in schema tap, so that public is what migrate made.
create schema tap;
grant usage on schema tap to public;

create function tap.ok(p_name text, p_is boolean) returns text language sql as
    $$ select case when p_is then 'ok - ' else 'not ok - ' end || p_name $$;

create function tap.is(p_name text, p_got anycompatible, p_want anycompatible) returns text language sql as
    $$ select case when p_got is not distinct from p_want then 'ok - ' || p_name
        else 'not ok - ' || p_name || ': got ' || coalesce(p_got::text, 'NULL') || ', want ' || coalesce(p_want::text, 'NULL') end $$;

-- The statement fails with this SQLSTATE.
create function tap.raises(p_name text, p_sql text, p_state text) returns text language plpgsql as $$
begin
    execute p_sql;
    return 'not ok - ' || p_name || ': it was let through';
exception when others then
    return case when sqlstate = p_state then 'ok - ' || p_name
        else 'not ok - ' || p_name || ': got ' || sqlstate || ' ' || sqlerrm end;
end $$;

create function tap.id(p_n integer) returns uuid language sql immutable as
    $$ select ('00000000-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid $$;

-- A person with the plan's template, switched on.
create function tap.person(p_uid text, p_config jsonb default '{}') returns void language plpgsql as $$
begin
    insert into users values (p_uid) on conflict do nothing;
    insert into user_trading_config (firebase_uid, template_name, config, enabled)
    values (p_uid, 'default_paper_watchlist', p_config, true)
    on conflict (firebase_uid) do update set config = excluded.config, enabled = true, template_name = excluded.template_name;
end $$;

-- The newest row of a series, this old.
create function tap.price(p_symbol text, p_price numeric, p_age interval default '1 second', p_metric text default 'last_trade',
        p_bid numeric default null, p_ask numeric default null, p_class text default 'us_equity') returns void language sql as $$
    insert into market_data_latest (symbol, asset_class, feed, metric, snapshot_id, price, bid, ask, as_of)
    values (p_symbol, p_class, 'iex', p_metric, 1, p_price, p_bid, p_ask, clock_now() - p_age)
    on conflict (symbol, asset_class, feed, metric) do update set price = excluded.price, as_of = excluded.as_of,
        bid = excluded.bid, ask = excluded.ask, suspect = false
$$;

-- An ASK of eval_commit; over and proposal are merged into it.
create function tap.an_ask(p_n integer, p_uid text, p_over jsonb default '{}', p_proposal jsonb default '{}',
        p_tunables jsonb default '{}') returns jsonb language sql as $$
    select jsonb_build_object('id', tap.id(p_n), 'firebase_uid', p_uid, 'kind', 'proposal', 'rule_id', 'dip_confirm',
        'symbol', 'SPY', 'asset_class', 'us_equity', 'as_of', clock_now() - interval '1 second', 'chain_id', tap.id(p_n),
        'attempt', 1, 'question_text', 'SPY is down 1.6% vs yesterday.', 'source_tag', 'trading:rule:dip_confirm',
        'pipeline_step', 'dip_confirm:await_confirm', 'created_at', clock_now(), 'expires_at', clock_now() + interval '15 minutes',
        'config_version', coalesce((select max(v.version) from config_versions v where v.firebase_uid = p_uid), 1),
        'template_version', coalesce((select max(v.version) from config_versions v where v.template = 'default_paper_watchlist'), 1), 'mode', 'paper', 'broker_account', 'paper',
        'metadata', jsonb_build_object('facts_digest', 'd1gest'),
        'proposal', jsonb_build_object('side', 'buy', 'order_type', 'market', 'notional_usd', '10', 'time_in_force', 'day',
            'extended_hours', false, 'price_asked', '492', 'tunables', jsonb_build_object('approve_min', '7',
                'skip_max', '-7', 'on_ambiguous', 'follow_up', 'max_follow_ups', 1, 'max_drift_pct', '0.5',
                'drift_side', 'both', 'on_drift', 'reask', 'max_reasks', 2, 'undo_seconds', 0, 'cooldown_seconds', 0,
                'after_skip', 'session', 'max_fires_per_day', 50, 'question_ttl_seconds', 900,
                'close_buffer_seconds', 300, 'max_staleness_seconds', 90) || p_tunables) || p_proposal) || p_over
$$;

create function tap.commit(variadic p_asks jsonb[]) returns text language sql as $$
    select string_agg(outcome, ' ') from eval_commit(jsonb_build_object('max_queued', 1000, 'asks', to_jsonb(p_asks)))
$$;

create function tap.answer(p_n integer, p_uid text, p_answer numeric, p_shown text default null) returns text
    language plpgsql as $$
begin
    perform set_config('hybridhub.uid', p_uid, false);
    return question_answer(tap.id(p_n), p_answer, p_shown);
end $$;

-- An approved order, without the road to it being the test's subject: nothing earlier holds it back.
create function tap.order(p_n integer, p_uid text, p_over jsonb default '{}', p_proposal jsonb default '{}',
        p_tunables jsonb default '{}') returns void language plpgsql as $$
declare
    v_said text;
begin
    update rule_instances set question_id = null, last_as_of = null, last_fired_at = null where firebase_uid = p_uid;
    update questions set created_at = created_at - interval '3 days' where firebase_uid = p_uid;
    update questions set status = 'superseded' where firebase_uid = p_uid and status in ('queued', 'delivered');
    v_said := tap.commit(tap.an_ask(p_n, p_uid, p_over, p_proposal, p_tunables));
    if v_said <> 'asked' then
        raise exception 'tap.order %: %', p_n, v_said;
    end if;
    v_said := tap.answer(p_n, p_uid, 10);
    if v_said <> 'ok' then
        raise exception 'tap.order %: answer %', p_n, v_said;
    end if;
end $$;

create function tap.status(p_n integer) returns text language sql as
    $$ select status || coalesce(' ' || reason, '') from trade_orders where id = tap.id(p_n) $$;

create function tap.claim(p_worker text default 'w1', p_account text default 'paper') returns text language sql as $$
    select outcome || coalesce(' ' || reason, '') from order_claim(p_account, p_worker)
$$;

-- One more: asks, answers yes, claims; says what the claim said.
create function tap.order_and_claim(p_n integer, p_uid text, p_over jsonb default '{}', p_proposal jsonb default '{}',
        p_tunables jsonb default '{}') returns text language plpgsql as $$
begin
    perform tap.order(p_n, p_uid, p_over, p_proposal, p_tunables);
    return tap.claim();
end $$;

create function tap.fence(p_n integer) returns bigint language sql as
    $$ select fence from trade_orders where id = tap.id(p_n) $$;

-- The broker's order object.
create function tap.broker(p_n integer, p_status text, p_filled numeric default 0, p_price numeric default null) returns jsonb
    language sql as $$
    select jsonb_build_object('id', 'b-' || p_n, 'client_order_id', 'h1-' || replace(tap.id(p_n)::text, '-', ''),
        'status', p_status, 'filled_qty', p_filled::text, 'filled_avg_price', p_price::text,
        'submitted_at', clock_now())
$$;

-- An order at the broker, filled.
create function tap.filled(p_n integer, p_uid text, p_qty numeric, p_price numeric, p_over jsonb default '{}',
        p_proposal jsonb default '{}') returns text language plpgsql as $$
begin
    perform tap.order_and_claim(p_n, p_uid, p_over, p_proposal);
    perform order_begin_send(tap.id(p_n), tap.fence(p_n), 'w1');
    return order_accept(tap.id(p_n), tap.broker(p_n, 'filled', p_qty, p_price));
end $$;

-- Friday, 10:00 in New York; the session closes at 21:00 UTC. Prices are fresh.
create function tap.stage() returns void language plpgsql as $$
begin
    perform test_clock_set('2026-03-06 15:00:00+00');
    insert into market_calendar values
        ('2026-03-06', '2026-03-06 14:30Z', '2026-03-06 21:00Z', '2026-03-06 09:00Z', '2026-03-07 01:00Z'),
        ('2026-03-09', '2026-03-09 13:30Z', '2026-03-09 20:00Z', '2026-03-09 08:00Z', '2026-03-10 00:00Z');
    perform tap.person('ann');
    perform tap.person('bob');
    perform tap.price('SPY', 492);
    perform broker_reconciled('paper');
end $$;

grant execute on all functions in schema tap to public;
