-- reask_owed(question, now): was this yes blocked by DRIFT, and is its person to be asked again at the new price? While
-- its rule says so (on_drift, max_reasks over the whole chain), for question_ttl_seconds from the block on, and until the
-- chain has gone on. Called by reasks_due, instance_awaiting, notices_due, owed_end and eval_ask. Locks nothing.
create or replace function reask_owed(p_question_id uuid, p_now timestamptz) returns boolean
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select coalesce((select p.on_drift = 'reask' and o.moved_at + make_interval(secs => p.question_ttl_seconds) > p_now
        and (select count(*) from questions f where f.chain_id = q.chain_id and f.kind = 'reask') < p.max_reasks
        and not exists (select from questions f where f.chain_id = q.chain_id and f.attempt > q.attempt)
        and exists (select from rule_instances i where i.question_id = q.id)
    from trade_orders o join questions q on q.id = o.question_id join trade_proposals p on p.question_id = q.id
    where o.id = p_question_id and o.status = 'blocked' and o.reason = 'DRIFT'), false)
$$;
