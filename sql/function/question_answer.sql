-- question_answer(id, answer, shown): the one place where a person decides. Called by apid for the person of the session
-- (hybridhub.uid; never an argument). Outcomes, in the order in which they are checked: not_found, out_of_range,
-- shown_differs (shown is not the question's facts_digest), again or conflict (answered before: the same, another),
-- superseded, expired, ok. First answer wins. The answer, its decision and the order that a yes makes are this one
-- transaction; the order has the question's id, so there is never a second. A yes whose order stands in orphan_orders is
-- already at the broker: it is adopted and nothing is sent. Locks: question, order, (broker_account,) instance.
create or replace function question_answer(p_id uuid, p_answer numeric, p_shown text) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_q questions;
    v_p trade_proposals;
    v_now timestamptz;
    v_decision text;
    v_reason text;
    v_owed boolean := false;
begin
    select * into v_q from questions q where q.id = p_id and q.firebase_uid = session_uid() for update;
    if not found then
        return 'not_found';
    end if;
    if p_answer is null or p_answer not between v_q.min_value and v_q.max_value then
        return 'out_of_range';
    end if;
    if p_shown <> v_q.metadata->>'facts_digest' then
        return 'shown_differs';
    end if;
    if v_q.status = 'answered' then
        return case when v_q.answer = p_answer then 'again' else 'conflict' end;
    end if;
    if v_q.status = 'superseded' then
        return 'superseded';
    end if;
    v_now := clock_now();
    if v_q.status = 'expired' or v_q.expires_at <= v_now then
        return 'expired';
    end if;

    select * into v_p from trade_proposals p where p.question_id = p_id;
    if found and v_q.kind in ('proposal', 'follow_up', 'reask') then
        v_decision := case when p_answer >= v_p.approve_min then 'approve' when p_answer <= v_p.skip_max then 'skip'
            else 'ambiguous' end;
        v_owed := v_decision = 'ambiguous' and follow_up_owed(p_id, v_now);
        v_reason := case when v_decision = 'skip' then 'SKIPPED' when v_decision = 'ambiguous' and not v_owed then 'AMBIGUOUS' end;
    end if;

    update questions q set status = 'answered', answer = p_answer, decision = v_decision, reason = v_reason,
        answered_by = 'person', shown_digest = p_shown, answered_at = v_now, delivered_at = coalesce(q.delivered_at, v_now)
    where q.id = p_id;
    if v_decision is null then
        perform instance_end(p_id, 'idle');
        return 'ok';
    end if;

    if v_decision = 'approve' then
        perform order_approve(p_id, v_now, 'person');
    end if;
    update rule_instances i set updated_at = v_now, last_answered_at = v_now,
        phase = case when v_decision = 'approve' then 'submit_order' when v_owed then 'await_confirm' else 'idle' end,
        -- The last ambiguity acts as a skip.
        last_decision = case when v_reason = 'AMBIGUOUS' then 'skip' else v_decision end,
        skips_in_row = case when v_decision = 'approve' then 0 when v_reason is not null then i.skips_in_row + 1
            else i.skips_in_row end
    where i.question_id = p_id;
    return 'ok';
end $$;
