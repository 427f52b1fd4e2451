-- owed_end(questions): nothing is owed to these answered questions any more, because their rule or symbol was removed or
-- disabled: an ambiguous answer ends as AMBIGUOUS, a drifted yes stays DRIFT and its person is told. A later edit that
-- brings the rule back finds nothing owed. Says which it ended. Called by evald. Locks questions in key order, then instances.
create or replace function owed_end(p_ids uuid[]) returns table (id uuid)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz;
    v_ended uuid[];
begin
    perform from questions q where q.id = any (p_ids) and q.status = 'answered' order by q.id for update;
    v_now := clock_now();
    v_ended := array(select q.id from questions q where q.id = any (p_ids) and q.status = 'answered'
        and ((q.decision = 'ambiguous' and q.reason is null and follow_up_owed(q.id, v_now)) or reask_owed(q.id, v_now))
        order by q.id);
    update questions q set reason = 'AMBIGUOUS' where q.id = any (v_ended) and q.decision = 'ambiguous';
    perform from rule_instances i where i.question_id = any (v_ended) order by i.firebase_uid, i.rule_id, i.symbol for update;
    update rule_instances i set phase = 'idle', question_id = null, updated_at = v_now where i.question_id = any (v_ended);
    return query select unnest(v_ended);
end $$;
