-- How long an account may be without a tradectl before others end its live orders.
alter table broker_account add unserved_seconds integer not null default 30 check (unserved_seconds >= 1);
