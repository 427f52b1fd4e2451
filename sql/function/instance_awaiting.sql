-- instance_awaiting(question, now): does the instance whose newest question this is hold its fire (docs/configuration.md,
-- "Asking once")? While the question is open, a follow-up or re-ask is owed, or its order is not final; unresolved and quarantined
-- do not hold it. Called by instance_states and eval_commit. Locks nothing.
create or replace function instance_awaiting(p_question_id uuid, p_now timestamptz) returns boolean
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select exists (select from questions q where q.id = p_question_id
        and (q.status in ('queued', 'delivered')
            or (q.decision = 'ambiguous' and q.reason is null and follow_up_owed(q.id, p_now))))
    or exists (select from trade_orders o where o.id = p_question_id
        and (o.status in ('approved', 'reserved', 'submitting', 'unknown', 'accepted', 'partially_filled')
            or (o.status = 'blocked' and reask_owed(o.id, p_now))))
$$;
