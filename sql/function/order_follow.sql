-- order_follow(id, broker): what the broker says about an order, as a fact: no fence, in any order, twice, with the same
-- end. Called by tradectl (polling, stream). An order that we did not know to be there is accepted first. The broker's
-- object must carry our client_order_id (22023). Returns the state now. Locks as order_accept, which it is.
create or replace function order_follow(p_id uuid, p_broker jsonb) returns text
    language sql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$ select order_accept(p_id, p_broker) $$;
