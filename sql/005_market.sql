-- What ingestd keeps beside the snapshots.

-- The newest row of each series. fillfactor: an upsert stays on its page (HOT); at 100 the table grows twentyfold.
create table market_data_latest (
    symbol text not null,
    asset_class text not null,
    feed text not null,
    metric text not null,
    snapshot_id bigint not null,
    price numeric not null,
    volume numeric,
    open numeric,
    high numeric,
    low numeric,
    bid numeric,
    ask numeric,
    as_of timestamptz not null,
    session_date date,
    session text,
    suspect boolean not null default false,
    created_at timestamptz not null default clock_now(),
    primary key (symbol, asset_class, feed, metric)
) with (fillfactor = 50);

-- Completed bars only, split-adjusted.
create table market_bars (
    symbol text not null,
    asset_class text not null,
    feed text not null,
    timeframe text not null,
    t timestamptz not null,
    open numeric not null,
    high numeric not null,
    low numeric not null,
    close numeric not null,
    volume numeric,
    primary key (symbol, asset_class, feed, timeframe, t)
);

-- The broker's sessions of US equities. pre_open and post_close bound extended hours.
create table market_calendar (
    date date primary key,
    open timestamptz not null,
    close timestamptz not null,
    pre_open timestamptz not null,
    post_close timestamptz not null,
    check (pre_open <= open and open < close and close <= post_close)
);

create table ingest_inputs (
    firebase_uid text not null,
    input_id text not null,
    last_fetch_at timestamptz not null,
    primary key (firebase_uid, input_id)
);

-- The broker's clock as ingestd last read it.
create table broker_clock (
    id boolean primary key default true check (id),
    is_open boolean not null,
    next_open timestamptz,
    next_close timestamptz,
    at timestamptz not null,     -- the broker's own time
    read_at timestamptz not null -- ours
);
