-- order_counted_usd(order, at): what an order counts in the 4-hour window: the larger of reserved and filled until it is
-- final and 2 minutes old, then what was filled; unknown, unresolved and quarantined keep the reservation, and so does a
-- refusal on attempt 2 or later (an earlier attempt may still land). What was filled without a price counts at the price
-- that it was approved at. 0 when nothing is reserved. Called by order_counts, which it is inlined into: so its names are
-- bound when it is made (it needs no search_path), and it is stable, not immutable, as a timestamptz minus an interval is.
-- Reads nothing.
create or replace function order_counted_usd(p_order trade_orders, p_at timestamptz) returns numeric
    language sql stable
    return case
        when (p_order).reserved_at is null then 0
        when (p_order).status in ('filled', 'canceled', 'expired', 'rejected')
            and (p_order).moved_at <= p_at - interval '2 minutes'
            and not ((p_order).status = 'rejected' and (p_order).accepted_at is null and (p_order).attempt >= 2)
            then coalesce((p_order).filled_qty
                * coalesce(nullif((p_order).filled_avg_price, 0), (p_order).limit_price, (p_order).price_asked), 0)
        else greatest((p_order).reserved_usd, coalesce((p_order).filled_qty
            * coalesce(nullif((p_order).filled_avg_price, 0), (p_order).limit_price, (p_order).price_asked), 0))
    end;
