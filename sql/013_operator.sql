-- What operators did by hand.

-- One row an action, written in the transaction of what it did: who (the operating system's user, as the command saw it,
-- and the role of the session), what, to what, and why.
create table operator_actions (
    id bigserial primary key,
    at timestamptz not null default clock_now(),
    os_user text not null check (length(os_user) between 1 and 200),
    role text not null,
    command text not null,
    target text not null,
    reason text not null check (reason <> ''),
    detail jsonb not null default '{}'
);

create index operator_actions_target on operator_actions (target, id);
create trigger append_only before update or delete on operator_actions for each row execute function append_only();
create trigger append_only_truncate before truncate on operator_actions execute function append_only();
