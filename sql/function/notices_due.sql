-- notices_due(): what a person must be told about an order and has not been told: it was blocked or rejected, its approval
-- expired, it was canceled by somebody else, it is unresolved or quarantined. A drifted yes that is asked again, or will be,
-- is no bad end: that question tells it. Called by evald, which asks a notice with id
-- v5(uid, `notice`, subject, state) and metadata {subject, state}: by these two the next call knows it. Orders that
-- moved within 7 days, the life of a notice.
drop function if exists notices_due(); -- its row has grown
create function notices_due()
    returns table (now timestamptz, firebase_uid text, subject text, state text, rule_id text, symbol text, reason text,
        order_status text, detail text, side text, filled_qty text)
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
select t.now, o.firebase_uid, o.id::text, o.status, o.rule_id, o.symbol, o.reason, o.status,
    case when jsonb_typeof(o.move_detail) = 'object' then (o.move_detail - 'guardrails')::text end,
    o.side, trim_scale(o.filled_qty)::text
from (select clock_now() as now) t
join trade_orders o on o.moved_at > t.now - interval '7 days'
    and o.status in ('rejected', 'unresolved', 'blocked', 'expired', 'canceled', 'quarantined')
where o.reason is distinct from 'CANCELED_BY_USER'
    and not exists (select from questions n where n.kind = 'notice'
        and n.metadata->>'subject' = o.id::text and n.metadata->>'state' = o.status)
    and not (o.status = 'blocked' and o.reason = 'DRIFT' and (reask_owed(o.id, t.now)
        or exists (select from questions q join questions f on f.chain_id = q.chain_id and f.attempt = q.attempt + 1
            and f.kind = 'reask' where q.id = o.id)))
order by o.moved_at, o.id
$$;
