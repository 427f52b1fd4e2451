-- config_merge(below, above): docs/configuration.md, "Reading rules": objects merge by key, arrays whose items have ids by id, other arrays
-- replace, null deletes. Called by config_in_force. Pure; never for guardrails, which guardrails_in_force merges.
create or replace function config_merge(p_below jsonb, p_above jsonb) returns jsonb
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_below jsonb := case when jsonb_typeof(p_below) = 'object' then p_below else '{}' end;
begin
    if p_above is null then
        return p_below;
    end if;
    -- Nothing below, and nothing in it that would be looked into or deleted: most people's documents.
    if v_below = '{}' and jsonb_typeof(p_above) = 'object'
        and not jsonb_path_exists(p_above, 'strict $.* ? (@ == null || @.type() == "object")') then
        return p_above;
    end if;
    if jsonb_typeof(p_above) = 'object' then
        return coalesce((select jsonb_object_agg(key,
                case when not p_above ? key then v_below->key
                    -- Called by itself only where the two can meet.
                    when jsonb_typeof(p_above->key) = 'object' or jsonb_typeof(p_above->key) = 'array' and v_below ? key
                        then config_merge(v_below->key, p_above->key)
                    else p_above->key end)
            from (select jsonb_object_keys(v_below) union select jsonb_object_keys(p_above)) k (key)
            where coalesce(p_above->key, v_below->key) <> 'null'), '{}');
    end if;
    if jsonb_typeof(p_above) <> 'array' or jsonb_typeof(p_below) is distinct from 'array'
        or jsonb_array_length(p_below) = 0
        or exists (select from jsonb_array_elements(p_below || p_above) i where jsonb_typeof(i->'id') is distinct from 'string')
    then
        return p_above;
    end if;
    return (select jsonb_agg(item order by side, place) from (
        select 0 as side, b.place, config_merge(b.item, a.item) as item
            from jsonb_array_elements(p_below) with ordinality b (item, place)
            left join lateral (select x.item from jsonb_array_elements(p_above) x (item)
                where x.item->>'id' = b.item->>'id' limit 1) a on true
        union all
        select 1, a.place, a.item from jsonb_array_elements(p_above) with ordinality a (item, place)
            where not exists (select from jsonb_array_elements(p_below) b where b->>'id' = a.item->>'id')) merged);
end $$;
