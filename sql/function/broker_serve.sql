-- broker_serve(account): says that a tradectl lives for this account (served_at, the host's clock) and returns the account's
-- times. Called by tradectl every 10 s, also in quarantine. No row for an account that does not exist.
create or replace function broker_serve(p_account text)
    returns table (quarantine_until timestamptz, reconciled_at timestamptz, reserve_seq bigint, http_timeout_ms integer,
        lease_seconds integer, now timestamptz)
    language sql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
update broker_account b set served_at = clock_timestamp() where b.account = p_account
returning b.quarantine_until, b.reconciled_at, b.reserve_seq, b.http_timeout_ms, b.lease_seconds, clock_now()
$$;
