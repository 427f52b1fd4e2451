-- guardrails_merge(uid, account, mode, merged, template's guardrails, own guardrails): what guardrails_in_force says, of a
-- configuration that was read already (config_in_force): the one place that merges them. Called by guardrails_in_force, and
-- by order_judge with the order's frozen account. SECURITY INVOKER; locks nothing. Nonsense closes, never opens.
create or replace function guardrails_merge(p_uid text, p_account text, p_mode text, p_merged jsonb, p_t jsonb, p_u jsonb)
    returns jsonb
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_hard record;
    v_unattended boolean;
    v_4h numeric;
    v_numbers jsonb;
    v_blocked text[] := '{}';
    v_allowed text[];
    v_lists_broken boolean;
begin
    select min(h.max_notional_usd_per_order) as per_order,
        min(h.max_orders_per_day) filter (where h.scope = 'user') as user_orders,
        min(h.max_notional_usd_per_4h) filter (where h.scope = 'user') as user_4h,
        min(h.max_orders_per_day) filter (where h.scope <> 'user') as account_orders,
        min(h.max_notional_usd_per_4h) filter (where h.scope <> 'user') as account_4h,
        coalesce(bool_or(h.live_allowed) filter (where h.scope = 'global'), false)
            and coalesce(bool_or(h.live_allowed) filter (where h.scope = 'user'), false) as live,
        coalesce(bool_or(h.unattended_allowed) filter (where h.scope = 'global'), false)
            and coalesce(bool_or(h.unattended_allowed) filter (where h.scope = 'user'), false) as unattended
    into v_hard
    from hard_limits h
    where (h.broker_account is null or h.broker_account = p_account)
        and (h.firebase_uid is null or h.firebase_uid = p_uid);

    v_4h := coalesce(least(guardrail_number(p_t, 'max_notional_usd_per_4h', 0),
        guardrail_number(p_u, 'max_notional_usd_per_4h', 0)), 100);

    -- The safer boolean: a question is not needed only where somebody says so and nobody says otherwise.
    v_unattended := v_hard.unattended and p_mode = 'paper'
        and (p_t->'require_question_before_order' = 'false' or p_u->'require_question_before_order' = 'false') is true
        and coalesce(p_t->'require_question_before_order', 'false') = 'false'
        and coalesce(p_u->'require_question_before_order', 'false') = 'false';

    v_lists_broken := coalesce(jsonb_typeof(p_t) <> 'object', false) or coalesce(jsonb_typeof(p_u) <> 'object', false)
        or coalesce(jsonb_typeof(p_t->'symbols_blocklist') <> 'array', false)
        or coalesce(jsonb_typeof(p_u->'symbols_blocklist') <> 'array', false)
        or coalesce(jsonb_typeof(p_t->'symbols_allowlist') <> 'array', false)
        or coalesce(jsonb_typeof(p_u->'symbols_allowlist') <> 'array', false);
    if p_t ? 'symbols_blocklist' or p_u ? 'symbols_blocklist' then
        v_blocked := array(select distinct s from unnest(guardrail_list(p_t, 'symbols_blocklist')
            || guardrail_list(p_u, 'symbols_blocklist')) s order by 1);
    end if;
    if v_lists_broken then
        v_allowed := '{}';
    elsif p_t ? 'symbols_allowlist' or p_u ? 'symbols_allowlist' then
        v_allowed := array(select s from unnest(coalesce(guardrail_list(p_u, 'symbols_allowlist'),
                guardrail_list(p_t, 'symbols_allowlist'))) s
            where s = any (coalesce(guardrail_list(p_t, 'symbols_allowlist'), guardrail_list(p_u, 'symbols_allowlist'))));
    else
        v_allowed := array(select distinct s #>> '{}'
            from jsonb_array_elements(case jsonb_typeof(p_merged->'data_inputs') when 'array'
                    then p_merged->'data_inputs' else '[]' end) i,
                jsonb_array_elements(case jsonb_typeof(i->'symbols') when 'array' then i->'symbols' else '[]' end) s
            where jsonb_typeof(s) = 'string' order by 1);
    end if;

    -- The stricter of the two sides, else the default; then the operator's. Counts are whole, and fit where they are counted:
    -- one person's 1e30 must not break the claims of all.
    select jsonb_object_agg(k.name, least(case when k.whole then greatest(least(floor(in_force.value), 1000000000), 0)
        else in_force.value end, k.hard)) into v_numbers
    from (values
        ('max_orders_per_day', 3, 0, true, least(v_hard.user_orders, v_hard.account_orders)),
        ('max_notional_usd_per_4h', v_4h, 0, false, least(v_hard.user_4h, v_hard.account_4h)),
        ('max_notional_usd_per_order', v_4h, 0, false, v_hard.per_order),
        ('max_open_orders', 5, 0, true, null),
        ('max_open_questions', 5, 0, true, null),
        ('max_questions_per_day', 20, 0, true, null),
        ('max_position_notional_usd', null, 0, false, null),
        ('max_spread_pct', 1.0, 0, false, null),
        ('min_price_usd', 1.00, 1000000000, false, null),
        ('max_consecutive_rejects', 3, 0, true, null)) k (name, by_default, worst, whole, hard)
    cross join lateral (select guardrail_number(p_t, k.name, k.worst) as t, guardrail_number(p_u, k.name, k.worst) as u
        offset 0) side
    cross join lateral (select coalesce(case when k.worst = 0 then least(side.t, side.u) else greatest(side.t, side.u) end,
        k.by_default) as value offset 0) in_force;

    return v_numbers || jsonb_build_object(
        'require_question_before_order', not v_unattended,
        'symbols_blocklist', to_jsonb(v_blocked),
        'symbols_allowlist', to_jsonb(v_allowed),
        'allow_extended_hours', (p_t->'allow_extended_hours' = 'true' or p_u->'allow_extended_hours' = 'true') is true
            and coalesce(p_t->'allow_extended_hours', 'true') = 'true'
            and coalesce(p_u->'allow_extended_hours', 'true') = 'true',
        'hard', jsonb_strip_nulls(jsonb_build_object(
            'max_notional_usd_per_order', v_hard.per_order,
            'max_orders_per_day', least(v_hard.user_orders, v_hard.account_orders),
            'max_notional_usd_per_4h', least(v_hard.user_4h, v_hard.account_4h),
            'account', jsonb_build_object('name', p_account, 'max_orders_per_day', v_hard.account_orders,
                'max_notional_usd_per_4h', v_hard.account_4h),
            'live_allowed', v_hard.live,
            'unattended_allowed', v_hard.unattended)));
end $$;
