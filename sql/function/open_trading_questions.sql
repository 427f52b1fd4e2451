-- open_trading_questions(): every open proposal, follow-up and re-ask, for evald to hold against the configs in force.
create or replace function open_trading_questions()
    returns table (id uuid, firebase_uid text, rule_id text, symbol text, kind text, config_version integer)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select q.id, q.firebase_uid, q.rule_id, q.symbol, q.kind, q.config_version
from questions q
where q.status in ('queued', 'delivered') and q.pipeline_key = 'trading' and q.kind in ('proposal', 'follow_up', 'reask')
order by q.id
$$;
