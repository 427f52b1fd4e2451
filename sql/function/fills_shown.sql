-- fills_shown(account, fills): executions from the broker's list of activities, for the time in which its stream was not
-- heard: an array of {execution_id, alpaca_order_id, qty, price, at}. Evidence only: each that belongs to an order of ours and
-- that what the order has filled still has room for is stored, once. (The list names its entries by ids of its own kind, so
-- the room is what keeps an execution from being stored under two.) Returns how many were stored. Called by tradectl. Locks
-- the orders, one at a time in the order of the list's order ids.
create or replace function fills_shown(p_account text, p_fills jsonb) returns integer
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_fill record;
    v_order trade_orders;
    v_stored integer := 0;
begin
    for v_fill in select f.* from jsonb_to_recordset(p_fills) f (execution_id text, alpaca_order_id text, qty numeric, price numeric, at timestamptz)
        order by f.alpaca_order_id, f.at loop
        select * into v_order from trade_orders o
        where o.broker_account = p_account and o.alpaca_order_id = v_fill.alpaca_order_id for update;
        continue when not found or num_nulls(v_fill.execution_id, v_fill.qty, v_fill.price, v_fill.at) > 0
            or not (v_fill.qty > 0 and v_fill.price > 0) or v_order.filled_qty < v_fill.qty
                + (select coalesce(sum(f.qty), 0) from trade_fills f where f.order_id = v_order.id);
        insert into trade_fills (execution_id, order_id, qty, price, at)
        values (v_fill.execution_id, v_order.id, v_fill.qty, v_fill.price, v_fill.at)
        on conflict (execution_id) do nothing;
        if found then
            v_stored := v_stored + 1;
        end if;
    end loop;
    return v_stored;
end $$;
