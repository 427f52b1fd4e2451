-- What every claim and every fence pays, made cheap. Nothing means anything else than before.

-- As plpgsql it is an expression of the session; as SQL, which cannot be inlined because clock_timestamp() is volatile, it was
-- set up anew at each call.
create or replace function clock_now() returns timestamptz
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return clock_timestamp();
end $$;

-- The checks of an order, each looked at only where a statement names its columns.
create function trade_order_fixed() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if row(new.id, new.firebase_uid, new.client_order_id, new.symbol, new.asset_class, new.side, new.order_type,
            new.notional_usd, new.qty, new.limit_price, new.time_in_force, new.extended_hours, new.price_asked,
            new.question_id, new.rule_id, new.mode, new.broker_account, new.approved_at, new.claim_after,
            new.approval_expires_at, new.created_at)
        is distinct from
        row(old.id, old.firebase_uid, old.client_order_id, old.symbol, old.asset_class, old.side, old.order_type,
            old.notional_usd, old.qty, old.limit_price, old.time_in_force, old.extended_hours, old.price_asked,
            old.question_id, old.rule_id, old.mode, old.broker_account, old.approved_at, old.claim_after,
            old.approval_expires_at, old.created_at) then
        raise exception 'order %: what was approved cannot change', old.id using errcode = '42501';
    end if;
    return new;
end $$;
create trigger trade_order_fixed before update of id, firebase_uid, client_order_id, symbol, asset_class, side, order_type,
        notional_usd, qty, limit_price, time_in_force, extended_hours, price_asked, question_id, rule_id, mode, broker_account,
        approved_at, claim_after, approval_expires_at, created_at on trade_orders
    for each row execute function trade_order_fixed();

create function trade_order_grows() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if new.filled_qty < old.filled_qty then
        raise exception 'order %: filled_qty cannot shrink from % to %', old.id, old.filled_qty, new.filled_qty
            using errcode = '23514';
    end if;
    if new.alpaca_order_id is distinct from old.alpaca_order_id and old.alpaca_order_id is not null then
        raise exception 'order %: the broker''s id cannot change', old.id using errcode = '42501';
    end if;
    return new;
end $$;
create trigger trade_order_grows before update of filled_qty, alpaca_order_id on trade_orders
    for each row execute function trade_order_grows();

-- A move writes its event itself, before the order: so the long list of guardrails goes into the event and never into the order's
-- own row, which every later move copies. A take by another worker leaves the state as it is and is a move all the same;
-- nothing else is.
create or replace function trade_order_check() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if tg_op = 'INSERT' then
        if not exists (select from trade_order_moves m where m.from_status is null and m.to_status = new.status) then
            raise exception 'order %: an order is not born %', new.id, new.status using errcode = '23514';
        end if;
        new.moved_at := clock_now();
        return new;
    end if;

    if not exists (select from trade_order_moves m where m.from_status = old.status and m.to_status = new.status) then
        raise exception 'order %: % to % is no legal move', old.id, old.status, new.status using errcode = '23514';
    end if;
    -- What somebody else said about an earlier move is not said about this one.
    if new.move_detail = old.move_detail then
        new.move_detail := null;
    end if;
    if new.move_reason = old.move_reason and new.reason is distinct from new.move_reason then
        new.move_reason := null;
    end if;
    new.moved_at := clock_now();
    insert into trade_order_events (order_id, from_status, to_status, at, reason, detail)
    values (new.id, old.status, new.status, new.moved_at, new.move_reason, new.move_detail);
    if new.move_detail ? 'guardrails' then
        new.move_detail := new.move_detail - 'guardrails';
    end if;
    return new;
end $$;
drop trigger trade_order_check on trade_orders;
create trigger trade_order_born_right before insert on trade_orders for each row execute function trade_order_check();
create trigger trade_order_moves_right before update of status, fence on trade_orders
    for each row when (old.status <> new.status or (new.status = 'reserved' and new.fence > old.fence))
    execute function trade_order_check();

drop trigger trade_order_moved on trade_orders;

-- The claim takes its lock, its number and its time in one UPDATE; where it reserves nothing it gives them back.
drop function if exists order_claim(text, text); -- it has grown
alter table broker_account add column reserved_before timestamptz; -- last_reserved_at before the last claim
