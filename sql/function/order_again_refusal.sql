-- order_again_refusal(order, halt level, now): why this unknown order is not sent again under its own id; NULL: nothing speaks
-- against it. All must hold: the account's resubmit is `same-id`, and its newest venue check has passed; no halt of any kind; its person
-- does not want it back; the broker has answered 404 twice since the last POST, missing_after_seconds after it; less than 60 s
-- since the reservation, on the same New York day; fewer than three sends; the approval holds. Called by order_take_again,
-- and under the order's lock and the halts' by order_begin_send. Locks nothing.
create or replace function order_again_refusal(p_order trade_orders, p_level text, p_now timestamptz) returns text
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select case
    when b.resubmit is distinct from 'same-id' then 'NEVER_AGAIN'
    when (select c.result from venue_checks c where c.broker_account = b.account order by c.id desc limit 1)
        is distinct from 'passed' then 'VENUE_UNCHECKED'
    when p_order.status is distinct from 'unknown' then 'NOT_UNKNOWN'
    when p_level is distinct from 'active' then 'HALTED'
    when p_order.cancel_requested_at is not null then 'CANCEL_ASKED'
    when p_order.missing_count < 2 then 'NOT_MISSING'
    when (p_order.last_post_at + make_interval(secs => b.missing_after_seconds) <= p_now) is not true then 'TOO_EARLY'
    when (p_now < p_order.reserved_at + interval '60 seconds' and p_now >= p_order.reserved_at) is not true then 'TOO_LATE'
    when p_order.attempt >= 3 then 'TOO_OFTEN'
    when p_order.trade_day is distinct from trading_date(p_now) then 'ANOTHER_DAY'
    when p_order.approval_expires_at <= p_now then 'EXPIRED'
end
from broker_account b where b.account = p_order.broker_account
$$;
