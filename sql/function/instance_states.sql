-- instance_states(keys, account): one row for each key asked, [{firebase_uid, rule_id, symbol}], with everything that the decision
-- to ask needs to know, and the time now. Called by evald. A key that never fired has NULLs. halt_level and orders_today
-- are those of the account (NULL: of the mode in force), and so are held_qty, the person's own ledger of the symbol, and
-- free_qty, what its open sells leave of it. Locks nothing: eval_commit checks again under its locks.
do $$
begin
    if to_regprocedure('instance_states(jsonb)') is not null then
        drop function instance_states(jsonb); -- before it took an account; beside it a call with one argument names neither
    end if;
end $$;
create or replace function instance_states(p_keys jsonb, p_account text default null)
    returns table (now timestamptz, firebase_uid text, rule_id text, symbol text, phase text, awaiting boolean,
        last_as_of timestamptz, last_asked_at timestamptz, fires_today integer, last_decision text,
        last_answered_at timestamptz, skips_in_row integer, open_questions integer, questions_today integer,
        halt_level text, orders_today integer, held_qty numeric, free_qty numeric)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
with t as materialized (select clock_now() as now),
keys as (select k.firebase_uid, k.rule_id, k.symbol
    from jsonb_to_recordset(p_keys) as k (firebase_uid text, rule_id text, symbol text)),
people as materialized (
    select u.firebase_uid, c.account,
        (select count(*) from questions q where q.firebase_uid = u.firebase_uid and q.kind <> 'notice'
            and q.status in ('queued', 'delivered') and (q.expires_at is null or q.expires_at > t.now))::integer as open,
        (select count(*) from questions q where q.firebase_uid = u.firebase_uid and q.rule_id is not null
            and q.kind <> 'notice' and q.created_at > t.now - interval '50 hours'
            and trading_date(q.created_at) = trading_date(t.now))::integer as today,
        halt_level(u.firebase_uid, c.account) as level,
        (select count(*) from trade_orders o where o.firebase_uid = u.firebase_uid and o.trade_day = trading_date(t.now)
            and o.broker_account = c.account)::integer as orders
    from (select distinct k.firebase_uid from keys k) u cross join t
    cross join lateral (select coalesce(p_account, case f.mode when 'live' then 'live' else 'paper' end) as account
        from config_in_force(u.firebase_uid) f) c)
select t.now, k.firebase_uid, k.rule_id, k.symbol, coalesce(i.phase, 'idle'),
    coalesce(instance_awaiting(i.question_id, t.now), false), i.last_as_of, i.last_fired_at,
    (select count(*) from questions q where q.firebase_uid = k.firebase_uid and q.rule_id = k.rule_id
        and q.symbol = k.symbol and q.attempt = 1 and q.kind <> 'notice' and q.created_at > t.now - interval '50 hours'
        and trading_date(q.created_at) = trading_date(t.now))::integer,
    i.last_decision, i.last_answered_at, coalesce(i.skips_in_row, 0), p.open, p.today, p.level, p.orders,
    h.held, h.free
from keys k join people p using (firebase_uid) cross join t
cross join lateral holding(k.firebase_uid, p.account, k.symbol) h
left join rule_instances i using (firebase_uid, rule_id, symbol)
$$;
