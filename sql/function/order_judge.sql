-- order_judge(order, halt level, at): every guardrail evaluated for this order now (what is counted, at `at`), as [{name, value, limit, ok}]; all of
-- them, also after one has refused. The first that is not ok gives the reason. Called by order_claim, which holds the locks
-- of the order, the broker account and the halts: without them its sums prove nothing. An order that reduces the
-- person's position is checked only for the ledger (its own, and the account's where that is in doubt), the operator's caps, the market, halts, the mode, the switches and
-- drift. Also returns what the order would reserve.
create or replace function order_judge(p_order trade_orders, p_halt_level text, p_at timestamptz)
    returns table (lines jsonb, reserve_usd numeric)
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz := clock_now();
    v_f record; -- what was asked, what was answered, what is configured now
    v_g jsonb;
    v_hard jsonb;
    v_quote record;
    v_price numeric;
    v_usd numeric;
    v_counts record;
    v_held numeric;
    v_open_usd numeric;
    v_open_qty numeric;
    v_position_usd numeric;
    v_sold numeric;      -- by orders that no question explains
    v_there numeric;     -- at the broker, where that is less than our ledger
    v_may_sell numeric;
    v_close timestamptz;
    v_buy boolean := p_order.side = 'buy';
begin
    select p.max_staleness_seconds, p.max_drift_pct, p.drift_side, q.answered_by, c.switched_on, c.mode, c.merged,
        c.template_guardrails, c.own_guardrails, r.rule
    into strict v_f
    from trade_proposals p
    join questions q on q.id = p.question_id
    cross join config_in_force(p_order.firebase_uid) c
    left join lateral (select rule from jsonb_array_elements(case jsonb_typeof(c.merged->'rules') when 'array'
        then c.merged->'rules' else '[]' end) rule where rule->>'id' = p_order.rule_id limit 1) r on true
    where p.question_id = p_order.question_id;
    v_g := guardrails_merge(p_order.firebase_uid, p_order.broker_account, v_f.mode, v_f.merged, v_f.template_guardrails,
        v_f.own_guardrails);
    v_hard := v_g->'hard';

    select * into v_quote from quote_fresh(p_order.symbol, p_order.asset_class, v_f.max_staleness_seconds, v_now);
    v_price := price_fresh(p_order.symbol, p_order.asset_class, case v_f.rule->>'price_metric' when 'mid_quote' then 'last_quote'
        when 'minute_bar_close' then 'minute_bar' else 'last_trade' end, v_f.max_staleness_seconds, v_now);
    v_usd := order_usd(p_order.notional_usd, p_order.qty, p_order.limit_price, greatest(v_quote.ask, p_order.price_asked));
    select * into v_counts from order_counts(p_order.broker_account, p_order.firebase_uid, p_order.id, p_at);

    if p_order.asset_class = 'us_equity' then
        v_close := market_close_after(p_order.asset_class,
            p_order.extended_hours and (v_g->>'allow_extended_hours')::boolean, v_now);
    end if;
    select coalesce(sum(case o.side when 'buy' then o.filled_qty else -o.filled_qty end), 0),
        coalesce(sum(greatest(o.reserved_usd - o.filled_qty * coalesce(o.filled_avg_price, 0), 0)) filter (where o.side = 'buy'
            and o.id <> p_order.id and o.status in ('reserved', 'submitting', 'unknown', 'unresolved', 'accepted',
                'partially_filled', 'quarantined')), 0),
        -- What other open sells may still take; of one in dollars, at the lower price.
        coalesce(sum(greatest(coalesce(o.qty, o.notional_usd / least(o.price_asked, v_price)) - o.filled_qty, 0))
            filter (where o.side = 'sell' and o.id <> p_order.id and o.status in ('reserved', 'submitting', 'unknown',
                'unresolved', 'accepted', 'partially_filled', 'quarantined')), 0)
    into v_held, v_open_usd, v_open_qty
    from trade_orders o
    where o.firebase_uid = p_order.firebase_uid and o.broker_account = p_order.broker_account and o.symbol = p_order.symbol;
    v_position_usd := v_held * coalesce(v_price, p_order.price_asked) + v_open_usd + v_usd;

    if not v_buy then
        -- What nobody's ledger knows (a restore forgot the sale, somebody sold at the broker): then the account as a whole
        -- must still hold it, or the broker would sell short.
        select coalesce(sum(case when x.side = 'buy' then -n.filled when x.raw->>'status' in ('filled', 'canceled', 'expired',
                'rejected') then n.filled else greatest(n.filled, n.qty) end), 0) into v_sold
        from orphan_orders x cross join lateral (select coalesce((x.raw->>'filled_qty')::numeric, 0) as filled,
            coalesce((x.raw->>'qty')::numeric, (x.raw->>'notional')::numeric / least(p_order.price_asked, v_price)) as qty) n
        where x.broker_account = p_order.broker_account and replace(x.symbol, '/', '') = replace(p_order.symbol, '/', '')
            and x.adopted_at is null;
        select s.broker_qty into v_there from ledger_suspects s
        where s.broker_account = p_order.broker_account and s.symbol = p_order.symbol
            and s.seen_at >= s.first_seen_at + interval '10 seconds';
        v_may_sell := v_held - v_open_qty;
        if v_sold > 0 or v_there is not null then
            select least(v_may_sell, least(sum(case o.side when 'buy' then o.filled_qty else -o.filled_qty end) - v_sold, v_there)
                - coalesce(sum(greatest(coalesce(o.qty, o.notional_usd / least(o.price_asked, v_price)) - o.filled_qty, 0))
                    filter (where o.side = 'sell' and o.id <> p_order.id and o.status in ('reserved', 'submitting', 'unknown',
                        'unresolved', 'accepted', 'partially_filled', 'quarantined')), 0))
            into v_may_sell
            from trade_orders o where o.broker_account = p_order.broker_account and o.symbol = p_order.symbol;
        end if;
    end if;

    -- Every guardrail in the order in which it speaks. What does not apply to this order has no line.
    select jsonb_agg(jsonb_build_object('name', g.name, 'value', g.value, 'limit', g.bound, 'ok', coalesce(g.ok, false))
        || case when coalesce(g.ok, false) then '{}' else jsonb_build_object('reason', coalesce(g.reason, upper(g.name))) end
        || case when g.note is null then '{}' else jsonb_build_object('note', g.note) end)
    into lines
    from (values
        (true, 'halt_level', to_jsonb(p_halt_level), to_jsonb(case when v_buy then 'active' else 'reducing' end),
            p_halt_level = 'active' or (p_halt_level = 'reducing' and not v_buy), 'HALTED', null),
        (true, 'mode', to_jsonb(p_order.mode), to_jsonb(v_f.mode), p_order.mode = v_f.mode, 'LIVE_NOT_ALLOWED', null),
        (p_order.mode = 'live', 'live_allowed', v_hard->'live_allowed', 'true', v_hard->'live_allowed' = 'true',
            'LIVE_NOT_ALLOWED', null),
        (true, 'enabled', to_jsonb(v_f.switched_on), 'true', v_f.switched_on, 'DISABLED', null),
        (true, 'rule_enabled', to_jsonb(p_order.rule_id), to_jsonb(p_order.symbol), v_f.rule is not null
            and coalesce(nullif(v_f.rule->'enabled', 'null'), 'true') = 'true'
            and (v_f.rule->>'symbol' = p_order.symbol or coalesce(v_f.rule->'symbols' @> to_jsonb(p_order.symbol), false)),
            'DISABLED', null),
        (p_order.asset_class = 'us_equity', 'market_open', to_jsonb(v_close is not null), 'true', v_close is not null,
            'MARKET_CLOSED', null),
        (true, 'hard.max_notional_usd_per_order', to_jsonb(v_usd::text), to_jsonb(v_hard->>'max_notional_usd_per_order'),
            v_usd <= coalesce((v_hard->>'max_notional_usd_per_order')::numeric, 'Infinity'), 'MAX_NOTIONAL_USD_PER_ORDER', null),
        (true, 'hard.max_orders_per_day', to_jsonb(v_counts.user_orders), v_hard->'max_orders_per_day',
            v_counts.user_orders < coalesce((v_hard->>'max_orders_per_day')::bigint, 9223372036854775807),
            'MAX_ORDERS_PER_DAY', null),
        (true, 'hard.max_notional_usd_per_4h', to_jsonb((v_counts.user_usd + v_usd)::text),
            to_jsonb(v_hard->>'max_notional_usd_per_4h'),
            v_counts.user_usd + v_usd <= coalesce((v_hard->>'max_notional_usd_per_4h')::numeric, 'Infinity'),
            'MAX_NOTIONAL_USD_PER_4H', null),
        (true, 'account.max_orders_per_day', to_jsonb(v_counts.account_orders), v_hard->'account'->'max_orders_per_day',
            v_counts.account_orders < coalesce((v_hard->'account'->>'max_orders_per_day')::bigint, 9223372036854775807),
            'MAX_ORDERS_PER_DAY', null),
        (true, 'account.max_notional_usd_per_4h', to_jsonb((v_counts.account_usd + v_usd)::text),
            to_jsonb(v_hard->'account'->>'max_notional_usd_per_4h'),
            v_counts.account_usd + v_usd <= coalesce((v_hard->'account'->>'max_notional_usd_per_4h')::numeric, 'Infinity'),
            'MAX_NOTIONAL_USD_PER_4H', null),
        (v_buy, 'symbols_blocklist', to_jsonb(p_order.symbol), to_jsonb(v_g->>'symbols_blocklist'),
            not v_g->'symbols_blocklist' @> to_jsonb(p_order.symbol), null, null),
        (v_buy, 'symbols_allowlist', to_jsonb(p_order.symbol), to_jsonb(v_g->>'symbols_allowlist'),
            v_g->'symbols_allowlist' @> to_jsonb(p_order.symbol), null, null),
        (v_buy, 'require_question_before_order', to_jsonb(coalesce(v_f.answered_by, 'nobody')),
            to_jsonb(case when (v_g->>'require_question_before_order')::boolean then 'person' else 'policy' end),
            v_f.answered_by = 'person' or (v_f.answered_by = 'policy' and not (v_g->>'require_question_before_order')::boolean),
            null, null),
        (v_buy and p_order.extended_hours, 'allow_extended_hours', v_g->'allow_extended_hours', 'true',
            (v_g->>'allow_extended_hours')::boolean, null, null),
        (v_buy, 'max_orders_per_day', to_jsonb(v_counts.user_orders), v_g->'max_orders_per_day',
            v_counts.user_orders < (v_g->>'max_orders_per_day')::bigint, null, null),
        (v_buy, 'max_notional_usd_per_4h', to_jsonb((v_counts.user_usd + v_usd)::text), to_jsonb(v_g->>'max_notional_usd_per_4h'),
            v_counts.user_usd + v_usd <= (v_g->>'max_notional_usd_per_4h')::numeric, null, null),
        (v_buy, 'max_notional_usd_per_order', to_jsonb(v_usd::text), to_jsonb(v_g->>'max_notional_usd_per_order'),
            v_usd <= (v_g->>'max_notional_usd_per_order')::numeric, null, null),
        (v_buy, 'max_open_orders', to_jsonb(v_counts.user_open), v_g->'max_open_orders',
            v_counts.user_open < (v_g->>'max_open_orders')::bigint, null, null),
        (v_buy and v_g->>'max_position_notional_usd' is not null, 'max_position_notional_usd', to_jsonb(v_position_usd::text),
            to_jsonb(v_g->>'max_position_notional_usd'), v_position_usd <= (v_g->>'max_position_notional_usd')::numeric,
            null, null),
        (v_buy, 'max_spread_pct', to_jsonb(round((v_quote.ask - v_quote.bid) * 200 / (v_quote.ask + v_quote.bid), 4)::text),
            to_jsonb(v_g->>'max_spread_pct'), v_quote.bid is null
                or (v_quote.ask - v_quote.bid) * 200 <= (v_g->>'max_spread_pct')::numeric * (v_quote.ask + v_quote.bid),
            null, case when v_quote.bid is null then 'not checked: no fresh quote' end),
        (v_buy, 'min_price_usd', to_jsonb(v_price::text), to_jsonb(v_g->>'min_price_usd'),
            v_price is null or v_price >= (v_g->>'min_price_usd')::numeric,
            null, case when v_price is null then 'not checked: no fresh price' end),
        -- No code of the catalogue says it better: what the ledger still holds is too small.
        (not v_buy, 'position_qty', to_jsonb(coalesce(p_order.qty, round(p_order.notional_usd / v_price, 9))::text),
            to_jsonb(v_may_sell::text), coalesce(p_order.qty <= v_may_sell, p_order.notional_usd <= v_may_sell * v_price),
            'SIZE_TOO_SMALL', null),
        (true, 'max_drift_pct', to_jsonb(round(abs(v_price - p_order.price_asked) * 100 / p_order.price_asked, 6)::text),
            to_jsonb(v_f.max_drift_pct::text), v_price is not null
                and not price_drifted(p_order.price_asked, v_price, p_order.side, v_f.drift_side, v_f.max_drift_pct),
            'DRIFT', case when v_price is null then 'no fresh price' end)
    ) g (applies, name, value, bound, ok, reason, note)
    where g.applies;
    reserve_usd := v_usd;
    return next;
end $$;
