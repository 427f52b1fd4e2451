-- broker_closed(account, now): no order may go out: the broker is not reconciled with; or the database went back in time and the
-- quarantine lasts; or it is over, and the broker has not been asked again since: what was under way when the database lost
-- its last commits may have arrived behind the listing that began it. Called by order_claim, order_begin_send and
-- broker_serve. Pure.
create or replace function broker_closed(p_account broker_account, p_now timestamptz) returns boolean
    language plpgsql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    return p_account.reconciled_at is null
        or coalesce(p_account.quarantine_until > p_now or p_account.reconciled_at < p_account.quarantine_until, false);
end
$$;
