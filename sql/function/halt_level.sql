-- halt_level(uid, account): the strictest level that binds this person on this account; fewer than the four rows that
-- must be there count as halted. Called by evald (instance_states) and for display; the claim and the last fence lock
-- the rows first (halt_level_locked). Locks nothing.
create or replace function halt_level(p_uid text, p_account text) returns text
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select case when count(*) < 4 or bool_or(h.level = 'halted') then 'halted'
    when bool_or(h.level = 'reducing') then 'reducing' else 'active' end
from trading_halts h
where (h.scope, h.key) in (('global', ''), ('account', p_account), ('user', p_uid), ('self', p_uid))
$$;
