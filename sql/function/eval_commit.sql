-- eval_commit(batch): asks what evald decided to ask. Called by evald, also with nothing to ask. batch = {"max_queued": n,
-- "evaluated_at": time, "asks": [ASK...]}; evaluated_at, the time of the rows that a whole evaluation has now looked at,
-- becomes eval_progress.last_eval_at in this transaction; a batch without it ends no evaluation. One row an ASK comes back:
-- asked; exists; changed (its document is a newer one by now); AWAITING, COOLDOWN, MAX_FIRES, QUESTION_BUDGET, DISABLED
-- (docs/configuration.md, "Why it did not ask, why it did not order"); BAD_ASK, with a WARNING, for one
-- that the tables refuse: it stops no other. What another session may have changed since is checked again under the locks:
-- the people's rows in order of their uids, then per person the instances in key order. Only a proposal is a fire:
-- cooldown and fires a day do not bind a follow-up or re-ask; open questions and questions a day bind both. A notice
-- touches no instance and counts nowhere. SECURITY DEFINER: evald cannot insert a question in any other way.
create or replace function eval_commit(p_batch jsonb) returns table (question_id uuid, outcome text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz;
    v_max integer := (p_batch->>'max_queued')::integer;
    v_key record;
    v_ask jsonb;
begin
    if jsonb_typeof(p_batch->'asks') is distinct from 'array' or v_max is null or v_max < 0 then
        raise exception 'eval_commit: {"max_queued": n, "asks": [...]} is needed' using errcode = '22023';
    end if;

    for v_key in select distinct a->>'firebase_uid' as uid from jsonb_array_elements(p_batch->'asks') a order by 1 loop
        update users u set firebase_uid = u.firebase_uid where u.firebase_uid = v_key.uid;
    end loop;
    for v_key in select distinct a->>'firebase_uid' as uid, a->>'rule_id' as rule, a->>'symbol' as symbol
        from jsonb_array_elements(p_batch->'asks') a
        where a->>'kind' <> 'notice' and length(a->>'rule_id') <= 200 and length(a->>'symbol') <= 200
            and exists (select from users u where u.firebase_uid = a->>'firebase_uid')
        order by 1, 2, 3
    loop
        insert into rule_instances as i (firebase_uid, rule_id, symbol) values (v_key.uid, v_key.rule, v_key.symbol)
        on conflict on constraint rule_instances_pkey do update set phase = i.phase;
    end loop;

    v_now := clock_now();
    for v_ask in select a from jsonb_array_elements(p_batch->'asks') a loop
        question_id := null;
        begin
            question_id := (v_ask->>'id')::uuid;
            outcome := eval_ask(v_ask, v_max, v_now);
        exception when data_exception or integrity_constraint_violation then
            raise warning 'eval_commit: question % of rule %: %', v_ask->>'id', v_ask->>'rule_id', sqlerrm;
            outcome := 'BAD_ASK';
        end;
        return next;
    end loop;

    update eval_progress set last_eval_at = (p_batch->>'evaluated_at')::timestamptz
    where p_batch->>'evaluated_at' is not null;
end $$;
