-- proposal_json(question): what it proposes, in the shape of ASK.proposal (eval_commit); decimals as strings. Called by
-- follow_ups_due, so that a follow-up proposes exactly what its question did. NULL when it proposes nothing.
create or replace function proposal_json(p_question_id uuid) returns jsonb
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select jsonb_build_object('side', p.side, 'order_type', p.order_type, 'notional_usd', p.notional_usd::text,
    'qty', p.qty::text, 'limit_price', p.limit_price::text, 'time_in_force', p.time_in_force,
    'extended_hours', p.extended_hours, 'price_asked', p.price_asked::text,
    'tunables', jsonb_build_object('approve_min', p.approve_min::text, 'skip_max', p.skip_max::text,
        'on_ambiguous', p.on_ambiguous, 'max_follow_ups', p.max_follow_ups, 'max_drift_pct', p.max_drift_pct::text,
        'drift_side', p.drift_side, 'on_drift', p.on_drift, 'max_reasks', p.max_reasks,
        'undo_seconds', p.undo_seconds, 'cooldown_seconds', p.cooldown_seconds, 'after_skip', p.after_skip,
        'max_fires_per_day', p.max_fires_per_day, 'question_ttl_seconds', p.question_ttl_seconds,
        'close_buffer_seconds', p.close_buffer_seconds, 'max_staleness_seconds', p.max_staleness_seconds))
from trade_proposals p where p.question_id = p_question_id
$$;
