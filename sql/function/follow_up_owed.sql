-- follow_up_owed(question): is this ambiguous answer still owed a follow-up? Called by question_answer,
-- follow_ups_due and instance_awaiting. Locks nothing.
create or replace function follow_up_owed(p_id uuid, p_now timestamptz) returns boolean
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select coalesce((select p.on_ambiguous = 'follow_up' and (q.expires_at is null or q.expires_at > p_now)
        and (select count(*) from questions f where f.chain_id = q.chain_id and f.kind = 'follow_up') < p.max_follow_ups
        and not exists (select from questions f where f.chain_id = q.chain_id and f.attempt > q.attempt)
    from questions q join trade_proposals p on p.question_id = q.id
    where q.id = p_id), false)
$$;
