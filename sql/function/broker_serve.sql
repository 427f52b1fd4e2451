-- broker_serve(account, worker, trouble, text): says that a tradectl lives for this account (served_at, the host's clock), and
-- whether it can send: trouble is a code and text a sentence for the operator, both NULL when all is well. Where several serve
-- the account, one's trouble stands only when no other has been well for 30 s. Returns the account's times. Called by
-- tradectl every 10 s, also in quarantine, and when its trouble changes. No row for an account that does not exist. A server on another
-- timeline than the last time (a failover, a restore) may lack commits: rewound is then true once, nothing is claimed for
-- quarantine_seconds, and the broker is reconciled with first; reconciled_at is NULL again when the quarantine is over. installation names the state file; host_now is for
-- measuring skew, now for deciding. list_after: from when on the broker's orders must be listed: whatever may count now,
-- and whatever may have been forgotten since the last reservation that is known. Locks broker_account.
drop function if exists broker_serve; -- its row has grown, and what it is told
create function broker_serve(p_account text, p_worker text default '', p_trouble text default null, p_trouble_text text default null)
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
    v_at timestamptz := clock_timestamp();
begin
    update broker_account b set served_at = v_at,
        trouble = case when t.stands then p_trouble end,
        trouble_text = case when t.stands then left(coalesce(p_trouble_text, p_trouble), 1000) end,
        well_at = case when p_trouble is null then v_at when b.well_by = p_worker then null else b.well_at end,
        well_by = case when p_trouble is null then p_worker else b.well_by end
    from (select x.account, p_trouble is not null and (x.well_at is null or x.well_by = p_worker
            or x.well_at < v_at - interval '30 seconds') as stands
        from broker_account x where x.account = p_account for update) t
    where b.account = t.account
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
