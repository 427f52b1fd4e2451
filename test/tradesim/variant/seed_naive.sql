-- Look in trade_orders, send, then write: nothing is reserved, a new id for each try.
create table busy (worker text, order_id uuid, until timestamptz, primary key (worker, order_id));

drop function order_claim(text, text, timestamptz, uuid);
create function order_claim(p_account text, p_worker text)
    returns table (outcome text, id uuid, fence bigint, attempt integer, client_order_id text, firebase_uid text,
        notional_usd numeric, reserve_seq bigint)
    language plpgsql as $$
#variable_conflict use_column
declare
    v_order trade_orders;
    v_sent record;
begin
    select o.* into v_order from trade_orders o
    where o.status = 'approved' and (o.next_try_at is null or o.next_try_at <= clock_now())
        and not exists (select from busy b where b.worker = p_worker and b.order_id = o.id and b.until > clock_now())
    order by o.approved_at limit 1;
    if not found then
        return;
    end if;
    select count(*) filter (where o.firebase_uid = v_order.firebase_uid) as orders, count(*) as all_orders,
        coalesce(sum(o.notional_usd) filter (where o.firebase_uid = v_order.firebase_uid), 0) as usd,
        coalesce(sum(o.notional_usd), 0) as all_usd
    into v_sent from trade_orders o where o.accepted_at is not null;
    if (case when v_order.firebase_uid like 'count%' then v_sent.orders >= 3 or v_sent.all_orders >= 5
            else v_sent.usd >= 30 or v_sent.all_usd >= 50 end) then
        update trade_orders o set status = 'blocked', reason = 'OVER' where o.id = v_order.id;
        return query select 'blocked', v_order.id, 0::bigint, 0, '', '', 0::numeric, 0::bigint;
        return;
    end if;
    insert into busy values (p_worker, v_order.id, clock_now() + interval '15 seconds')
    on conflict (worker, order_id) do update set until = excluded.until;
    return query select 'reserved', v_order.id, 0::bigint, 0, v_order.client_order_id, v_order.firebase_uid, v_order.notional_usd,
        0::bigint;
end $$;

create or replace function order_begin_send(p_id uuid, p_fence bigint, p_worker text) returns text language sql as
    $$ select 'go' $$;

alter function order_accept(uuid, jsonb) rename to order_accept_checked;
create function order_accept(p_id uuid, p_broker jsonb) returns text language sql as $$
    select order_accept_checked(o.id, p_broker || jsonb_build_object('client_order_id', o.client_order_id,
        'id', coalesce(o.alpaca_order_id, p_broker->>'id')))
    from trade_orders o where o.id = p_id
$$;

create or replace function order_unknown(p_id uuid, p_fence bigint, p_why text, p_detail jsonb) returns text language sql as $$
    update trade_orders o set next_try_at = clock_now() + interval '2 seconds' where o.id = p_id returning o.status
$$;
create or replace function order_not_sent(p_id uuid, p_fence bigint, p_why text) returns text language sql as
    $$ select order_unknown(p_id, p_fence, p_why, null) $$;

insert into trade_order_moves values ('approved', 'rejected', 'planted');
create or replace function order_refuse(p_id uuid, p_fence bigint, p_status integer, p_reason text, p_detail jsonb)
    returns text language sql as
    $$ update trade_orders o set status = 'rejected' where o.id = p_id and o.status = 'approved' returning o.status $$;
