-- What a trading question proposes, frozen when it was asked: an order is made from this row and from nothing else.

create table trade_proposals (
    question_id uuid primary key references questions on delete cascade,
    firebase_uid text not null,
    rule_id text not null,
    symbol text not null,
    asset_class text not null check (asset_class in ('us_equity', 'crypto')),
    side text not null check (side in ('buy', 'sell')),
    order_type text not null check (order_type in ('market', 'limit')),
    notional_usd numeric check (notional_usd > 0 and notional_usd < 'Infinity'),
    qty numeric check (qty > 0 and qty < 'Infinity'),
    limit_price numeric check (limit_price > 0 and limit_price < 'Infinity'),
    time_in_force text not null check (time_in_force in ('day', 'gtc', 'ioc')),
    extended_hours boolean not null default false,
    price_asked numeric not null check (price_asked > 0 and price_asked < 'Infinity'),
    mode text not null check (mode in ('paper', 'live')),
    broker_account text not null references broker_account,
    config_version integer,
    template_version integer,
    chain_id uuid not null,
    attempt integer not null check (attempt >= 1),
    -- The tunables as resolved (CONFIG.md part 5), in the ranges that it allows:
    approve_min numeric not null default 7 check (approve_min > 0 and approve_min <= 10),
    skip_max numeric not null default -7 check (skip_max >= -10 and skip_max < 0),
    on_ambiguous text not null default 'follow_up' check (on_ambiguous in ('follow_up', 'skip')),
    max_follow_ups integer not null default 1 check (max_follow_ups between 0 and 3),
    max_drift_pct numeric not null default 0.50 check (max_drift_pct > 0 and max_drift_pct <= 20),
    drift_side text not null default 'both' check (drift_side in ('both', 'adverse')),
    on_drift text not null default 'reask' check (on_drift in ('reask', 'cancel')),
    max_reasks integer not null default 2 check (max_reasks between 0 and 5),
    undo_seconds integer not null default 0 check (undo_seconds between 0 and 60),
    cooldown_seconds integer not null default 3600 check (cooldown_seconds between 0 and 604800),
    after_skip text not null default 'session' check (after_skip in ('session', 'cooldown')),
    max_fires_per_day integer not null default 3 check (max_fires_per_day between 1 and 50),
    question_ttl_seconds integer not null default 900 check (question_ttl_seconds between 30 and 28800),
    close_buffer_seconds integer not null default 300 check (close_buffer_seconds between 0 and 3600),
    max_staleness_seconds integer not null check (max_staleness_seconds between 1 and 86400),
    check (num_nonnulls(notional_usd, qty) = 1),
    check ((order_type = 'limit') = (limit_price is not null)),
    check ((mode = 'live') = (broker_account = 'live'))
);

create index trade_proposals_chain on trade_proposals (chain_id);

create function proposal_is_frozen() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    raise exception 'a proposal is frozen when it is asked' using errcode = '42501';
end $$;

create trigger proposal_is_frozen before update on trade_proposals for each row execute function proposal_is_frozen();
