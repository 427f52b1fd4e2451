-- operator_act(os user, command, target, reason, detail): writes what an operator did, in the transaction of what was done.
-- Called by the operator_* functions that change something; role is whoever opened the session. Returns the row's id.
create or replace function operator_act(p_os_user text, p_command text, p_target text, p_reason text, p_detail jsonb)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_id bigint;
begin
    if coalesce(p_os_user, '') = '' or coalesce(btrim(p_reason), '') = '' then
        raise exception '%: who does it and why must be said', p_command using errcode = '22023';
    end if;
    insert into operator_actions (os_user, role, command, target, reason, detail)
    values (left(p_os_user, 200), session_user, p_command, p_target, left(p_reason, 4000), coalesce(p_detail, '{}'))
    returning id into v_id;
    return v_id;
end $$;
