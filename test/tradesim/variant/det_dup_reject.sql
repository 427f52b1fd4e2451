-- A fixed id, sent again when no answer came; "client_order_id must be unique" is read as a refusal, and a refusal frees the
-- budget.
create or replace function order_unknown(p_id uuid, p_fence bigint, p_why text, p_detail jsonb) returns text language sql as
    $$ select order_not_sent(p_id, p_fence, p_why) $$;

create or replace function order_refuse(p_id uuid, p_fence bigint, p_status integer, p_reason text, p_detail jsonb)
    returns text language sql as $$
    update trade_orders o set status = 'rejected', reason = p_reason, reserved_at = null, reserved_usd = null, trade_day = null,
        lease_worker = null, lease_until = null
    where o.id = p_id and o.status = 'submitting' and o.fence = p_fence returning o.status
$$;
