-- guardrail_list(guardrails, key): the symbols that one side names; NULL where the side does not say it. Items that are
-- no text are left out. Called by guardrails_in_force. Pure.
create or replace function guardrail_list(p_guardrails jsonb, p_key text) returns text[]
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if jsonb_typeof(p_guardrails->p_key) is distinct from 'array' then
        return null;
    end if;
    return array(select s #>> '{}' from jsonb_array_elements(p_guardrails->p_key) s where jsonb_typeof(s) = 'string');
end
$$;
