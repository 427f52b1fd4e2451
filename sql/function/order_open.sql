-- order_open(account): every order that the broker may hold: what tradectl asks for by id at its start, before it claims.
create or replace function order_open(p_account text)
    returns table (id uuid, client_order_id text, alpaca_order_id text, symbol text, asset_class text, side text,
        order_type text, notional_usd numeric, qty numeric, limit_price numeric, time_in_force text, extended_hours boolean,
        fence bigint, attempt integer, status text)
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
select o.id, o.client_order_id, o.alpaca_order_id, o.symbol, o.asset_class, o.side, o.order_type, o.notional_usd, o.qty,
    o.limit_price, o.time_in_force, o.extended_hours, o.fence, o.attempt, o.status
from trade_orders o
where o.broker_account = p_account
    and o.status in ('submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled', 'quarantined')
order by o.approved_at, o.id
$$;
