-- operator_halts_over(scope, key): the other switches that bind orders of this scope and are not active, the strictest and
-- widest first; at most 50. Scope `order`, key a uid: all that bind an order of this person. Called by operator_halt and
-- operator_resolve. Locks nothing.
create or replace function operator_halts_over(p_scope text, p_key text) returns json
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select coalesce(json_agg(json_build_object('scope', h.scope, 'key', nullif(h.key, ''), 'level', h.level, 'set_by', h.set_by,
    'set_at', h.set_at, 'reason', h.reason) order by h.level, array_position(array['global', 'account', 'user', 'self'], h.scope),
    h.key), '[]')
from (select * from trading_halts x
    where x.level <> 'active' and (x.scope, x.key) <> (p_scope, p_key)
        and (p_scope = 'global' or x.scope in ('global', 'account')
            or (p_scope = 'account' and x.scope in ('user', 'self')) or (p_scope in ('user', 'order') and x.key = p_key))
        and not (p_scope = 'account' and x.scope = 'account')
    order by x.level = 'halted' desc, x.set_at limit 50) h
$$;
