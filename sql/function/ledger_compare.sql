-- ledger_compare(account, positions): our ledger, summed over people, against what the broker holds now ([{symbol, qty}], a pair
-- with or without its slash). Only a ledger that shows more is suspect: the account may hold what is not ours. Suspects stand
-- in ledger_suspects until they are seen no more; seen alike 10 s apart they are a mismatch (trips_owed). A symbol with an
-- order that is open or has just moved says nothing (the broker's orders and positions disagree for up to 10 s). Of
-- crypto the broker takes its fees in coins: half a percent of what was bought may be missing. Returns how many are suspect
-- now, but for those that an operator has acknowledged with the same figures. 22023 when positions is no array: no answer is not an empty account. Called by tradectl. Locks ledger_suspects.
create or replace function ledger_compare(p_account text, p_positions jsonb) returns integer
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz := clock_now();
    v_suspects integer;
begin
    if coalesce(jsonb_typeof(p_positions), '') <> 'array' then
        raise exception 'ledger_compare: no list of positions' using errcode = '22023';
    end if;
    with broker as (
        select replace(x.symbol, '/', '') as name, sum(x.qty) as qty
        from jsonb_to_recordset(p_positions) x (symbol text, qty numeric) group by 1
    ), ledger as (
        select o.symbol, sum(case o.side when 'buy' then o.filled_qty else -o.filled_qty end) as qty,
            sum(case when o.side = 'buy' and o.asset_class = 'crypto' then o.filled_qty * 0.005 else 0 end) as fees,
            bool_or(o.status in ('reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined')
                or (o.moved_at > v_now - interval '15 seconds' and o.filled_qty > 0)) as moving
        from trade_orders o where o.broker_account = p_account and o.reserved_at is not null group by o.symbol
    ), suspects as (
        select l.symbol, l.qty as ledger_qty, coalesce(b.qty, 0) as broker_qty
        from ledger l left join broker b on b.name = replace(l.symbol, '/', '')
        where not l.moving and l.qty - l.fees > coalesce(b.qty, 0)
    ), gone as (
        delete from ledger_suspects s where s.broker_account = p_account
            and not exists (select from suspects n where n.symbol = s.symbol)
    ), noted as (
        insert into ledger_suspects as s (broker_account, symbol, ledger_qty, broker_qty, first_seen_at, seen_at)
        select p_account, n.symbol, n.ledger_qty, n.broker_qty, v_now, v_now from suspects n order by n.symbol
        on conflict (broker_account, symbol) do update set seen_at = excluded.seen_at,
            ledger_qty = excluded.ledger_qty, broker_qty = excluded.broker_qty,
            acknowledged_at = case when row(s.ledger_qty, s.broker_qty) = row(excluded.ledger_qty, excluded.broker_qty)
                then s.acknowledged_at end,
            first_seen_at = case when row(s.ledger_qty, s.broker_qty) = row(excluded.ledger_qty, excluded.broker_qty)
                then s.first_seen_at else excluded.first_seen_at end
    )
    select count(*) into v_suspects from suspects n
    where not exists (select from ledger_suspects s where s.broker_account = p_account and s.symbol = n.symbol
        and s.ledger_qty = n.ledger_qty and s.broker_qty = n.broker_qty and s.acknowledged_at is not null);
    return v_suspects;
end $$;
