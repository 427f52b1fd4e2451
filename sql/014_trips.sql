-- What halts trading by itself, so that it happens once for each cause, also when a process dies in between.

-- One row a cause that has tripped: the operator may resume, and the same cause does not trip again.
create table trips (
    broker_account text not null references broker_account,
    kind text not null check (kind in ('orphan', 'differs', 'against', 'cap', 'ledger')),
    subject text not null,
    level text not null check (level in ('reducing', 'halted')),
    reason text not null,
    at timestamptz not null default clock_now(),
    primary key (broker_account, kind, subject)
);
create trigger append_only before update or delete on trips for each row execute function append_only();
create trigger append_only_truncate before truncate on trips execute function append_only();

-- When the order was found at the broker by reconciliation; NULL for those that we sent.
alter table trade_orders add adopted_at timestamptz;
create index trade_orders_adopted on trade_orders (broker_account, adopted_at) where adopted_at is not null;

-- Why it is here: no question explains it, or it is not what its question proposed.
alter table orphan_orders add why text not null default 'orphan' check (why in ('orphan', 'differs'));

-- Symbols of which our ledger shows more than the broker holds; seen again later they are a mismatch.
create table ledger_suspects (
    broker_account text not null references broker_account,
    symbol text not null,
    ledger_qty numeric not null,
    broker_qty numeric not null,
    first_seen_at timestamptz not null,
    seen_at timestamptz not null,
    primary key (broker_account, symbol)
);
