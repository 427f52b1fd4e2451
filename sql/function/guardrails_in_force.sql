-- guardrails_in_force(uid, override, account): every guardrail (docs/configuration.md, "guardrails") as it binds now: template <- user, the
-- stricter of two; defaults where neither speaks; then the operator's hard_limits (guardrails_merge). Called by apid and
-- evald (validator, preview, asking). The override stands in for the stored document; account NULL = that of the mode in
-- force. Member `hard`: what the operator allows, `hard.account` what the whole account may. SECURITY INVOKER; locks
-- nothing. Nonsense on either side closes, never opens.
create or replace function guardrails_in_force(p_uid text, p_override jsonb default null, p_account text default null)
    returns jsonb
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_config record;
begin
    select * into v_config from config_in_force(p_uid, p_override);
    return guardrails_merge(p_uid, coalesce(p_account, case v_config.mode when 'live' then 'live' else 'paper' end),
        v_config.mode, v_config.merged, v_config.template_guardrails, v_config.own_guardrails);
end $$;
