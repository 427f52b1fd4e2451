-- A database that went back in time, and who may ask for a reconciliation.

-- Of the server that wrote this row last: a promoted standby, a restored backup and a dump in another cluster have another
-- one, and commits may be missing in them. NULL = nobody has served yet.
alter table broker_account add timeline bigint;
-- Somebody wants the broker's orders listed again: tradectl does it when this is newer than its last listing.
alter table broker_account add reconcile_asked_at timestamptz;
