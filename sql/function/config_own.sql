-- config_own(): book_configs of the person of the session; no row before their first PUT. Called by apid.
create or replace function config_own()
    returns table (firebase_uid text, enabled boolean, template_name text, template_config text, template_version integer,
        config text, config_version integer)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$ select * from book_configs(array[session_uid()]) $$;
