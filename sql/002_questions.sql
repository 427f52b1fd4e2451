-- Questions to people. Generic: another pipeline inserts the plan's columns and nothing else, and it is delivered.

create table questions (
    id uuid primary key default gen_random_uuid(),
    firebase_uid text not null references users on delete cascade,
    kind text not null default 'other' check (kind in ('proposal', 'follow_up', 'reask', 'notice', 'other')),
    question_text text not null,
    question_type text not null default 'numeric',
    min_value numeric not null default -10,
    max_value numeric not null default 10,
    correct_answer numeric,
    answer numeric,
    source_tag text,
    pipeline_key text,
    pipeline_step text,
    status text not null default 'queued'
        check (status in ('queued', 'delivered', 'answered', 'expired', 'superseded')),
    decision text check (decision in ('approve', 'skip', 'ambiguous')),
    reason text,
    broker_account text,
    config_version integer,
    template_version integer,
    answered_by text check (answered_by in ('person', 'policy', 'broker')),
    shown_digest text,
    created_at timestamptz not null default clock_now(),
    delivered_at timestamptz,
    answered_at timestamptz,
    expires_at timestamptz,
    metadata jsonb not null default '{}',
    -- Ours alone, of trading questions:
    rule_id text,
    symbol text,
    as_of timestamptz, -- of the row that fired
    chain_id uuid,     -- the proposal that its follow-ups and re-asks belong to
    attempt integer check (attempt >= 1),
    check (min_value <= max_value),
    check (status <> 'answered' or answer is not null),
    check (answer is null or answer between min_value and max_value)
);

create index questions_of_user on questions (firebase_uid, created_at desc, id desc);
create index questions_open on questions (firebase_uid) where status in ('queued', 'delivered');
create index questions_expiring on questions (expires_at) where status in ('queued', 'delivered');
create index questions_follow_up on questions (expires_at) where decision = 'ambiguous' and reason is null;
create index questions_of_instance on questions (firebase_uid, rule_id, symbol, created_at) where rule_id is not null;
create index questions_notice on questions ((metadata->>'subject'), (metadata->>'state')) where kind = 'notice';
-- One follow-up or re-ask a turn, also when two evald race.
create unique index questions_turn on questions (chain_id, attempt) where chain_id is not null;
