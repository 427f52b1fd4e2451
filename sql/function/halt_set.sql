-- halt_set(scope, key, level, reason, by, trip): the one place where a halt changes. Returns the level now. Called by
-- account_halt; whoever adds another hand (operator, person) calls it too. A trip never lowers a level. Begins with LOCK
-- TABLE: without it share lockers overtake a waiting halt. Must be the first thing of its transaction that touches
-- trading_halts. An absent row is an error (22023): a halt that guards nothing must not look set.
create or replace function halt_set(p_scope text, p_key text, p_level text, p_reason text, p_by text, p_trip boolean)
    returns text
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_levels constant text[] := array['active', 'reducing', 'halted'];
    v_old text;
begin
    if p_level is null or not p_level = any (v_levels) or p_trip is null or coalesce(p_reason, '') = '' then
        raise exception 'halt_set: level active, reducing or halted, and a reason, are needed' using errcode = '22023';
    end if;
    lock table trading_halts in exclusive mode;
    select h.level into v_old from trading_halts h where h.scope = p_scope and h.key = p_key;
    if not found then
        raise exception 'halt_set: there is no % %', p_scope, p_key using errcode = '22023';
    end if;
    if p_trip and array_position(v_levels, p_level) <= array_position(v_levels, v_old) then
        return v_old;
    end if;
    update trading_halts set level = p_level, reason = left(p_reason, 1000), set_by = p_by, set_at = clock_now()
    where scope = p_scope and key = p_key;
    return p_level;
end $$;
