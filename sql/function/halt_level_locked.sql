-- halt_level_locked(uid, account): the same with the four rows locked FOR SHARE: until this transaction ends nobody can
-- halt behind its back. Called by order_claim and order_begin_send, which must change no halt themselves.
create or replace function halt_level_locked(p_uid text, p_account text) returns text
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return (select case when count(*) < 4 or bool_or(level = 'halted') then 'halted'
        when bool_or(level = 'reducing') then 'reducing' else 'active' end
    from (select h.level from trading_halts h
        where (h.scope, h.key) in (('global', ''), ('account', p_account), ('user', p_uid), ('self', p_uid))
        order by h.scope, h.key for share) locked);
end
$$;
