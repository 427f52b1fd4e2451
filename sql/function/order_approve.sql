-- order_approve(question, now, by): makes the approved order of a question from its frozen proposal. Called by
-- question_answer, which holds the question's lock. claim_after = now + undo; the approval expires after its ttl, or when
-- the session closes; outside a session only the ttl counts. An orphan under the question's id is the order that this yes
-- makes, where it is what the question proposed.
create or replace function order_approve(p_question_id uuid, p_now timestamptz, p_by text) returns void
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_p trade_proposals;
    v_claim timestamptz;
    v_orphan orphan_orders;
begin
    select * into strict v_p from trade_proposals p where p.question_id = p_question_id;
    v_claim := p_now + make_interval(secs => v_p.undo_seconds);
    insert into trade_orders (id, firebase_uid, client_order_id, symbol, asset_class, side, order_type, notional_usd, qty,
        limit_price, time_in_force, extended_hours, price_asked, status, question_id, rule_id, mode, broker_account,
        approved_at, claim_after, approval_expires_at, created_at, move_reason, move_detail)
    select p_question_id, v_p.firebase_uid, 'h1-' || replace(p_question_id::text, '-', ''), v_p.symbol, v_p.asset_class,
        v_p.side, v_p.order_type, v_p.notional_usd, v_p.qty, v_p.limit_price, v_p.time_in_force, v_p.extended_hours,
        v_p.price_asked, 'approved', p_question_id, v_p.rule_id, v_p.mode, v_p.broker_account, p_now, v_claim,
        least(v_claim + make_interval(secs => b.approval_ttl_seconds),
            market_close_after(v_p.asset_class, v_p.extended_hours, p_now)),
        p_now, null, jsonb_build_object('by', p_by)
    from broker_account b where b.account = v_p.broker_account;

    select * into v_orphan from orphan_orders x
    where x.client_order_id = 'h1-' || replace(p_question_id::text, '-', '') and x.adopted_at is null for update;
    if found and not order_terms_differ(v_orphan.raw, v_p) then
        perform order_accept(p_question_id, v_orphan.raw || jsonb_build_object('id', v_orphan.alpaca_order_id,
            'client_order_id', v_orphan.client_order_id, 'submitted_at', v_orphan.submitted_at));
        update orphan_orders x set adopted_at = p_now where x.client_order_id = v_orphan.client_order_id;
    end if;
end $$;
