-- order_cancel(id): the person of the session (hybridhub.uid; never an argument) wants this order back: within its undo
-- time the yes is simply taken back, and later what can still be stopped is stopped. Returns canceled, asked, final or
-- not_found as order_take_back says; another's order is not_found. Called by apid. Locks as order_take_back.
create or replace function order_cancel(p_id uuid) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if not exists (select from trade_orders o where o.id = p_id and o.firebase_uid = session_uid()) then
        return 'not_found';
    end if;
    return order_take_back(p_id, 'person', 'CANCELED_BY_USER');
end $$;
