-- config_put(config, enabled, expected): stores the override of the person of the session. Called by apid with a document
-- that it has validated. enabled NULL leaves the switch (new row: off); expected = the version of If-Match, NULL = none.
-- Returns ok and the version now in force, or version_conflict and the version that is. The same document again makes no
-- new version. Locks the person's row of user_trading_config. 28000 without hybridhub.uid.
create or replace function config_put(p_config jsonb, p_enabled boolean, p_expected integer)
    returns table (outcome text, version integer)
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_uid text := session_uid();
    v_now timestamptz := clock_now();
begin
    if v_uid is null then
        raise exception 'config_put: no person in this session' using errcode = '28000';
    end if;
    if jsonb_typeof(p_config) is distinct from 'object' then
        raise exception 'config_put: the document is no object' using errcode = '22023';
    end if;
    if nullif(current_setting('hybridhub.author', true), '') is null then
        perform set_config('hybridhub.author', v_uid, true);
    end if;

    loop
        perform from user_trading_config c where c.firebase_uid = v_uid for update;
        exit when found;
        if coalesce(p_expected, 0) <> 0 then
            return query select 'version_conflict', 0;
            return;
        end if;
        insert into user_trading_config (firebase_uid, config, enabled, updated_at)
        values (v_uid, p_config, coalesce(p_enabled, false), v_now) on conflict do nothing;
        if found then
            return query select 'ok', max(v.version) from config_versions v where v.firebase_uid = v_uid;
            return;
        end if;
    end loop;

    select max(v.version) into version from config_versions v where v.firebase_uid = v_uid;
    if p_expected <> version then
        outcome := 'version_conflict';
        return next;
        return;
    end if;
    update user_trading_config c set config = p_config, enabled = coalesce(p_enabled, c.enabled), updated_at = v_now
    where c.firebase_uid = v_uid;
    return query select 'ok', max(v.version) from config_versions v where v.firebase_uid = v_uid;
end $$;
