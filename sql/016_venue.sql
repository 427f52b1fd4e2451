-- Sending the same id again, and the check that it rests on.

-- `same-id` lets an order that the broker twice does not show be sent again under its own id; only while the newest venue
-- check of that account has passed. The owner of the database sets it, nobody else.
alter table broker_account drop constraint broker_account_resubmit_check;
alter table broker_account add constraint broker_account_resubmit_check check (resubmit in ('never', 'same-id'));

insert into trade_order_moves (from_status, to_status, sentence) values
    ('unknown', 'submitting', 'twice the broker did not show it: it is sent again under the same id');

-- What a broker did with an id that a filled order had. A check is two rows: `begun`, and what came of it; one that ended in
-- the middle stays begun, which is not passed.
create table venue_checks (
    id bigserial primary key,
    at timestamptz not null default clock_now(),
    os_user text not null,
    role text not null,
    broker_account text not null references broker_account check (broker_account = 'paper'), -- nothing is tried with money
    account_tail text not null check (length(account_tail) between 1 and 4), -- of the account's number at the broker
    client_order_id text not null check (client_order_id ~ '^vc-[0-9a-f]{32}$'), -- not h1-: nobody's order
    again boolean not null, -- the id of an earlier check
    result text not null check (result in ('begun', 'passed', 'failed', 'unclear')),
    detail jsonb not null
);

create index venue_checks_account on venue_checks (broker_account, id);
create trigger append_only before update or delete on venue_checks for each row execute function append_only();
create trigger append_only_truncate before truncate on venue_checks execute function append_only();
