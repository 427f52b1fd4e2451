-- guardrail_number(guardrails, key, worst): a number of one side; NULL where the side does not say it; `worst` where it
-- says something that is no number, so that nonsense closes and never opens. Called by guardrails_merge, which it is inlined
-- into: so its names are bound when it is made. Pure.
create or replace function guardrail_number(p_guardrails jsonb, p_key text, p_worst numeric) returns numeric
    language sql immutable
    return case
        when p_guardrails is null then null
        when jsonb_typeof(p_guardrails) <> 'object' then p_worst
        when not p_guardrails ? p_key then null
        when jsonb_typeof(p_guardrails->p_key) <> 'number' then p_worst
        else (p_guardrails->>p_key)::numeric
    end;
