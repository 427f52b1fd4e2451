-- order_fill(account, event): one event of the broker's trade-updates stream as a fact: {event, execution_id, timestamp,
-- price, qty, order: the broker's order object}. Finds our order by its client_order_id and applies order_accept's rules:
-- any order of events, any of them twice, the same end. An execution (fill, partial_fill) is stored once, by its execution_id, as
-- evidence; what was filled is what the order object says. Returns the order's id, client_order_id, its state before
-- and now, and how much more was filled; status `unknown_order`: no order here has that id; `differs`: we have not seen this order at the broker
-- yet and the object is not what was approved (the caller asks for it by id, where that is judged). An order that was
-- quarantined before shows it in both. Called by tradectl. 22023 when there is no order object. Locks as order_accept.
create or replace function order_fill(p_account text, p_event jsonb)
    returns table (id uuid, client_order_id text, before text, status text, more numeric)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_broker jsonb := p_event->'order';
    v_order trade_orders;
begin
    client_order_id := v_broker->>'client_order_id';
    if coalesce(client_order_id, '') = '' then
        raise exception 'order_fill: an event without an order' using errcode = '22023';
    end if;
    select * into v_order from trade_orders o
    where o.client_order_id = v_broker->>'client_order_id' and o.broker_account = p_account for update;
    if not found then
        status := 'unknown_order';
        return next;
        return;
    end if;
    id := v_order.id;
    before := v_order.status;
    if v_order.accepted_at is null and row(v_order.symbol, v_order.side, v_order.order_type, v_order.time_in_force,
            v_order.notional_usd, v_order.qty, v_order.limit_price)
        is distinct from row(v_broker->>'symbol', v_broker->>'side', v_broker->>'type', v_broker->>'time_in_force',
            (v_broker->>'notional')::numeric, (v_broker->>'qty')::numeric, (v_broker->>'limit_price')::numeric) then
        status := 'differs';
        return next;
        return;
    end if;

    status := order_accept(v_order.id, v_broker);
    if p_event->>'event' in ('fill', 'partial_fill') and p_event->>'execution_id' <> ''
        and num_nulls(p_event->>'qty', p_event->>'price', p_event->>'timestamp') = 0
        and (p_event->>'qty')::numeric > 0 and (p_event->>'price')::numeric > 0 then
        insert into trade_fills (execution_id, order_id, qty, price, at)
        values (p_event->>'execution_id', v_order.id, (p_event->>'qty')::numeric, (p_event->>'price')::numeric,
            (p_event->>'timestamp')::timestamptz)
        on conflict (execution_id) do nothing;
    end if;
    more := (select o.filled_qty - v_order.filled_qty from trade_orders o where o.id = v_order.id);
    return next;
end $$;
