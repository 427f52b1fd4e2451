-- order_counts(account, uid, except, at): what counts against the limits of a person and of the whole broker account at
-- this time, one order left out. A day's orders are those reserved on its New York date, all but those provably never sent
-- (their reservation was given back). The window is exact: reserved_at > at - 14,400 s, with no upper end, so that a clock
-- that goes back frees nothing. Orphans count against the account. Called by order_judge under broker_account's lock.
create or replace function order_counts(p_account text, p_uid text, p_except uuid, p_at timestamptz)
    returns table (user_orders bigint, user_usd numeric, user_open bigint, account_orders bigint, account_usd numeric)
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_today date := trading_date(p_at);
begin
    return query with counted as (
        select o.firebase_uid = p_uid as own, o.trade_day = v_today as today,
            case when o.reserved_at > p_at - interval '14400 seconds' then order_counted_usd(o, p_at) else 0 end as usd,
            o.status in ('reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined') as open
        from trade_orders o
        where o.broker_account = p_account and o.id <> p_except and o.reserved_at is not null
            and (o.reserved_at > p_at - interval '50 hours' or (o.firebase_uid = p_uid and o.status in ('submitting',
                'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined')))
        union all
        select false, trading_date(x.submitted_at) = v_today,
            case when x.submitted_at > p_at - interval '14400 seconds' then x.reserved_usd else 0 end, true
        from orphan_orders x where x.broker_account = p_account and x.adopted_at is null
    )
    select count(*) filter (where own and today), coalesce(sum(usd) filter (where own), 0), count(*) filter (where own and open),
        count(*) filter (where today), coalesce(sum(usd), 0)
    from counted;
end
$$;
