-- follow_ups_due(): every ambiguous answer that is owed a follow-up and has none yet. Called by evald. attempt is that of
-- the answered question (the follow-up's is one more); question_text is the text of the chain's first question, or of the
-- re-ask that came after it;
-- proposal is what the follow-up proposes again, unchanged. Locks nothing: eval_commit lets only one follow-up in.
create or replace function follow_ups_due()
    returns table (now timestamptz, question_id uuid, firebase_uid text, rule_id text, symbol text, asset_class text,
        as_of timestamptz, chain_id uuid, attempt integer, question_text text, expires_at timestamptz, source_tag text,
        config_version integer, template_version integer, mode text, broker_account text, metadata text, proposal text)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select t.now, q.id, q.firebase_uid, q.rule_id, q.symbol, p.asset_class, q.as_of, q.chain_id, q.attempt,
    coalesce((select f.question_text from questions f where f.chain_id = q.chain_id and f.kind <> 'follow_up'
        and f.attempt <= q.attempt order by f.attempt desc limit 1), q.question_text),
    q.expires_at, q.source_tag, q.config_version, q.template_version, p.mode, p.broker_account, q.metadata::text,
    proposal_json(q.id)::text
from (select clock_now() as now) t
join questions q on q.status = 'answered' and q.decision = 'ambiguous' and q.reason is null and q.expires_at > t.now
join trade_proposals p on p.question_id = q.id
where follow_up_owed(q.id, t.now)
order by q.answered_at, q.id
$$;
