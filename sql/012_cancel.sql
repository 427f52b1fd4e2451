-- An order that somebody wants back: what was asked for, and what the broker said to it. The order itself ends by what a
-- poll or an event of the broker says, never by an answer to the request.

alter table trade_orders
    add column cancel_requested_at timestamptz,          -- NULL = nobody asked
    add column cancel_requested_by text check (cancel_requested_by in ('person', 'operator', 'system')),
    add column next_cancel_at timestamptz,               -- when the broker is asked next
    add column cancel_count integer not null default 0,  -- how often it has been asked
    add column cancel_status integer,                    -- its newest answer: the HTTP status,
    add column cancel_detail jsonb,                      -- and what it said
    add check (num_nonnulls(cancel_requested_at, cancel_requested_by) in (0, 2)),
    add check (next_cancel_at is null or cancel_requested_at is not null);

create index trade_orders_cancel on trade_orders (broker_account, next_cancel_at, id)
    where next_cancel_at is not null and status in ('accepted', 'partially_filled');
