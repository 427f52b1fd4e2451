-- The life of an order: which moves are legal, what each means, and the record of those that happened.

create table trade_order_moves (
    from_status text,
    to_status text not null,
    sentence text not null,
    unique nulls not distinct (from_status, to_status)
);

insert into trade_order_moves (from_status, to_status, sentence) values
    (null, 'approved', 'a person said yes'),
    ('approved', 'reserved', 'claimed: every guardrail passed, the budget is reserved'),
    ('approved', 'blocked', 'a guardrail, a halt or drift said no; nothing was sent'),
    ('approved', 'expired', 'the approval grew too old; nothing was sent'),
    ('approved', 'canceled', 'taken back before anything was sent'),
    ('reserved', 'reserved', 'its claimer went silent: claimed by another'),
    ('reserved', 'approved', 'not sent: the budget is back, it is tried again'),
    ('reserved', 'blocked', 'stopped at the last fence; nothing was sent'),
    ('reserved', 'expired', 'the approval grew too old at the last fence; nothing was sent'),
    ('reserved', 'canceled', 'taken back before anything was sent'),
    ('reserved', 'submitting', 'the last fence is passed: bytes may flow'),
    ('submitting', 'approved', 'provably not sent: the budget is back, it is tried again'),
    ('submitting', 'accepted', 'the broker has it'),
    ('submitting', 'rejected', 'the broker refused it'),
    ('submitting', 'unknown', 'no clear answer: it may be live, it is asked for by id'),
    ('submitting', 'quarantined', 'the broker shows another order under our id'),
    ('unknown', 'accepted', 'found at the broker'),
    ('unknown', 'unresolved', 'not confirmed, not shown by the broker: its budget stays counted'),
    ('unknown', 'quarantined', 'the broker shows another order under our id'),
    ('unresolved', 'accepted', 'found at the broker, late'),
    ('unresolved', 'rejected', 'an operator closed it on evidence'),
    ('unresolved', 'quarantined', 'the broker shows another order under our id'),
    ('approved', 'accepted', 'found at the broker before we sent it'),
    ('reserved', 'accepted', 'found at the broker before we sent it'),
    ('blocked', 'accepted', 'found at the broker although it was blocked'),
    ('expired', 'accepted', 'found at the broker although its approval had expired'),
    ('canceled', 'accepted', 'found at the broker although it was taken back'),
    ('rejected', 'accepted', 'found at the broker although it was refused'),
    ('accepted', 'partially_filled', 'the broker filled a part'),
    ('accepted', 'filled', 'the broker filled it'),
    ('accepted', 'canceled', 'the broker canceled it'),
    ('accepted', 'expired', 'it expired at the broker'),
    ('accepted', 'rejected', 'the broker rejected it after accepting it'),
    ('accepted', 'quarantined', 'the broker shows another order under our id'),
    ('partially_filled', 'filled', 'the broker filled the rest'),
    ('partially_filled', 'canceled', 'the broker canceled the rest'),
    ('partially_filled', 'expired', 'the rest expired at the broker'),
    ('partially_filled', 'rejected', 'the broker rejected the rest'),
    ('partially_filled', 'quarantined', 'the broker shows another order under our id'),
    ('quarantined', 'accepted', 'an operator released it on evidence'),
    ('quarantined', 'filled', 'an operator closed it on evidence'),
    ('quarantined', 'canceled', 'an operator closed it on evidence'),
    ('quarantined', 'expired', 'an operator closed it on evidence'),
    ('quarantined', 'rejected', 'an operator closed it on evidence');

create table trade_order_events (
    id bigserial primary key,
    order_id uuid not null references trade_orders on delete restrict,
    from_status text,
    to_status text not null,
    at timestamptz not null default clock_now(),
    reason text,
    detail jsonb
);

create index trade_order_events_order on trade_order_events (order_id, id);
create trigger append_only before update or delete on trade_order_events for each row execute function append_only();
create trigger append_only_truncate before truncate on trade_order_events execute function append_only();

-- An order's intent is what the person approved; it binds the owner of the database too. The move itself must be legal,
-- and what was filled never shrinks.
create function trade_order_check() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if tg_op = 'UPDATE' then
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
        if new.filled_qty < old.filled_qty then
            raise exception 'order %: filled_qty cannot shrink from % to %', old.id, old.filled_qty, new.filled_qty
                using errcode = '23514';
        end if;
        if new.alpaca_order_id is distinct from old.alpaca_order_id and old.alpaca_order_id is not null then
            raise exception 'order %: the broker''s id cannot change', old.id using errcode = '42501';
        end if;
        -- A take by another worker leaves the state as it is and is a move all the same; nothing else is.
        if new.status = old.status and not (new.status = 'reserved' and new.fence > old.fence) then
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
    elsif not exists (select from trade_order_moves m where m.from_status is null and m.to_status = new.status) then
        raise exception 'order %: an order is not born %', new.id, new.status using errcode = '23514';
    end if;
    new.moved_at := clock_now();
    return new;
end $$;

create trigger trade_order_check before insert or update on trade_orders
    for each row execute function trade_order_check();

create function trade_order_event_add() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    insert into trade_order_events (order_id, from_status, to_status, at, reason, detail)
    values (new.id, case when tg_op = 'UPDATE' then old.status end, new.status, new.moved_at, new.move_reason,
        new.move_detail);
    return null;
end $$;

create trigger trade_order_born after insert on trade_orders for each row execute function trade_order_event_add();
create trigger trade_order_moved after update on trade_orders
    for each row when (old.status <> new.status or (new.status = 'reserved' and new.fence > old.fence))
    execute function trade_order_event_add();

create table trade_fills (
    execution_id text not null unique,
    order_id uuid not null references trade_orders on delete restrict,
    qty numeric not null check (qty > 0 and qty < 'Infinity'),
    price numeric not null check (price > 0 and price < 'Infinity'),
    at timestamptz not null
);

create index trade_fills_order on trade_fills (order_id);
create trigger append_only before update or delete on trade_fills for each row execute function append_only();
create trigger append_only_truncate before truncate on trade_fills execute function append_only();

-- Orders with our prefix that the broker shows and no question explains. They count against the account's caps.
create table orphan_orders (
    client_order_id text primary key,
    broker_account text not null references broker_account,
    alpaca_order_id text not null,
    symbol text not null,
    side text,
    reserved_usd numeric not null default 0 check (reserved_usd >= 0),
    submitted_at timestamptz not null,
    raw jsonb not null,
    seen_at timestamptz not null default clock_now(),
    adopted_at timestamptz -- when the question that it answers came back
);

-- Average cost: a buy mixes into the average, a sell leaves it, a flat position forgets it. state = {qty, average}.
create function average_cost_step(p_state numeric[], p_signed_qty numeric, p_price numeric) returns numeric[]
    language sql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
select case
    when p_signed_qty is null or p_signed_qty = 0 then p_state
    when p_state[1] + p_signed_qty <= 0 then array[p_state[1] + p_signed_qty, 0]
    when p_signed_qty < 0 then array[p_state[1] + p_signed_qty, p_state[2]]
    when p_state[1] <= 0 then array[p_state[1] + p_signed_qty, coalesce(p_price, 0)]
    else array[p_state[1] + p_signed_qty,
        (p_state[1] * p_state[2] + p_signed_qty * coalesce(p_price, 0)) / (p_state[1] + p_signed_qty)]
end $$;

create aggregate average_cost(numeric, numeric) (sfunc = average_cost_step, stype = numeric[], initcond = '{0,0}');

create view positions with (security_invoker = true) as
select firebase_uid, broker_account, symbol, state[1] as qty, round(state[2], 9) as avg_entry_price
from (select o.firebase_uid, o.broker_account, o.symbol,
        average_cost(case o.side when 'buy' then o.filled_qty else -o.filled_qty end, o.filled_avg_price
            order by coalesce(o.filled_at, o.created_at), o.id) as state
    from trade_orders o
    where o.filled_qty > 0
    group by o.firebase_uid, o.broker_account, o.symbol) ledger
where state[1] <> 0;
