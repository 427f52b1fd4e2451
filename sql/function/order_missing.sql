-- order_missing(id, fence, detail): asked by id, the broker says 404. It releases nothing. It counts only
-- missing_after_seconds after the last POST: a gateway may execute later. From unresolved_after_seconds after the
-- approval's end on, a 404 that counts makes the order unresolved. Returns unknown, unresolved or fenced. Called by tradectl.
-- Locks the order.
create or replace function order_missing(p_id uuid, p_fence bigint, p_detail jsonb) returns text
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_now timestamptz;
    v_order trade_orders;
    v_account broker_account;
    v_counts boolean;
    v_to text;
begin
    select * into v_order from trade_orders o where o.id = p_id for update;
    v_now := clock_now();
    if not found or v_order.status not in ('unknown', 'unresolved') or v_order.fence is distinct from p_fence then
        return 'fenced';
    end if;
    select * into strict v_account from broker_account b where b.account = v_order.broker_account;
    v_counts := v_now >= v_order.last_post_at + make_interval(secs => v_account.missing_after_seconds);
    v_to := case when v_order.status = 'unknown' and v_counts
        and v_now >= v_order.approval_expires_at + make_interval(secs => v_account.unresolved_after_seconds)
        then 'unresolved' else v_order.status end;
    update trade_orders o set status = v_to, missing_count = o.missing_count + v_counts::integer,
        next_check_at = order_next_check(v_to, o.unknown_since, v_now), lease_worker = null, lease_until = null,
        reason = case v_to when 'unresolved' then 'UNRESOLVED' else o.reason end,
        move_reason = case when v_to <> o.status then 'UNRESOLVED' else o.move_reason end,
        move_detail = case when v_to <> o.status
            then coalesce(p_detail, '{}') || jsonb_build_object('missing_count', o.missing_count + 1) else o.move_detail end
    where o.id = p_id;
    return v_to;
end $$;
