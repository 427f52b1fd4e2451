-- order_adopt(account, broker): an order at the broker under the id of a question that (as far as this database knows) made
-- none, or whose order has not been accepted: the database forgot, or a request arrived late. The question is closed as
-- approved by `broker`, so that the same yes is the same order and any other answer comes too late; the order row is made
-- from the proposal and takes its times and its budget from the broker. adopted; against: a person has answered otherwise,
-- which stays, and the order is there all the same; known: it had its row already; differs: these are not the terms that
-- the question proposed, nothing is changed; NULL: no question of this account explains it. Called by orphan_note.
-- Locks: question, order, (broker_account,) rule_instance.
create or replace function order_adopt(p_account text, p_broker jsonb) returns text
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_client_id text := p_broker->>'client_order_id';
    v_now timestamptz;
    v_id uuid;
    v_q questions;
    v_p trade_proposals;
    v_known boolean;
    v_against boolean;
begin
    if v_client_id !~ '^h1-[0-9a-f]{32}$' then
        return null;
    end if;
    v_id := substr(v_client_id, 4)::uuid;
    select * into v_q from questions q where q.id = v_id for update;
    if not found then
        return null;
    end if;
    select * into v_p from trade_proposals p where p.question_id = v_id and p.broker_account = p_account;
    if not found then
        return null;
    end if;
    if order_terms_differ(p_broker, v_p) then
        return 'differs';
    end if;

    v_now := clock_now();
    v_known := exists (select from trade_orders o where o.id = v_id);
    v_against := v_q.status = 'answered' and v_q.decision is distinct from 'approve';
    if v_q.status <> 'answered' then
        update questions q set status = 'answered', answer = q.max_value, decision = 'approve', reason = null,
            answered_by = 'broker', answered_at = v_now
        where q.id = v_id;
    end if;
    if not v_known then
        perform order_approve(v_id, v_now, 'broker');
    end if;
    perform order_accept(v_id, p_broker);
    update trade_orders o set adopted_at = v_now where o.id = v_id and not v_known;
    update orphan_orders x set adopted_at = v_now where x.client_order_id = v_client_id and x.adopted_at is null;
    update rule_instances i set updated_at = v_now, last_answered_at = v_now, last_decision = 'approve', skips_in_row = 0
    where i.question_id = v_id and not v_known and not v_against;
    return case when v_known then 'known' when v_against then 'against' else 'adopted' end;
end $$;
