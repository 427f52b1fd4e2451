-- order_cancel_answered(id, status, detail): what the broker answered to a request to cancel (HTTP status; 0: no answer
-- came). Written down and shown; it moves nothing: 204 means asked for, and 404 and 422 only that the order must be read.
-- Returns the order's state. 22023 where nobody asked for a cancel. Called by tradectl. Locks the order.
create or replace function order_cancel_answered(p_id uuid, p_status integer, p_detail jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_status text;
begin
    perform from trade_orders o where o.id = p_id for update;
    update trade_orders o set cancel_status = p_status, cancel_detail = p_detail
    where o.id = p_id and o.cancel_requested_at is not null returning o.status into v_status;
    if not found then
        raise exception 'order %: nobody asked to cancel it', p_id using errcode = '22023';
    end if;
    return v_status;
end $$;
