-- operator_order_find(text): the order that somebody means by its id, its client_order_id (h1-...) or the broker's id; P0002
-- when there is none. Called by the operator's functions. Locks nothing.
create or replace function operator_order_find(p_text text) returns uuid
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_hex text := lower(regexp_replace(coalesce(p_text, ''), '^h1-|-', '', 'g'));
    v_id uuid;
begin
    if v_hex ~ '^[0-9a-f]{32}$' then
        select o.id into v_id from trade_orders o where o.id = v_hex::uuid;
    end if;
    if v_id is null then
        select o.id into v_id from trade_orders o where o.alpaca_order_id = p_text order by o.approved_at limit 1;
    end if;
    if v_id is null then
        raise exception 'there is no order %', p_text
            using errcode = 'P0002', hint = 'an order is named by its id, its client_order_id or the broker''s id';
    end if;
    return v_id;
end $$;
