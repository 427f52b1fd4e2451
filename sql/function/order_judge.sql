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
    v_p trade_proposals;
    v_config record;
    v_rule jsonb;
    v_g jsonb;
    v_hard jsonb;
    v_quote record;
    v_price numeric;
    v_usd numeric;
    v_counts record;
    v_held numeric;
    v_open_usd numeric;
    v_open_qty numeric;
    v_sold numeric;      -- by orders that no question explains
    v_there numeric;     -- at the broker, where that is less than our ledger
    v_may_sell numeric;
    v_close timestamptz;
    v_buy boolean := p_order.side = 'buy';
    v_answered_by text;
    v jsonb := '[]';
begin
    select * into strict v_p from trade_proposals p where p.question_id = p_order.question_id;
    select q.answered_by into strict v_answered_by from questions q where q.id = p_order.question_id;
    select * into v_config from config_in_force(p_order.firebase_uid);
    v_g := guardrails_merge(p_order.firebase_uid, p_order.broker_account, v_config.mode, v_config.merged,
        v_config.template_guardrails, v_config.own_guardrails);
    v_hard := v_g->'hard';
    select r into v_rule from jsonb_array_elements(case jsonb_typeof(v_config.merged->'rules') when 'array'
        then v_config.merged->'rules' else '[]' end) r where r->>'id' = p_order.rule_id limit 1;

    select * into v_quote from quote_fresh(p_order.symbol, p_order.asset_class, v_p.max_staleness_seconds, v_now);
    v_price := price_fresh(p_order.symbol, p_order.asset_class, case v_rule->>'price_metric' when 'mid_quote' then 'last_quote'
        when 'minute_bar_close' then 'minute_bar' else 'last_trade' end, v_p.max_staleness_seconds, v_now);
    v_usd := order_usd(p_order.notional_usd, p_order.qty, p_order.limit_price, greatest(v_quote.ask, p_order.price_asked));
    select * into v_counts from order_counts(p_order.broker_account, p_order.firebase_uid, p_order.id, p_at);

    v := v || guardrail_line('halt_level', p_halt_level, case when v_buy then 'active' else 'reducing' end,
        p_halt_level = 'active' or (p_halt_level = 'reducing' and not v_buy), 'HALTED');
    v := v || guardrail_line('mode', p_order.mode, v_config.mode, p_order.mode = v_config.mode, 'LIVE_NOT_ALLOWED');
    if p_order.mode = 'live' then
        v := v || guardrail_line('live_allowed', (v_hard->>'live_allowed')::boolean, true,
            (v_hard->>'live_allowed')::boolean, 'LIVE_NOT_ALLOWED');
    end if;
    v := v || guardrail_line('enabled', v_config.switched_on, true, v_config.switched_on, 'DISABLED');
    v := v || guardrail_line('rule_enabled', p_order.rule_id, p_order.symbol, v_rule is not null
        and coalesce(nullif(v_rule->'enabled', 'null'), 'true') = 'true'
        and (v_rule->>'symbol' = p_order.symbol or coalesce(v_rule->'symbols' @> to_jsonb(p_order.symbol), false)), 'DISABLED');

    if p_order.asset_class = 'us_equity' then
        v_close := market_close_after(p_order.asset_class,
            p_order.extended_hours and (v_g->>'allow_extended_hours')::boolean, v_now);
        v := v || guardrail_line('market_open', v_close is not null, true, v_close is not null, 'MARKET_CLOSED');
    end if;

    v := v || guardrail_line('hard.max_notional_usd_per_order', v_usd, (v_hard->>'max_notional_usd_per_order')::numeric,
        v_usd <= coalesce((v_hard->>'max_notional_usd_per_order')::numeric, 'Infinity'), 'MAX_NOTIONAL_USD_PER_ORDER');
    v := v || guardrail_line('hard.max_orders_per_day', v_counts.user_orders, (v_hard->>'max_orders_per_day')::bigint,
        v_counts.user_orders < coalesce((v_hard->>'max_orders_per_day')::bigint, 9223372036854775807), 'MAX_ORDERS_PER_DAY');
    v := v || guardrail_line('hard.max_notional_usd_per_4h', v_counts.user_usd + v_usd,
        (v_hard->>'max_notional_usd_per_4h')::numeric,
        v_counts.user_usd + v_usd <= coalesce((v_hard->>'max_notional_usd_per_4h')::numeric, 'Infinity'),
        'MAX_NOTIONAL_USD_PER_4H');
    v := v || guardrail_line('account.max_orders_per_day', v_counts.account_orders,
        (v_hard->'account'->>'max_orders_per_day')::bigint, v_counts.account_orders
            < coalesce((v_hard->'account'->>'max_orders_per_day')::bigint, 9223372036854775807), 'MAX_ORDERS_PER_DAY');
    v := v || guardrail_line('account.max_notional_usd_per_4h', v_counts.account_usd + v_usd,
        (v_hard->'account'->>'max_notional_usd_per_4h')::numeric, v_counts.account_usd + v_usd
            <= coalesce((v_hard->'account'->>'max_notional_usd_per_4h')::numeric, 'Infinity'), 'MAX_NOTIONAL_USD_PER_4H');

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

    if v_buy then
        v := v || guardrail_line('symbols_blocklist', p_order.symbol, v_g->>'symbols_blocklist',
            not v_g->'symbols_blocklist' @> to_jsonb(p_order.symbol));
        v := v || guardrail_line('symbols_allowlist', p_order.symbol, v_g->>'symbols_allowlist',
            v_g->'symbols_allowlist' @> to_jsonb(p_order.symbol));
        v := v || guardrail_line('require_question_before_order', coalesce(v_answered_by, 'nobody'),
            case when (v_g->>'require_question_before_order')::boolean then 'person' else 'policy' end,
            v_answered_by = 'person' or (v_answered_by = 'policy' and not (v_g->>'require_question_before_order')::boolean));
        if p_order.extended_hours then
            v := v || guardrail_line('allow_extended_hours', (v_g->>'allow_extended_hours')::boolean, true,
                (v_g->>'allow_extended_hours')::boolean);
        end if;
        v := v || guardrail_line('max_orders_per_day', v_counts.user_orders, (v_g->>'max_orders_per_day')::bigint,
            v_counts.user_orders < (v_g->>'max_orders_per_day')::bigint);
        v := v || guardrail_line('max_notional_usd_per_4h', v_counts.user_usd + v_usd,
            (v_g->>'max_notional_usd_per_4h')::numeric, v_counts.user_usd + v_usd <= (v_g->>'max_notional_usd_per_4h')::numeric);
        v := v || guardrail_line('max_notional_usd_per_order', v_usd, (v_g->>'max_notional_usd_per_order')::numeric,
            v_usd <= (v_g->>'max_notional_usd_per_order')::numeric);
        v := v || guardrail_line('max_open_orders', v_counts.user_open, (v_g->>'max_open_orders')::bigint,
            v_counts.user_open < (v_g->>'max_open_orders')::bigint);
        if v_g->>'max_position_notional_usd' is not null then
            v := v || guardrail_line('max_position_notional_usd',
                v_held * coalesce(v_price, p_order.price_asked) + v_open_usd + v_usd,
                (v_g->>'max_position_notional_usd')::numeric, v_held * coalesce(v_price, p_order.price_asked) + v_open_usd
                    + v_usd <= (v_g->>'max_position_notional_usd')::numeric);
        end if;
        v := v || guardrail_line('max_spread_pct',
            round((v_quote.ask - v_quote.bid) * 200 / (v_quote.ask + v_quote.bid), 4), (v_g->>'max_spread_pct')::numeric,
            v_quote.bid is null
                or (v_quote.ask - v_quote.bid) * 200 <= (v_g->>'max_spread_pct')::numeric * (v_quote.ask + v_quote.bid),
            null, case when v_quote.bid is null then 'not checked: no fresh quote' end);
        v := v || guardrail_line('min_price_usd', v_price, (v_g->>'min_price_usd')::numeric,
            v_price is null or v_price >= (v_g->>'min_price_usd')::numeric,
            null, case when v_price is null then 'not checked: no fresh price' end);
    else
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
        -- No code of the catalogue says it better: what the ledger still holds is too small.
        v := v || guardrail_line('position_qty', coalesce(p_order.qty, round(p_order.notional_usd / v_price, 9)),
            v_may_sell, coalesce(p_order.qty <= v_may_sell, p_order.notional_usd <= v_may_sell * v_price), 'SIZE_TOO_SMALL');
    end if;

    v := v || guardrail_line('max_drift_pct', round(abs(v_price - p_order.price_asked) * 100 / p_order.price_asked, 6),
        v_p.max_drift_pct, v_price is not null
            and not price_drifted(p_order.price_asked, v_price, p_order.side, v_p.drift_side, v_p.max_drift_pct),
        'DRIFT', case when v_price is null then 'no fresh price' end);

    lines := v;
    reserve_usd := v_usd;
    return next;
end $$;
