-- Listed and asked for when the quarantine begins, and not again at its end.
create or replace function broker_closed(p_account broker_account, p_now timestamptz) returns boolean language sql immutable as
    $$ select p_account.reconciled_at is null or coalesce(p_account.quarantine_until > p_now, false) $$;
