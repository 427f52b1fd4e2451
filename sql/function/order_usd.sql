-- order_usd(notional, qty, limit_price, price): what an order may cost at most as it stands: its notional, or quantity x
-- (limit price, else price), rounded up to cents. Called by order_judge and order_accept. Pure.
create or replace function order_usd(p_notional numeric, p_qty numeric, p_limit_price numeric, p_price numeric)
    returns numeric
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return round(ceil(coalesce(p_notional, p_qty * coalesce(p_limit_price, p_price)) * 100) / 100, 2);
end
$$;
