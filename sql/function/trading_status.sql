-- trading_status(): one row about the person of the session (hybridhub.uid; never an argument): what a yes can do now, and
-- why not more. account: that of the mode in force; in a house that runs on its test account (a tradectl lives there and none
-- on paper) `test` instead of paper. halt_level: in force; own_level: of their own switch; held_*: the
-- strictest that somebody else holds, NULL where nobody does. orders: none, paper, live or test, with the reason where none
-- (DISABLED, HALTED, LIVE_NOT_ALLOWED, NOT_SERVED: no tradectl has lived on that account for 30 s, what tradectl itself says
-- (broker_account.trouble: BROKER_AWAY, KEYS_REFUSED, OTHER_ACCOUNT, RECONCILING, STATE_FOLDER, CLOCK_SKEW, QUARANTINE, DATABASE,
-- TRADING_ENABLED), QUARANTINE, RECONCILING).
-- positions [{symbol, broker_account, qty, avg_entry_price}], guardrails [{name, value, limit}] of what is counted.
-- Called by apid. Locks nothing.
create or replace function trading_status()
    returns table (account text, mode text, halt_level text, own_level text, own_reason text, held_scope text,
        held_level text, held_reason text, orders text, orders_reason text, market_open boolean, market_changes_at timestamptz,
        data_as_of timestamptz, positions jsonb, guardrails jsonb, now timestamptz)
    language plpgsql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_uid text := session_uid();
    v_now timestamptz := clock_now();
    v_config record;
    v_account broker_account;
    v_g jsonb;
    v_counts record;
    v_own record;
    v_held record;
    v_level text;
    v_none text;
    v_asked record;
begin
    if v_uid is null then
        raise exception 'trading_status: no person in this session' using errcode = '28000';
    end if;
    select * into v_config from config_in_force(v_uid);
    select b.* into v_account from broker_account b
    where b.account = any (case v_config.mode when 'live' then array['live'] else array['paper', 'test'] end)
    order by coalesce(b.served_at > clock_timestamp() - interval '30 seconds', false) desc, b.account limit 1;
    v_g := guardrails_in_force(v_uid, null, v_account.account);
    v_level := halt_level(v_uid, v_account.account);
    select * into v_counts from order_counts(v_account.account, v_uid, '00000000-0000-0000-0000-000000000000', v_now);
    select h.level, h.reason into v_own from trading_halts h where h.scope = 'self' and h.key = v_uid;
    select h.scope, h.level, h.reason into v_held from trading_halts h
    where (h.scope, h.key) in (('global', ''), ('account', v_account.account), ('user', v_uid)) and h.level <> 'active'
    order by h.level, array_position(array['global', 'account', 'user'], h.scope) limit 1; -- halted before reducing
    select count(*) filter (where q.status in ('queued', 'delivered') and (q.expires_at is null or q.expires_at > v_now)) as open,
        count(*) filter (where q.rule_id is not null and q.created_at > v_now - interval '50 hours'
            and trading_date(q.created_at) = trading_date(v_now)) as today
    into v_asked from questions q where q.firebase_uid = v_uid and q.kind <> 'notice';

    v_none := case
        when not v_config.switched_on then 'DISABLED'
        when v_level = 'halted' then 'HALTED'
        when v_config.mode = 'live' and not coalesce((v_g->'hard'->>'live_allowed')::boolean, false) then 'LIVE_NOT_ALLOWED'
        when v_account.served_at is null or v_account.served_at < clock_timestamp() - interval '30 seconds' then 'NOT_SERVED'
        when v_account.trouble is not null then v_account.trouble
        when v_account.quarantine_until > v_now then 'QUARANTINE'
        when v_account.reconciled_at is null then 'RECONCILING' end;

    return query select v_account.account, v_config.mode, v_level, coalesce(v_own.level, 'halted'), v_own.reason,
        v_held.scope, v_held.level, v_held.reason,
        case when v_none is null then v_account.account else 'none' end, v_none,
        exists (select from market_calendar c where c.open <= v_now and v_now < c.close),
        (select min(t.at) from market_calendar c cross join lateral (values (c.open), (c.close)) t (at) where t.at > v_now),
        (select max(l.as_of) from market_data_latest l where l.symbol in (select s #>> '{}'
            from jsonb_array_elements(case jsonb_typeof(v_config.merged->'data_inputs') when 'array'
                    then v_config.merged->'data_inputs' else '[]' end) i,
                jsonb_array_elements(case jsonb_typeof(i->'symbols') when 'array' then i->'symbols' else '[]' end) s)),
        coalesce((select jsonb_agg(jsonb_build_object('symbol', p.symbol, 'broker_account', p.broker_account,
                'qty', trim_scale(p.qty)::text, 'avg_entry_price', trim_scale(p.avg_entry_price)::text)
            order by p.broker_account, p.symbol) from positions p where p.firebase_uid = v_uid), '[]'),
        jsonb_build_array(
            jsonb_build_object('name', 'max_orders_per_day', 'value', v_counts.user_orders, 'limit', v_g->'max_orders_per_day'),
            jsonb_build_object('name', 'max_notional_usd_per_4h', 'value', trim_scale(v_counts.user_usd)::text,
                'limit', v_g->>'max_notional_usd_per_4h'),
            jsonb_build_object('name', 'max_notional_usd_per_order', 'value', null, 'limit', v_g->>'max_notional_usd_per_order'),
            jsonb_build_object('name', 'max_open_orders', 'value', v_counts.user_open, 'limit', v_g->'max_open_orders'),
            jsonb_build_object('name', 'max_open_questions', 'value', v_asked.open, 'limit', v_g->'max_open_questions'),
            jsonb_build_object('name', 'max_questions_per_day', 'value', v_asked.today, 'limit', v_g->'max_questions_per_day')),
        v_now;
end $$;
