-- operator_halt(os user, verb, scope, key, level, reason): an operator's hand on one switch: scope global, account or user; never
-- `self`, which is the person's own. verb `halt` never loosens (reducing over halted is refused, 55000), `resume` never
-- tightens; the same level again changes only the reason. Returns {<verb>, submitting, still_in_force}: the change; the orders it binds whose bytes may be flowing at this
-- very moment (halt_set waits for every claim and fence under way, so no other can be) - a halt does not call them back;
-- every other switch over the same orders that is not active. Recorded in operator_actions. Called by `tradectl halt` and
-- `tradectl resume`. Locks trading_halts, first of all.
create or replace function operator_halt(p_os_user text, p_verb text, p_scope text, p_key text, p_level text, p_reason text)
    returns json
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_levels constant text[] := array['active', 'reducing', 'halted'];
    v_from text;
    v_by text := p_os_user || ' (' || session_user || ')';
    v_submitting json;
begin
    if p_scope is null or p_scope not in ('global', 'account', 'user') then
        raise exception 'an operator halts globally, an account or a user' using errcode = '22023';
    end if;
    lock table trading_halts in exclusive mode;
    select h.level into v_from from trading_halts h where h.scope = p_scope and h.key = p_key;
    if not found then
        raise exception 'there is no % %', p_scope, p_key using errcode = '22023', hint = case p_scope
            when 'account' then 'the accounts are: ' || (select string_agg(b.account, ' ' order by b.account) from broker_account b)
            else '`tradectl orders` shows users as they are named' end;
    end if;
    if p_verb is null or p_verb not in ('halt', 'resume') or array_position(v_levels, p_level) is null then
        raise exception 'halt or resume, to active, reducing or halted' using errcode = '22023';
    end if;
    if p_verb = 'halt' and array_position(v_levels, p_level) < array_position(v_levels, v_from) then
        raise exception '% is % already, which is stricter than %', btrim(p_scope || ' ' || p_key), v_from, p_level
            using errcode = '55000', hint = '`tradectl resume --level reducing` loosens it';
    elsif p_verb = 'resume' and array_position(v_levels, p_level) > array_position(v_levels, v_from) then
        raise exception '% is only %: there is nothing to resume', btrim(p_scope || ' ' || p_key), v_from
            using errcode = '55000', hint = '`tradectl halt --level reducing` tightens it';
    end if;
    perform halt_set(p_scope, p_key, p_level, p_reason, v_by, false);

    select coalesce(json_agg(json_build_object('order', o.id, 'account', o.broker_account, 'user', o.firebase_uid, 'symbol',
        o.symbol, 'side', o.side, 'notional_usd', o.notional_usd, 'qty', o.qty, 'sent', o.last_post_at)
        order by o.last_post_at, o.id), '[]') into v_submitting
    from trade_orders o
    where o.status = 'submitting' and (p_scope = 'global' or (p_scope = 'account' and o.broker_account = p_key)
        or (p_scope = 'user' and o.firebase_uid = p_key));
    perform operator_act(p_os_user, p_verb, btrim(p_scope || ' ' || p_key), p_reason,
        jsonb_build_object('before', v_from, 'after', p_level, 'submitting', v_submitting));

    return json_build_object(
        p_verb, json_build_object('scope', p_scope, 'key', nullif(p_key, ''), 'before', v_from, 'after', p_level,
            'reason', p_reason, 'by', v_by),
        'submitting', v_submitting,
        'still_in_force', operator_halts_over(p_scope, p_key));
end $$;
