-- eval_ask(ask, max_queued, now): asks one question, or says why not. Called by eval_commit alone, which holds the locks.
create or replace function eval_ask(p_ask jsonb, p_max_queued integer, p_now timestamptz) returns text
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_id uuid := (p_ask->>'id')::uuid;
    v_uid text := p_ask->>'firebase_uid';
    v_kind text := p_ask->>'kind';
    v_rule text := p_ask->>'rule_id';
    v_symbol text := p_ask->>'symbol';
    v_as_of timestamptz := (p_ask->>'as_of')::timestamptz;
    v_created timestamptz := coalesce((p_ask->>'created_at')::timestamptz, p_now);
    v_attempt integer := (p_ask->>'attempt')::integer;
    v_chain uuid := (p_ask->>'chain_id')::uuid;
    v_proposal jsonb := case when jsonb_typeof(p_ask->'proposal') = 'object' then p_ask->'proposal' end;
    v_tunables jsonb := v_proposal->'tunables';
    v_ranges boolean := v_proposal is not null; -- else any answer closes it
    v_instance rule_instances;
    v_guardrails jsonb;
begin
    if v_id is null or v_uid is null or v_kind not in ('proposal', 'follow_up', 'reask', 'notice') or v_kind is null then
        raise exception 'id, firebase_uid and a kind are needed' using errcode = '22023';
    end if;
    if length(v_rule) > 200 or length(v_symbol) > 200 or not isfinite(v_as_of) then
        raise exception 'rule_id or symbol too long, or as_of is no time' using errcode = '22023';
    end if;
    if exists (select from questions q where q.id = v_id) then
        return 'exists';
    end if;
    if not exists (select from users u where u.firebase_uid = v_uid) then
        return 'DISABLED';
    end if;

    if v_kind <> 'notice' then
        if v_rule is null or v_symbol is null or v_as_of is null or v_attempt is null or v_chain is null
            or (v_kind <> 'proposal' and v_proposal is null) or (v_kind = 'proposal' and (v_attempt <> 1 or v_chain <> v_id)) then
            raise exception 'a % needs rule_id, symbol, as_of, chain_id, attempt and what it proposes', v_kind
                using errcode = '22023';
        end if;
        -- Budgets are counted by the day of created_at: nobody asks in yesterday's name, or for ever.
        if v_created not between p_now - interval '1 hour' and p_now + interval '1 minute'
            or (p_ask->>'expires_at')::timestamptz > v_created + interval '1 day' then
            raise exception 'created_at is not now, or expires_at is days away' using errcode = '22023';
        end if;
        select * into v_instance from rule_instances i
        where i.firebase_uid = v_uid and i.rule_id = v_rule and i.symbol = v_symbol;

        -- Judged by a document that is not in force any more: the new one is judged next.
        if v_kind in ('proposal', 'reask') and (exists (select from config_versions v where v.firebase_uid = v_uid
                and v.version > (p_ask->>'config_version')::integer)
            or exists (select from config_versions v join user_trading_config c on c.template_name = v.template
                where c.firebase_uid = v_uid and v.version > (p_ask->>'template_version')::integer)) then
            return 'changed';
        end if;
        if v_kind = 'proposal' then
            if instance_awaiting(v_instance.question_id, p_now) then
                return 'AWAITING';
            end if;
            if v_as_of <= v_instance.last_as_of then
                return 'COOLDOWN';
            end if;
            if v_created < v_instance.last_fired_at
                + make_interval(secs => coalesce((v_tunables->>'cooldown_seconds')::integer, 0)) then
                return 'COOLDOWN';
            end if;
            if (select count(*) from questions q
                where q.firebase_uid = v_uid and q.rule_id = v_rule and q.symbol = v_symbol and q.attempt = 1
                    and q.kind <> 'notice' and q.created_at > v_created - interval '50 hours'
                    and trading_date(q.created_at) = trading_date(v_created))
                >= coalesce((v_tunables->>'max_fires_per_day')::integer, 50) then
                return 'MAX_FIRES';
            end if;
        elsif not exists (select from questions q where q.id = v_instance.question_id and q.chain_id = v_chain
                and q.attempt = v_attempt - 1 and q.status = 'answered'
                and case v_kind when 'reask' then reask_owed(q.id, p_now) else q.decision = 'ambiguous' end) then
            -- Another session has moved the chain on, or nothing is owed any more.
            return 'AWAITING';
        end if;

        v_guardrails := guardrails_in_force(v_uid);
        if (select count(*) from questions q
                where q.firebase_uid = v_uid and q.kind <> 'notice' and q.status in ('queued', 'delivered')
                    and (q.expires_at is null or q.expires_at > p_now))
            >= least(p_max_queued, (v_guardrails->>'max_open_questions')::integer)
            or (select count(*) from questions q
                where q.firebase_uid = v_uid and q.rule_id is not null and q.kind <> 'notice'
                    and q.created_at > v_created - interval '50 hours' and trading_date(q.created_at) = trading_date(v_created))
            >= (v_guardrails->>'max_questions_per_day')::integer then
            return 'QUESTION_BUDGET';
        end if;
        if (p_ask->>'expires_at')::timestamptz is null then
            raise exception 'a % needs expires_at', v_kind using errcode = '22023';
        end if;
    end if;

    insert into questions (id, firebase_uid, kind, question_text, min_value, max_value, correct_answer, source_tag,
        pipeline_key, pipeline_step, broker_account, config_version, template_version, created_at, expires_at, metadata,
        rule_id, symbol, as_of, chain_id, attempt)
    values (v_id, v_uid, v_kind, p_ask->>'question_text', case when v_ranges then -10 else 0 end, 10, 10,
        p_ask->>'source_tag', 'trading', p_ask->>'pipeline_step', p_ask->>'broker_account',
        (p_ask->>'config_version')::integer, (p_ask->>'template_version')::integer, v_created,
        (p_ask->>'expires_at')::timestamptz, coalesce(p_ask->'metadata', '{}'), v_rule, v_symbol, v_as_of,
        case when v_kind <> 'notice' then v_chain end, case when v_kind <> 'notice' then v_attempt end);
    if v_kind = 'notice' then
        return 'asked';
    end if;

    if v_proposal is not null then
        insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type,
            notional_usd, qty, limit_price, time_in_force, extended_hours, price_asked, mode, broker_account,
            config_version, template_version, chain_id, attempt, approve_min, skip_max, on_ambiguous, max_follow_ups,
            max_drift_pct, drift_side, on_drift, max_reasks, undo_seconds, cooldown_seconds, after_skip,
            max_fires_per_day, question_ttl_seconds, close_buffer_seconds, max_staleness_seconds)
        select v_id, v_uid, v_rule, v_symbol, p_ask->>'asset_class', p.side, p.order_type, p.notional_usd, p.qty,
            p.limit_price, p.time_in_force, coalesce(p.extended_hours, false), p.price_asked, p_ask->>'mode',
            p_ask->>'broker_account', (p_ask->>'config_version')::integer, (p_ask->>'template_version')::integer,
            v_chain, v_attempt, t.approve_min, t.skip_max, t.on_ambiguous, t.max_follow_ups, t.max_drift_pct,
            t.drift_side, t.on_drift, t.max_reasks, t.undo_seconds, t.cooldown_seconds, t.after_skip,
            t.max_fires_per_day, t.question_ttl_seconds, t.close_buffer_seconds, t.max_staleness_seconds
        from jsonb_to_record(v_proposal) as p (side text, order_type text, notional_usd numeric, qty numeric,
                limit_price numeric, time_in_force text, extended_hours boolean, price_asked numeric),
            jsonb_to_record(v_tunables) as t (approve_min numeric, skip_max numeric, on_ambiguous text,
                max_follow_ups integer, max_drift_pct numeric, drift_side text, on_drift text, max_reasks integer,
                undo_seconds integer, cooldown_seconds integer, after_skip text, max_fires_per_day integer,
                question_ttl_seconds integer, close_buffer_seconds integer, max_staleness_seconds integer);
        if not found then
            raise exception 'a proposal without its tunables' using errcode = '22023';
        end if;
    end if;

    update rule_instances i set phase = 'await_confirm', question_id = v_id, updated_at = p_now,
        last_fired_at = case when v_kind = 'proposal' then v_created else i.last_fired_at end,
        last_as_of = case when v_kind = 'proposal' then v_as_of else i.last_as_of end
    where i.firebase_uid = v_uid and i.rule_id = v_rule and i.symbol = v_symbol;
    return 'asked';
end $$;
