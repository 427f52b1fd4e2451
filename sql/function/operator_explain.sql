-- operator_explain(order): one order from the price to the fill, for `tradectl explain`: {order, question, facts, evidence,
-- chain, configuration, guardrails, request, broker, events, fills, operators}. guardrails are those of the last claim that
-- judged it; waits_for is what an approved order is not claimed for yet; request is what the broker is asked for (the frozen terms that the body is made of). P0002 when there is none.
-- Locks nothing.
create or replace function operator_explain(p_order text) returns json
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_id uuid := operator_order_find(p_order);
    o trade_orders;
    q questions;
    p trade_proposals;
    b broker_account;
begin
    select * into strict o from trade_orders x where x.id = v_id;
    select * into strict q from questions x where x.id = o.question_id;
    select * into strict b from broker_account x where x.account = o.broker_account;
    select * into p from trade_proposals x where x.question_id = o.question_id;
    return json_build_object(
        'order', json_build_object('id', o.id, 'client_order_id', o.client_order_id, 'broker_id', o.alpaca_order_id, 'user',
            o.firebase_uid, 'account', o.broker_account, 'mode', o.mode, 'rule', o.rule_id, 'state', o.status, 'reason', o.reason,
            'waits_for', case
                when o.status <> 'approved' then null
                when o.claim_after > clock_now() then 'its undo time: it is claimed after ' || o.claim_after
                when b.served_at is null or b.served_at < clock_timestamp() - interval '30 seconds' then 'a tradectl: none serves account ' || b.account
                when b.trouble is not null then b.trouble_text
                when b.reconciled_at is null then 'the comparison with the broker'
                when b.quarantine_until > clock_now() then 'the end of the quarantine'
                else 'the next claim; if that takes more than seconds, /readyz of tradectl says why' end,
            'broker_status', o.broker_status, 'approved_at', o.approved_at, 'claim_after', o.claim_after, 'approval_expires_at',
            o.approval_expires_at, 'reserved_at', o.reserved_at, 'reserved_usd', o.reserved_usd, 'trade_day', o.trade_day,
            'requests_sent', o.attempt, 'last_sent_at', o.last_post_at, 'unknown_since', o.unknown_since, 'next_check',
            o.next_check_at, 'submitted_at', o.submitted_at, 'filled_qty', o.filled_qty, 'filled_avg_price', o.filled_avg_price,
            'filled_at', o.filled_at, 'cancel_requested_at', o.cancel_requested_at, 'cancel_requested_by', o.cancel_requested_by,
            'cancel_answer', o.cancel_status),
        'question', json_build_object('id', q.id, 'kind', q.kind, 'asked_at', q.created_at, 'as_of', q.as_of, 'text',
            q.question_text, 'price_asked', o.price_asked, 'attempt', q.attempt, 'expires_at', q.expires_at, 'delivered_at',
            q.delivered_at, 'answer', q.answer, 'decision', q.decision, 'answered_by', q.answered_by, 'answered_at',
            q.answered_at, 'approve_min', p.approve_min, 'saw_these_facts', q.shown_digest = q.metadata->>'facts_digest'),
        'facts', coalesce(q.metadata->'facts', '{}'),
        'evidence', coalesce(q.metadata->'evidence', '[]'),
        'chain', coalesce((select json_agg(json_build_object('attempt', c.attempt, 'kind', c.kind, 'asked_at', c.created_at,
                'state', c.status, 'answer', c.answer, 'decision', c.decision, 'reason', c.reason, 'text', c.question_text)
                order by c.attempt)
            from questions c where c.chain_id = q.chain_id), '[]'),
        'configuration', coalesce((select json_agg(json_build_object('document', coalesce('template ' || v.template, 'the user''s'),
                'version', v.version, 'author', v.author, 'written_at', v.created_at, 'digest', v.digest) order by v.template)
            from config_versions v
            where (v.firebase_uid = o.firebase_uid and v.version = q.config_version)
                or (v.version = q.template_version and v.template = (select w.template_name from config_versions w
                    where w.firebase_uid = o.firebase_uid and w.version = q.config_version))), '[]'),
        'guardrails', coalesce((select e.detail->'guardrails' from trade_order_events e
            where e.order_id = o.id and e.detail ? 'guardrails' order by e.id desc limit 1), '[]'),
        'request', json_build_object('symbol', o.symbol, 'side', o.side, 'type', o.order_type, 'notional', o.notional_usd,
            'qty', o.qty, 'limit_price', o.limit_price, 'time_in_force', o.time_in_force, 'extended_hours', o.extended_hours,
            'client_order_id', o.client_order_id),
        'broker', coalesce((select json_agg(json_build_object('at', e.at, 'http_status', e.detail->'http_status', 'code',
                e.detail->'code', 'message', e.detail->'message', 'status', e.detail->'broker'->'status', 'filled_qty',
                e.detail->'broker'->'filled_qty', 'filled_avg_price', e.detail->'broker'->'filled_avg_price', 'broker_id',
                e.detail->'broker'->'id', 'x_request_id', e.detail->'x_request_id') order by e.id)
            from trade_order_events e
            where e.order_id = o.id and e.detail ?| array['broker', 'http_status', 'code', 'message']), '[]'),
        'events', (select json_agg(json_build_object('at', e.at, 'from', e.from_status, 'to', e.to_status, 'reason',
                coalesce(e.reason, e.detail->>'why'),
                'what', m.sentence) order by e.id)
            from trade_order_events e left join trade_order_moves m
                on m.to_status = e.to_status and m.from_status is not distinct from e.from_status
            where e.order_id = o.id),
        'fills', coalesce((select json_agg(json_build_object('at', f.at, 'qty', f.qty, 'price', f.price, 'execution_id',
            f.execution_id) order by f.at, f.execution_id) from trade_fills f where f.order_id = o.id), '[]'),
        'operators', coalesce((select json_agg(json_build_object('at', a.at, 'os_user', a.os_user, 'role', a.role, 'command',
            a.command, 'reason', a.reason) order by a.id) from operator_actions a where a.target = o.id::text), '[]'));
end $$;
