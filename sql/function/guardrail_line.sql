-- guardrail_line(name, value, limit, ok, reason, note): one line of what the claim evaluated, [{name, value, limit, ok}];
-- `reason` stands where it refuses, `note` where it could not be checked. Called by order_judge. Pure.
-- plpgsql, like every helper of the claim: it keeps its plans for the session's life; an SQL function that cannot be inlined
-- is parsed and planned again in every transaction.
create or replace function guardrail_line(p_name text, p_value anyelement, p_limit anyelement, p_ok boolean,
        p_reason text default null, p_note text default null) returns jsonb
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return jsonb_build_object('name', p_name,
            'value', case when pg_typeof(p_value) = 'numeric'::regtype then to_jsonb(p_value::text) else to_jsonb(p_value) end,
            'limit', case when pg_typeof(p_limit) = 'numeric'::regtype then to_jsonb(p_limit::text) else to_jsonb(p_limit) end,
            'ok', coalesce(p_ok, false))
        || case when coalesce(p_ok, false) then '{}' else jsonb_build_object('reason', coalesce(p_reason, upper(p_name))) end
        || case when p_note is null then '{}' else jsonb_build_object('note', p_note) end;
end
$$;
