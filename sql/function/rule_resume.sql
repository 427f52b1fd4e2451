-- rule_resume(rule): the person of the session (hybridhub.uid; never an argument) ends the pause that skips have brought on
-- this rule of theirs, of all its symbols: they count from nothing again. Nothing else that keeps it quiet ends: cooldown,
-- and the rest of the day after a skip. ok, also when nothing was paused; not_found for a rule that neither stands in the
-- document in force nor ever asked. Called by apid. Locks rule_instance in key order.
create or replace function rule_resume(p_rule text) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_uid text := session_uid();
    v_merged jsonb;
begin
    if not exists (select from rule_instances i where i.firebase_uid = v_uid and i.rule_id = p_rule) then
        select c.merged into v_merged from config_in_force(v_uid) c;
        return case when coalesce(v_merged->'rules' @> jsonb_build_array(jsonb_build_object('id', p_rule)), false)
            then 'ok' else 'not_found' end;
    end if;
    perform from rule_instances i where i.firebase_uid = v_uid and i.rule_id = p_rule order by i.symbol for update;
    update rule_instances i set skips_in_row = 0, updated_at = clock_now()
    where i.firebase_uid = v_uid and i.rule_id = p_rule and i.skips_in_row > 0;
    return 'ok';
end $$;
