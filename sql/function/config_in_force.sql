-- config_in_force(uid, override): template <- user, always one row. Called by guardrails_in_force and order_judge.
-- The override stands in for the stored document (NULL: the stored one). switched_on = template's AND document's AND
-- user_trading_config.enabled; a switch that is no boolean is off. SECURITY INVOKER: a role sees what it may.
create or replace function config_in_force(p_uid text, p_override jsonb default null)
    returns table (switched_on boolean, mode text, merged jsonb, template_guardrails jsonb, own_guardrails jsonb)
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
begin
    return query select coalesce(c.enabled, false)
            and coalesce(nullif(t.config->'enabled', 'null'), 'true') = 'true'
            and coalesce(nullif(own.config->'enabled', 'null'), 'true') = 'true',
        coalesce(m.merged->>'mode', 'paper'),
        m.merged,
        t.config->'guardrails',
        own.config->'guardrails'
    from (select) always
    left join user_trading_config c on c.firebase_uid = p_uid
    left join trading_config_templates t on t.name = c.template_name
    cross join lateral (select coalesce(p_override, c.config, '{}') as config) own
    cross join lateral (select config_merge(coalesce(t.config, '{}') - 'guardrails', own.config - 'guardrails') as merged
        offset 0) m; -- merged once, however often it is read
end
$$;
