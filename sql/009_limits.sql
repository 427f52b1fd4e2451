-- The operator's caps and the switches that stop trading.

-- NULL = no cap. Owner only. The booleans are in force only where the global row and a row of that user both say true.
create table hard_limits (
    scope text not null check (scope in ('global', 'account', 'user')),
    broker_account text references broker_account,
    firebase_uid text references users on delete cascade,
    max_notional_usd_per_order numeric check (max_notional_usd_per_order >= 0),
    max_orders_per_day integer check (max_orders_per_day >= 0),
    max_notional_usd_per_4h numeric check (max_notional_usd_per_4h >= 0),
    live_allowed boolean not null default false,
    unattended_allowed boolean not null default false,
    unique nulls not distinct (scope, broker_account, firebase_uid),
    check ((scope = 'global' and broker_account is null and firebase_uid is null)
        or (scope = 'account' and broker_account is not null and firebase_uid is null)
        or (scope = 'user' and firebase_uid is not null))
);
-- Caps each broker account, whoever trades on it.
insert into hard_limits (scope, max_orders_per_day, max_notional_usd_per_4h) values ('global', 50, 2500);

-- One row each for `global` (key ''), every account, every `user` (the operator's hold) and every `self` (the person's
-- own switch). Rows are born with what they guard: FOR SHARE on an absent row would lock nothing.
create table trading_halts (
    scope text not null check (scope in ('global', 'account', 'user', 'self')),
    key text not null,
    level text not null default 'active' check (level in ('active', 'reducing', 'halted')),
    reason text,
    set_by text,
    set_at timestamptz not null default clock_now(),
    primary key (scope, key),
    check ((scope = 'global') = (key = ''))
);

create table trading_halt_events (
    id bigserial primary key,
    scope text not null,
    key text not null,
    from_level text not null,
    to_level text not null,
    reason text,
    set_by text not null,
    at timestamptz not null default clock_now()
);

create trigger append_only before update or delete on trading_halt_events for each row execute function append_only();
create trigger append_only_truncate before truncate on trading_halt_events execute function append_only();

create function trading_halt_event_add() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    insert into trading_halt_events (scope, key, from_level, to_level, reason, set_by)
    values (new.scope, new.key, old.level, new.level, new.reason, coalesce(new.set_by, session_user));
    return null;
end $$;

create trigger trading_halt_changed after update on trading_halts
    for each row when (old.level <> new.level) execute function trading_halt_event_add();

create function trading_halt_born() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if tg_table_name = 'users' then
        insert into trading_halts (scope, key) values ('user', new.firebase_uid), ('self', new.firebase_uid);
    else
        insert into trading_halts (scope, key) values ('account', new.account);
    end if;
    return null;
end $$;

create function trading_halt_dies() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    delete from trading_halts where scope in ('user', 'self') and key = old.firebase_uid;
    return null;
end $$;

insert into trading_halts (scope, key)
    select 'global', '' union all select 'account', account from broker_account
    union all select s.scope, u.firebase_uid from users u cross join (values ('user'), ('self')) s (scope);

create trigger trading_halt_born after insert on users for each row execute function trading_halt_born();
create trigger trading_halt_born after insert on broker_account for each row execute function trading_halt_born();
create trigger trading_halt_dies after delete on users for each row execute function trading_halt_dies();

-- The plan's view of a person's trading, over the tables that hold it: it cannot disagree with them. For every user.
create view user_trading_state with (security_invoker = true) as
select u.firebase_uid,
    coalesce((select i.rule_id || ':' || i.phase from rule_instances i
        where i.firebase_uid = u.firebase_uid and i.phase <> 'idle'
        order by i.updated_at desc, i.rule_id, i.symbol limit 1), 'idle') as pipeline_step,
    jsonb_build_object(
        'last_fired_rules', coalesce((select jsonb_object_agg(i.rule_id || ':' || i.symbol, i.last_fired_at)
            from rule_instances i where i.firebase_uid = u.firebase_uid and i.last_fired_at is not null), '{}'),
        'pending_proposals', coalesce((select jsonb_agg(q.id order by q.created_at, q.id) from questions q
            where q.firebase_uid = u.firebase_uid and q.status in ('queued', 'delivered')
                and q.kind in ('proposal', 'follow_up', 'reask')), '[]'),
        'daily_counts', jsonb_build_object(
            'questions', (select count(*) from questions q
                where q.firebase_uid = u.firebase_uid and q.kind in ('proposal', 'follow_up', 'reask')
                    and (q.created_at at time zone 'America/New_York')::date
                        = (clock_now() at time zone 'America/New_York')::date),
            'orders', (select count(*) from trade_orders o
                where o.firebase_uid = u.firebase_uid
                    and o.trade_day = (clock_now() at time zone 'America/New_York')::date)),
        'last_fetch_times', coalesce((select jsonb_object_agg(f.input_id, f.last_fetch_at)
            from ingest_inputs f where f.firebase_uid = u.firebase_uid), '{}')) as context,
    (select e.last_eval_at from eval_progress e) as last_eval_at,
    (select max(i.updated_at) from rule_instances i where i.firebase_uid = u.firebase_uid) as updated_at
from users u;
