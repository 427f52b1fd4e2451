-- holding(uid, account, symbol): what the person's own ledger holds of it, and what its open sells leave free of that: the
-- account at the broker may hold more, of others. An open sell is one that is approved and not final, quarantined ones
-- too; it takes what it has not filled yet, one in dollars at the price that it was asked at. Never below nothing. Called
-- by instance_states, to size a question; order_judge has the last word, at the price of its moment. Locks nothing.
create or replace function holding(p_uid text, p_account text, p_symbol text) returns table (held numeric, free numeric)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select greatest(s.held, 0), greatest(s.held - s.taken, 0)
from (select trunc(coalesce(sum(case o.side when 'buy' then o.filled_qty else -o.filled_qty end), 0), 9) as held,
        ceil(coalesce(sum(greatest(coalesce(o.qty, o.notional_usd / o.price_asked) - o.filled_qty, 0))
            filter (where o.side = 'sell' and o.status not in ('filled', 'canceled', 'expired', 'rejected', 'blocked')), 0)
            * 1000000000) / 1000000000 as taken
    from trade_orders o
    where o.firebase_uid = p_uid and o.broker_account = p_account and o.symbol = p_symbol) s
$$;
