-- Market data, configuration, broker accounts and orders: the plan's tables.

-- Partitioned by UTC day of created_at; market_data_partitions() makes the days. No default partition: with one,
-- old days could not be detached beside running work.
create table market_data_snapshots (
    id bigserial not null,
    symbol text not null,
    asset_class text not null check (asset_class in ('us_equity', 'crypto')),
    feed text not null,
    metric text not null check (metric in ('last_trade', 'last_quote', 'minute_bar', 'daily_bar', 'prev_close')),
    price numeric not null,
    volume numeric,
    as_of timestamptz not null, -- the exchange's time, never ours
    raw jsonb,
    created_at timestamptz not null default clock_now(),
    open numeric,
    high numeric,
    low numeric,
    bid numeric,
    ask numeric,
    session_date date,
    session text check (session in ('pre', 'regular', 'post', 'none')),
    suspect boolean not null default false,
    batch_id uuid,
    primary key (id, created_at)
) partition by range (created_at);

create index market_data_snapshots_symbol on market_data_snapshots (symbol, as_of);

create table trading_config_templates (
    name text primary key,
    config jsonb not null check (jsonb_typeof(config) = 'object'),
    created_at timestamptz not null default clock_now(),
    updated_at timestamptz not null default clock_now()
);

create table user_trading_config (
    firebase_uid text primary key references users on delete cascade,
    template_name text references trading_config_templates,
    config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
    enabled boolean not null default false,
    updated_at timestamptz not null default clock_now()
);

-- One row an account at the broker. Every time of the order protocol stands here, so that tests can shorten it.
create table broker_account (
    account text primary key check (account in ('paper', 'live', 'test')),
    lease_seconds integer not null default 30,
    http_timeout_ms integer not null default 10000 check (http_timeout_ms > 0),
    approval_ttl_seconds integer not null default 300 check (approval_ttl_seconds > 0),
    missing_after_seconds integer not null default 15 check (missing_after_seconds >= 0),
    unresolved_after_seconds integer not null default 120 check (unresolved_after_seconds >= 0),
    quarantine_seconds integer not null default 90 check (quarantine_seconds >= 0),
    resubmit text not null default 'never' check (resubmit = 'never'),
    reserve_seq bigint not null default 0,
    last_reserved_at timestamptz, -- counting never goes back behind this
    quarantine_until timestamptz,
    reconciled_at timestamptz,
    served_at timestamptz, -- clock_timestamp() of a living tradectl
    check (lease_seconds * 1000 >= 3 * http_timeout_ms)
) with (fillfactor = 50);
insert into broker_account (account) values ('paper'), ('live'), ('test');

create table trade_orders (
    id uuid primary key,
    firebase_uid text not null references users on delete restrict,
    client_order_id text not null unique,
    alpaca_order_id text,
    symbol text not null,
    side text not null check (side in ('buy', 'sell')),
    order_type text not null check (order_type in ('market', 'limit')),
    notional_usd numeric check (notional_usd > 0 and notional_usd < 'Infinity'),
    qty numeric check (qty > 0 and qty < 'Infinity'),
    status text not null check (status in ('approved', 'reserved', 'submitting', 'unknown', 'unresolved', 'accepted',
        'partially_filled', 'filled', 'canceled', 'expired', 'rejected', 'blocked', 'quarantined')),
    question_id uuid not null unique references questions on delete restrict,
    rule_id text not null,
    submitted_at timestamptz,
    filled_at timestamptz,
    raw jsonb,
    created_at timestamptz not null default clock_now(),
    asset_class text not null check (asset_class in ('us_equity', 'crypto')),
    limit_price numeric check (limit_price > 0 and limit_price < 'Infinity'),
    time_in_force text not null check (time_in_force in ('day', 'gtc', 'ioc')),
    extended_hours boolean not null default false,
    price_asked numeric not null check (price_asked > 0 and price_asked < 'Infinity'),
    mode text not null check (mode in ('paper', 'live')),
    broker_account text not null references broker_account,
    broker_status text,                        -- the broker's own word
    filled_qty numeric not null default 0 check (filled_qty >= 0 and filled_qty < 'Infinity'),
    filled_avg_price numeric check (filled_avg_price >= 0 and filled_avg_price < 'Infinity'),
    reason text,
    approved_at timestamptz not null,
    claim_after timestamptz not null,          -- until then its owner can take the yes back
    approval_expires_at timestamptz not null,
    reserved_at timestamptz,                   -- NULL = not counted
    reserved_usd numeric check (reserved_usd >= 0),
    trade_day date,                            -- New York date of reserved_at
    fence bigint not null default 0,           -- one more at every take
    lease_worker text,
    lease_until timestamptz,
    attempt integer not null default 0,        -- requests whose bytes may have flowed
    next_try_at timestamptz,                   -- of an approved order that could not be sent
    last_post_at timestamptz,
    unknown_since timestamptz,
    next_check_at timestamptz,                 -- of an unknown or unresolved order
    missing_count integer not null default 0,  -- 404s that count
    accepted_at timestamptz,
    next_poll_at timestamptz,                  -- of an open order
    moved_at timestamptz not null default clock_now(),
    move_reason text,                          -- of the last move; the event copies both
    move_detail jsonb,
    check (id = question_id),
    check (client_order_id = 'h1-' || replace(id::text, '-', '')),
    check (num_nonnulls(notional_usd, qty) = 1),
    check ((order_type = 'limit') = (limit_price is not null)),
    check ((mode = 'live') = (broker_account = 'live')),
    check (num_nonnulls(reserved_at, reserved_usd, trade_day) in (0, 3))
) with (fillfactor = 70);

create index trade_orders_of_user on trade_orders (firebase_uid, created_at desc, id desc);
create index trade_orders_claim on trade_orders (broker_account, approved_at, id) where status in ('approved', 'reserved');
create index trade_orders_check on trade_orders (broker_account, next_check_at, id)
    where status in ('submitting', 'unknown', 'unresolved');
create index trade_orders_poll on trade_orders (broker_account, next_poll_at, id)
    where status in ('accepted', 'partially_filled');
create index trade_orders_counted on trade_orders (broker_account, reserved_at) where reserved_at is not null;
create index trade_orders_ledger on trade_orders (firebase_uid, broker_account, symbol);
create index trade_orders_notice on trade_orders (moved_at)
    where status in ('rejected', 'unresolved', 'blocked', 'expired', 'canceled', 'quarantined');
create unique index trade_orders_broker_id on trade_orders (broker_account, alpaca_order_id)
    where alpaca_order_id is not null;
