-- broker_rewound(account, seen): a tradectl has seen a higher reserve_seq than the database shows: commits are missing. Nothing
-- is claimed for quarantine_seconds (longer than a request can be under way), and the broker is reconciled with first.
-- reserve_seq goes on behind what was seen, so that the next who has seen the same says it in vain: false. Called by
-- tradectl at its start and after every reconnect. 22023 for an account that does not exist. Locks broker_account.
create or replace function broker_rewound(p_account text, p_seen bigint) returns boolean
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update broker_account b set reserve_seq = p_seen, reconciled_at = null,
        quarantine_until = greatest(b.quarantine_until, clock_now() + make_interval(secs => b.quarantine_seconds))
    where b.account = p_account and p_seen > b.reserve_seq;
    if found then
        return true;
    end if;
    if not exists (select from broker_account b where b.account = p_account) then
        raise exception 'broker_rewound: no account %', p_account using errcode = '22023';
    end if;
    return false;
end $$;
