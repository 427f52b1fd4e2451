-- question_supersede(ids): closes these open trading questions because their rule or symbol was removed or disabled, or
-- their person switched off; says which it closed. Called by evald. Nothing is owed afterwards. Others' questions and
-- notices are left alone. Locks questions in key order, then instances.
create or replace function question_supersede(p_ids uuid[]) returns table (id uuid)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_id uuid;
    v_closed uuid[];
begin
    v_closed := array(select q.id from questions q where q.id = any (p_ids) and q.status in ('queued', 'delivered')
        and q.pipeline_key = 'trading' and q.kind in ('proposal', 'follow_up', 'reask') order by q.id for update);
    update questions q set status = 'superseded', reason = 'DISABLED' where q.id = any (v_closed);
    foreach v_id in array array(select i.question_id from rule_instances i
        where i.question_id = any (v_closed) order by i.firebase_uid, i.rule_id, i.symbol)
    loop
        perform instance_end(v_id, 'idle');
    end loop;
    return query select unnest(v_closed);
end $$;
