-- question_expire(): closes every open question past its expires_at, of all pipelines, and says which. Called by evald
-- at each sweep. A trading question gets reason EXPIRED. An ambiguous answer whose follow-up was never asked in time ends
-- as AMBIGUOUS. Locks questions in key order, passing over those that somebody is answering, then instances.
create or replace function question_expire() returns table (id uuid, firebase_uid text, rule_id text)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_now timestamptz := clock_now();
    v_id uuid;
    v_closed uuid[];
    v_unasked uuid[];
begin
    v_closed := array(select q.id from questions q where q.status in ('queued', 'delivered') and q.expires_at <= v_now
        order by q.id for update skip locked);
    update questions q set status = 'expired', reason = case when q.pipeline_key = 'trading' then 'EXPIRED' else q.reason end
    where q.id = any (v_closed);

    v_unasked := array(select q.id from questions q where q.decision = 'ambiguous' and q.reason is null
        and q.expires_at <= v_now order by q.id for update skip locked);
    update questions q set reason = 'AMBIGUOUS'
    where q.id = any (v_unasked) and not exists (select from questions f where f.chain_id = q.chain_id and f.attempt > q.attempt);

    foreach v_id in array array(select i.question_id from rule_instances i
        where i.question_id = any (v_closed || v_unasked) order by i.firebase_uid, i.rule_id, i.symbol)
    loop
        perform instance_end(v_id, 'idle');
    end loop;
    return query select q.id, q.firebase_uid, q.rule_id from questions q where q.id = any (v_closed) order by q.id;
end $$;
