-- instance_end(question, phase): the chain of this question is over (or goes on): its instance shows it. Called by the
-- functions that close a question or end an order, last of all (lock order: question, order, account, halts, instance).
create or replace function instance_end(p_question_id uuid, p_phase text) returns void
    language sql
    set search_path = pg_catalog, public, pg_temp
    as $$
update rule_instances set phase = p_phase, updated_at = clock_now() where question_id = p_question_id and phase <> p_phase
$$;
