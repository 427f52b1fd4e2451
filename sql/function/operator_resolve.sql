-- operator_resolve(os user, order, as, evidence): an operator closes, on evidence, what the broker does not settle:
--   unresolved -> rejected      the broker has said, elsewhere, that it never got it
--   quarantined -> rejected     what stands under our id is not this order and never was
--   quarantined -> accepted     it is ours after all; it is followed again, by the broker's id that it has
-- Anything else is refused (55000) with what to do instead. A refused order counts against its limits as order_counted_usd
-- says; should the broker show it later, it is taken up as accepted all the same. Returns {order, still_in_force}. Recorded
-- with its evidence. Called by `tradectl resolve`. Locks the order, rule_instance.
create or replace function operator_resolve(p_os_user text, p_order text, p_as text, p_evidence text) returns json
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_id uuid := operator_order_find(p_order);
    v_now timestamptz;
    v_order trade_orders;
    v_hint text;
begin
    if p_as is null or p_as not in ('accepted', 'rejected') then
        raise exception 'an order is resolved as accepted or rejected' using errcode = '22023';
    end if;
    select * into strict v_order from trade_orders o where o.id = v_id for update;
    v_now := clock_now();
    v_hint := case
        when v_order.status = 'quarantined' and p_as = 'accepted' and v_order.alpaca_order_id is null
            then 'it has no id at the broker by which it could be followed; resolve it as rejected, and watch the position at the broker'
        when v_order.status = 'quarantined' or (v_order.status = 'unresolved' and p_as = 'rejected') then null
        when v_order.status = 'unresolved'
            then 'an acceptance is never assumed: `tradectl reconcile` asks the broker now, and takes it up when it shows'
        when v_order.status = 'approved' then 'nothing was sent yet: `tradectl halt` stops it, or its user cancels it'
        when v_order.status = 'reserved' then 'it is being sent now; `tradectl halt` stops it if it comes before the last fence'
        when v_order.status = 'submitting' then 'bytes may be flowing; it settles or becomes unknown by itself within its lease'
        when v_order.status = 'unknown'
            then 'it is asked for by id until ' || (v_order.approval_expires_at + (select make_interval(secs =>
                b.unresolved_after_seconds) from broker_account b where b.account = v_order.broker_account))::text
                || ', then it is unresolved and can be resolved; `tradectl reconcile` asks now'
        when v_order.status in ('accepted', 'partially_filled') then 'the broker has it; it ends as the broker says'
        else 'it has ended' end;
    if v_hint is not null then
        raise exception 'order % is %: it cannot be resolved as %', v_id, v_order.status, p_as using errcode = '55000', hint = v_hint;
    end if;

    update trade_orders o set status = p_as, move_reason = left(p_evidence, 1000),
        reason = case when p_as = 'rejected' then 'RESOLVED_BY_OPERATOR' end,
        move_detail = jsonb_build_object('evidence', p_evidence, 'by', p_os_user || ' (' || session_user || ')'),
        lease_worker = null, lease_until = null, next_check_at = null,
        accepted_at = case when p_as = 'accepted' then coalesce(o.accepted_at, v_now) else o.accepted_at end,
        next_poll_at = case when p_as = 'accepted' then v_now end
    where o.id = v_id;
    perform instance_end(v_id, case p_as when 'rejected' then 'idle' else 'submit_order' end);
    perform operator_act(p_os_user, 'resolve', v_id::text, p_evidence, jsonb_build_object('before', v_order.status, 'after', p_as));
    return json_build_object(
        'order', json_build_object('id', v_id, 'before', v_order.status, 'after', p_as, 'evidence', p_evidence,
            'by', p_os_user || ' (' || session_user || ')'),
        'still_in_force', operator_halts_over('order', v_order.firebase_uid));
end $$;
