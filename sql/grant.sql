-- Who may do what: this file is the security model. Applied as a whole: what is not granted here is taken away.
-- Daemons own nothing and create nothing. An order moves only through functions; apid sees only the rows of the person that
-- its transaction speaks for (hybridhub.uid). `raw` of an order is nobody's at the door.

do $$
declare
    v_name text;
    v_table text;
begin
    foreach v_name in array array['hybridhub_ingestd', 'hybridhub_evald', 'hybridhub_apid', 'hybridhub_tradectl',
        'hybridhub_operator', 'hybridhub_monitor', 'public']
    loop
        execute format('revoke all on all tables in schema public from %s', v_name);
        execute format('revoke all on all sequences in schema public from %s', v_name);
        execute format('revoke create on schema public from %s', v_name);
    end loop;
    for v_table, v_name in select p.tablename, p.policyname from pg_policies p where p.schemaname = 'public' loop
        execute format('drop policy %I on public.%I', v_name, v_table);
    end loop;
    -- Ours, not those of an extension that somebody put into this schema.
    for v_name in select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = 'public'::regnamespace and pg_has_role(p.proowner, 'usage')
            and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
    loop
        execute format('revoke all on routine %s from public, hybridhub_ingestd, hybridhub_evald, hybridhub_apid, '
            'hybridhub_tradectl, hybridhub_operator, hybridhub_monitor', v_name);
    end loop;
    -- Only who owns the database may take this away; where somebody else does, it is theirs to decide.
    if (select pg_has_role(d.datdba, 'usage') from pg_database d where d.datname = current_database()) then
        execute format('revoke temporary on database %I from public', current_database());
    end if;
end $$;

grant usage on schema public to hybridhub_ingestd, hybridhub_evald, hybridhub_apid, hybridhub_tradectl,
    hybridhub_operator, hybridhub_monitor;

-- Everybody of ours: the time, the schema's number, the installation's name.
grant select on installation, schema_version to hybridhub_ingestd, hybridhub_evald, hybridhub_apid, hybridhub_tradectl,
    hybridhub_operator, hybridhub_monitor;
grant execute on function clock_now(), clock_read(), trading_date(timestamptz), session_uid() to hybridhub_ingestd,
    hybridhub_evald, hybridhub_apid, hybridhub_tradectl, hybridhub_operator, hybridhub_monitor;

-- ingestd: prices in, documents read.
grant select on user_trading_config, trading_config_templates, config_versions, market_data_snapshots to hybridhub_ingestd;
grant insert on market_data_snapshots to hybridhub_ingestd;
grant select, insert, update on market_data_latest, market_calendar, broker_clock, ingest_inputs to hybridhub_ingestd;
grant select, insert on market_bars to hybridhub_ingestd;
grant usage on sequence market_data_snapshots_id_seq to hybridhub_ingestd;
grant execute on function book_configs(text[]), market_data_partitions(), market_data_store(uuid, jsonb),
    market_calendar_store(jsonb), broker_clock_store(boolean, timestamptz, timestamptz, timestamptz), ingest_fetched(jsonb)
    to hybridhub_ingestd;

-- evald: reads everything that a rule may look at; asks, expires and supersedes through functions only.
grant select on users, questions, trade_proposals, user_pipeline_state, rule_instances, eval_progress,
    market_data_snapshots, market_data_latest, market_bars, market_calendar, broker_clock, ingest_inputs,
    trading_config_templates, user_trading_config, config_versions, hard_limits, trading_halts, broker_account,
    trade_orders, trade_order_events, positions, user_trading_state to hybridhub_evald;
grant execute on function book_configs(text[]), config_merge(jsonb, jsonb), config_in_force(text, jsonb),
    guardrail_number(jsonb, text, numeric), guardrail_list(jsonb, text), guardrails_in_force(text, jsonb, text),
    guardrails_merge(text, text, text, jsonb, jsonb, jsonb),
    halt_level(text, text), market_latest(text[]), market_days(date, date), instance_states(jsonb, text), holding(text, text, text),
    instance_awaiting(uuid, timestamptz), follow_up_owed(uuid, timestamptz), eval_commit(jsonb), question_expire(),
    question_supersede(uuid[]), open_trading_questions(), follow_ups_due(), reask_owed(uuid, timestamptz), reasks_due(),
    owed_end(uuid[]), proposal_json(uuid), notices_due(),
    average_cost(numeric, numeric), average_cost_step(numeric[], numeric, numeric)
    to hybridhub_evald;

-- apid: the rows of one person at a time; answers and acks through functions, the own document directly.
grant select, insert on users to hybridhub_apid;
grant select on questions, trade_proposals, user_pipeline_state, rule_instances, eval_progress, market_data_snapshots,
    market_data_latest, market_bars, market_calendar, broker_clock, ingest_inputs, trading_config_templates,
    user_trading_config, config_versions, hard_limits, trading_halts, trade_order_events, trade_order_moves, trade_fills,
    positions, user_trading_state to hybridhub_apid;
grant select (account, http_timeout_ms, approval_ttl_seconds, quarantine_until, reconciled_at, served_at) on broker_account
    to hybridhub_apid;
grant insert (firebase_uid, config, enabled, updated_at), update (config, enabled, updated_at) on user_trading_config
    to hybridhub_apid;
grant select (id, firebase_uid, client_order_id, alpaca_order_id, symbol, asset_class, side, order_type, notional_usd, qty,
    limit_price, time_in_force, extended_hours, price_asked, status, broker_status, reason, mode, broker_account, question_id,
    rule_id, filled_qty, filled_avg_price, trade_day, reserved_at, reserved_usd, approved_at, claim_after,
    approval_expires_at, created_at, submitted_at, filled_at, moved_at, cancel_requested_at, cancel_requested_by, cancel_status)
    on trade_orders to hybridhub_apid;
grant execute on function user_seen(), question_answer(uuid, numeric, text), question_ack(uuid), rule_resume(text),
    config_put(jsonb, boolean, integer), config_own(), book_configs(text[]), config_merge(jsonb, jsonb),
    config_in_force(text, jsonb), guardrail_number(jsonb, text, numeric), guardrail_list(jsonb, text),
    guardrails_in_force(text, jsonb, text),
    guardrails_merge(text, text, text, jsonb, jsonb, jsonb), halt_level(text, text), market_latest(text[]), market_days(date, date),
    rung_owners(uuid[]), undelivered_owners(), average_cost(numeric, numeric),
    average_cost_step(numeric[], numeric, numeric) to hybridhub_apid;
grant execute on function order_cancel(uuid), self_halt(text, text), trading_status() to hybridhub_apid;

-- tradectl: sees orders, moves them through functions only.
grant select on questions, trade_proposals, trade_orders, trade_order_events, trade_order_moves, trade_fills, orphan_orders,
    positions, broker_account, hard_limits, trading_halts, trading_halt_events, trading_config_templates,
    user_trading_config, market_data_latest, market_calendar, broker_clock to hybridhub_tradectl;
grant execute on function order_claim(text, text, timestamptz, uuid), order_begin_send(uuid, bigint, text), order_not_sent(uuid, bigint, text),
    order_accept(uuid, jsonb), order_block(uuid, bigint, text, jsonb), order_refuse(uuid, bigint, integer, text, jsonb), order_unknown(uuid, bigint, text, jsonb),
    order_quarantine(uuid, text, jsonb), account_halt(text, text, text), order_take_open(text, text),
    trading_gauges(text), order_missing(uuid, bigint, jsonb), order_retry_check(uuid, bigint, text), order_poll_due(text, integer),
    order_follow(uuid, jsonb), order_expire(text), order_open(text), broker_serve(text, text, text, text), broker_reconciled(text, jsonb), broker_compared(text),
    broker_rewound(text, bigint), orders_match(text, jsonb), orphan_note(text, jsonb), order_symbols(text),
    trips_owed(text), ledger_compare(text, jsonb), order_unserved(text),
    average_cost(numeric, numeric), average_cost_step(numeric[], numeric, numeric) to hybridhub_tradectl;
grant execute on function test_orders(text, text) to hybridhub_tradectl;
grant execute on function order_cancel_due(text, integer), order_cancel_answered(uuid, integer, jsonb), order_cancel_pending(text),
    order_fill(text, jsonb), order_poll_soon(text), fills_shown(text, jsonb) to hybridhub_tradectl;

-- What halts by itself, and what is suspect: tradectl writes by functions, the operator looks.
grant select on trips, ledger_suspects to hybridhub_tradectl, hybridhub_operator;

-- The operator looks at everything that is nobody's secret; what it does, it does by functions that write down who and why.
grant select on users, questions, trade_proposals, user_pipeline_state, rule_instances, eval_progress,
    market_data_snapshots, market_data_latest, market_bars, market_calendar, broker_clock, ingest_inputs,
    trading_config_templates, user_trading_config, config_versions, hard_limits, trading_halts, trading_halt_events,
    broker_account, trade_orders, trade_order_events, trade_order_moves, trade_fills, orphan_orders, positions,
    user_trading_state, schema_steps, operator_actions, venue_checks to hybridhub_operator;
grant execute on function config_merge(jsonb, jsonb), config_in_force(text, jsonb), guardrail_number(jsonb, text, numeric),
    guardrail_list(jsonb, text), guardrails_in_force(text, jsonb, text),
    guardrails_merge(text, text, text, jsonb, jsonb, jsonb), halt_level(text, text),
    average_cost(numeric, numeric), average_cost_step(numeric[], numeric, numeric), operator_status(),
    operator_orders(text, text, integer), operator_order_find(text), operator_explain(text),
    operator_halt(text, text, text, text, text, text), operator_halts_over(text, text), operator_reconcile(text, text, text),
    operator_reconciled(text), operator_resolve(text, text, text, text), operator_acknowledge(text, text, text, text),
    operator_venue_check(text, text, text, text, boolean, text, jsonb), operator_venue_again(text) to hybridhub_operator;

-- Graphs: no person's rows.
grant select on eval_progress, broker_account, trading_halts, broker_clock to hybridhub_monitor;

-- Row-level security. apid: the person of its transaction; without one, nothing. The others see what they were granted.
do $$
declare
    v_table text;
    v_own constant text := 'firebase_uid = session_uid()';
begin
    foreach v_table in array array['users', 'questions', 'trade_proposals', 'user_pipeline_state', 'rule_instances',
        'ingest_inputs', 'user_trading_config', 'config_versions', 'hard_limits', 'trading_halts', 'trade_orders',
        'trade_order_events', 'trade_fills']
    loop
        execute format('alter table public.%I enable row level security', v_table);
        execute format('create policy daemons on public.%I to hybridhub_ingestd, hybridhub_evald, hybridhub_tradectl, '
            'hybridhub_operator using (true) with check (true)', v_table);
    end loop;
    foreach v_table in array array['users', 'questions', 'trade_proposals', 'user_pipeline_state', 'rule_instances',
        'ingest_inputs', 'user_trading_config', 'trade_orders']
    loop
        execute format('create policy own on public.%I to hybridhub_apid using (%s) with check (%s)', v_table, v_own, v_own);
    end loop;
end $$;

create policy own on config_versions for select to hybridhub_apid
    using (firebase_uid = session_uid() or template is not null);
create policy own on hard_limits for select to hybridhub_apid
    using (firebase_uid is null or firebase_uid = session_uid());
create policy own on trading_halts for select to hybridhub_apid
    using (scope in ('global', 'account') or key = session_uid());
create policy graphs on trading_halts for select to hybridhub_monitor using (scope in ('global', 'account'));
create policy own on trade_order_events for select to hybridhub_apid
    using (exists (select from trade_orders o where o.id = order_id and o.firebase_uid = session_uid()));
create policy own on trade_fills for select to hybridhub_apid
    using (exists (select from trade_orders o where o.id = order_id and o.firebase_uid = session_uid()));
