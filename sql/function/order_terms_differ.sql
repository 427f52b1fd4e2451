-- order_terms_differ(broker, proposal): the broker's order is not what the question proposed. A broker that does not say is
-- contradicted too, so a list's or a reply's whole object is needed. Called by order_adopt and order_approve. Pure.
create or replace function order_terms_differ(p_broker jsonb, p_proposal trade_proposals) returns boolean
    language sql immutable
    set search_path = pg_catalog, public, pg_temp
    as $$
select row(p_broker->>'symbol', p_broker->>'side', p_broker->>'type', p_broker->>'time_in_force',
        (p_broker->>'notional')::numeric, (p_broker->>'qty')::numeric, (p_broker->>'limit_price')::numeric)
    is distinct from
    row(p_proposal.symbol, p_proposal.side, p_proposal.order_type, p_proposal.time_in_force, p_proposal.notional_usd,
        p_proposal.qty, p_proposal.limit_price)
$$;
