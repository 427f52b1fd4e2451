-- self_halt(level, reason): the person's own switch (scope `self`), also after it was tripped by rejects in a row. Returns
-- the level of that switch; what is in force may be stricter (trading_status). It touches no other scope, so it never
-- lifts what the operator holds. The person is that of the session (hybridhub.uid; never an argument); 28000 without one,
-- 22023 for a level that there is not. Called by apid, as the first of its transaction. Locks trading_halts, where it changes.
create or replace function self_halt(p_level text, p_reason text) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if session_uid() is null then
        raise exception 'self_halt: no person in this session' using errcode = '28000';
    end if;
    -- What stands already needs no lock of the whole table, which a finger on a button could ask for all day.
    if exists (select from trading_halts h where h.scope = 'self' and h.key = session_uid() and h.level = p_level) then
        return p_level;
    end if;
    return halt_set('self', session_uid(), p_level, p_reason, 'person', false);
end $$;
