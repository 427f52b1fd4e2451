-- reasks_due(): every drifted yes whose person is to be asked again, which waits for nothing but a fresh price. Called by
-- evald, which asks with kind reask, attempt + 1 of the chain, the as_of of the row that fired it, and everything else new:
-- price, text, facts, size, expiry, documents. Locks nothing: eval_commit lets only one of a turn in.
create or replace function reasks_due()
    returns table (firebase_uid text, rule_id text, symbol text, question_id uuid, chain_id uuid, attempt integer,
        as_of timestamptz, price_asked numeric, mode text)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select q.firebase_uid, q.rule_id, q.symbol, q.id, q.chain_id, q.attempt, q.as_of, o.price_asked, o.mode
from (select clock_now() as now) t
join trade_orders o on o.status = 'blocked' and o.reason = 'DRIFT' and o.moved_at > t.now - interval '8 hours'
join questions q on q.id = o.question_id
where reask_owed(q.id, t.now)
order by o.moved_at, q.id
$$;
