-- book_configs(uids): the documents of these people (NULL: of all who have one) with the numbers of their versions.
-- Called by ingestd and evald. `enabled` is user_trading_config.enabled; the documents' own switches are judged in C.
create or replace function book_configs(p_uids text[])
    returns table (firebase_uid text, enabled boolean, template_name text, template_config text, template_version integer,
        config text, config_version integer)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select c.firebase_uid, c.enabled, c.template_name, t.config::text,
    (select v.version from config_versions v where v.template = c.template_name order by v.version desc limit 1),
    coalesce(c.config, '{}')::text,
    (select v.version from config_versions v where v.firebase_uid = c.firebase_uid order by v.version desc limit 1)
from user_trading_config c
left join trading_config_templates t on t.name = c.template_name
where p_uids is null or c.firebase_uid = any (p_uids)
order by c.firebase_uid
$$;
