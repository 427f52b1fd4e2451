-- Where each person stands in each pipeline, and in each instance of a trading rule.

create table user_pipeline_state (
    firebase_uid text not null references users on delete cascade,
    pipeline_key text not null,
    pipeline_step text,
    context jsonb not null default '{}',
    updated_at timestamptz not null default clock_now(),
    primary key (firebase_uid, pipeline_key)
);

-- One row for each (person, rule, symbol) that has ever fired.
create table rule_instances (
    firebase_uid text not null references users on delete cascade,
    rule_id text not null,
    symbol text not null,
    phase text not null default 'idle' check (phase in ('idle', 'await_confirm', 'submit_order', 'done')),
    question_id uuid,          -- the newest question of the running chain
    last_fired_at timestamptz, -- created_at of the last fire's own question; cooldown counts from here
    last_as_of timestamptz,    -- as_of of the row that fired it
    last_decision text check (last_decision in ('approve', 'skip', 'ambiguous')),
    last_answered_at timestamptz,
    skips_in_row integer not null default 0 check (skips_in_row >= 0),
    updated_at timestamptz not null default clock_now(),
    primary key (firebase_uid, rule_id, symbol)
);

create index rule_instances_question on rule_instances (question_id);

-- One row: when evald last evaluated, in the transaction of the questions that it asked.
create table eval_progress (
    only_row boolean primary key default true check (only_row),
    last_eval_at timestamptz
);
insert into eval_progress default values;
