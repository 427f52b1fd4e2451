-- broker_compared(account): the broker's orders have been listed and compared once more, beside the reconciliation before
-- claims (broker_reconciled). Called by tradectl after each such list.
create or replace function broker_compared(p_account text) returns void
    language sql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$ update broker_account b set compared_at = clock_now() where b.account = p_account $$;
