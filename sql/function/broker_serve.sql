-- broker_serve(account): says that a tradectl lives for this account (served_at, the host's clock) and returns the account's
-- times. Called by tradectl every 10 s, also in quarantine. No row for an account that does not exist. A server on another
-- timeline than the last time (a failover, a restore) may lack commits: rewound is then true once, nothing is claimed for
-- quarantine_seconds, and the broker is reconciled with first; reconciled_at is NULL again when the quarantine is over. installation names the state file; host_now is for
-- measuring skew, now for deciding. list_after: from when on the broker's orders must be listed: whatever may count now,
-- and whatever may have been forgotten since the last reservation that is known. Locks broker_account.
drop function if exists broker_serve(text); -- its row has grown
create function broker_serve(p_account text)
    returns table (quarantine_until timestamptz, reconciled_at timestamptz, reserve_seq bigint, http_timeout_ms integer,
        lease_seconds integer, now timestamptz, host_now timestamptz, reconcile_asked_at timestamptz, installation uuid,
        rewound boolean, list_after timestamptz,
        unserved_seconds integer)
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
declare
    v_timeline bigint := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
    v_rewound boolean;
begin
    update broker_account b set served_at = clock_timestamp() where b.account = p_account
    returning b.timeline <> v_timeline into v_rewound;
    update broker_account b set timeline = v_timeline,
        quarantine_until = case when v_rewound then greatest(b.quarantine_until,
            clock_now() + make_interval(secs => b.quarantine_seconds)) else b.quarantine_until end,
        reconciled_at = case when v_rewound then null else b.reconciled_at end
    where b.account = p_account and b.timeline is distinct from v_timeline;
    return query select b.quarantine_until,
        case when b.quarantine_until > clock_now() or not broker_closed(b, clock_now()) then b.reconciled_at end, b.reserve_seq, b.http_timeout_ms, b.lease_seconds, clock_now(),
        clock_timestamp(), b.reconcile_asked_at, i.id, coalesce(v_rewound, false),
        greatest(least(trading_date(clock_now())::timestamp at time zone 'America/New_York',
            least(clock_now() - interval '4 hours', b.last_reserved_at) - make_interval(secs => b.approval_ttl_seconds)),
            clock_now() - interval '30 days'), b.unserved_seconds
    from broker_account b cross join installation i where b.account = p_account;
end $$;
