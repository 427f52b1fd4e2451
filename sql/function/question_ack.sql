-- question_ack(id): the client has it on its screen: queued -> delivered. Called by apid for the person of the session.
-- `ok` also when it was delivered or closed before; `not_found` for another's. Locks the question.
create or replace function question_ack(p_id uuid) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update questions q set status = 'delivered', delivered_at = clock_now()
    where q.id = p_id and q.firebase_uid = session_uid() and q.status = 'queued';
    if found or exists (select from questions q where q.id = p_id and q.firebase_uid = session_uid()) then
        return 'ok';
    end if;
    return 'not_found';
end $$;
