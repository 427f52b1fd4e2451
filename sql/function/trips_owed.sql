-- trips_owed(account): makes the trips that the rows call for and that have not been made; returns those made now. An orphan,
-- an order that its person has not said yes to, and a cap that an adopted order or an orphan has broken: the account to
-- reducing; an order under our id that is not what its question proposed, or not any more: the account to halted; a ledger that shows more
-- than the broker holds (ledger_compare): the account to reducing, and once more after each resume when a later comparison still
-- finds it; what an operator has acknowledged (operator_acknowledge) trips nothing; max_consecutive_rejects: the person's own scope to
-- reducing (what the broker refused for the keys' or the account's sake does not count, and a resume begins anew). One
-- row in trips a cause, so that a resume of all others holds. Called by tradectl whenever something of this may have happened and every
-- 10 s, in a transaction of its own. Locks trading_halts whole, by halt_set.
create or replace function trips_owed(p_account text)
    returns table (scope text, key text, level text, reason text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v record;
begin
    for v in
        select * from (select x.why as kind, x.client_order_id as subject, case x.why when 'differs' then 'halted' else 'reducing' end as level,
            case x.why when 'differs' then format('order %s is at the broker and is not what its question proposed', x.client_order_id)
                else format('order %s is at the broker and no question explains it', x.client_order_id) end as reason
        from orphan_orders x where x.broker_account = p_account and x.adopted_at is null and x.acknowledged_at is null
        union all
        select 'against', o.client_order_id, 'reducing',
            format('order %s is at the broker although its person has not said yes', o.client_order_id)
        from trade_orders o join questions q on q.id = o.id
        where o.broker_account = p_account and o.adopted_at is not null and q.decision is distinct from 'approve'
        union all
        select 'differs', o.client_order_id, 'halted',
            format('order %s was found at the broker replaced, or under the id of another order of ours', o.client_order_id)
        from trade_orders o
        where o.broker_account = p_account and o.adopted_at is not null and o.status = 'quarantined'
        union all
        select 'cap', b.subject, 'reducing', format('found at the broker, order %s takes %s over its cap', b.subject, b.breach)
        from (select o.client_order_id as subject, cap_breach(p_account, o.firebase_uid, v_now) as breach from trade_orders o
                where o.broker_account = p_account and o.adopted_at > v_now - interval '1 day'
            union all
            select x.client_order_id, cap_breach(p_account, null, v_now) from orphan_orders x
                where x.broker_account = p_account and x.adopted_at is null and x.acknowledged_at is null and x.seen_at > v_now - interval '1 day') b
        where b.breach is not null
        union all
        select 'ledger', format('%s %s %s', s.symbol, s.ledger_qty, s.broker_qty)
                || coalesce(' after the resume of ' || (resumed.at at time zone 'UTC'), ''), 'reducing',
            format('our ledger shows %s %s and the broker holds %s', s.ledger_qty, s.symbol, s.broker_qty)
        from ledger_suspects s
        cross join (select max(e.at) as at from trading_halt_events e
            where e.scope = 'account' and e.key = p_account and e.to_level = 'active') resumed
        where s.broker_account = p_account and s.seen_at >= s.first_seen_at + interval '10 seconds'
            and s.acknowledged_at is null and (resumed.at is null or s.seen_at > resumed.at)) causes
        order by kind, subject
    loop
        insert into trips (broker_account, kind, subject, level, reason, at)
        values (p_account, v.kind, v.subject, v.level, v.reason, v_now) on conflict do nothing;
        if found then
            return query select 'account'::text, p_account, halt_set('account', p_account, v.level, v.reason,
                session_user::text, true), v.reason::text;
        end if;
    end loop;

    for v in
        select r.firebase_uid, r.rejects from rejects_in_row(p_account, v_now) r
    loop
        return query select 'self'::text, v.firebase_uid::text, halt_set('self', v.firebase_uid, 'reducing',
            format('the broker refused %s orders in a row', v.rejects), session_user::text, true),
            format('the broker refused %s orders in a row', v.rejects);
    end loop;
end $$;
