-- cap_breach(account, uid, at): which of the operator's caps is broken now by what is counted, in words; NULL: none. The
-- person's own guardrails are no cap in this sense: they may have been tightened since. uid NULL: the account's only.
-- Called by trips_owed after something was found at the broker.
create or replace function cap_breach(p_account text, p_uid text, p_at timestamptz) returns text
    language plpgsql stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_hard jsonb := guardrails_in_force(coalesce(p_uid, ''), null, p_account)->'hard';
    v_counts record;
begin
    select * into v_counts from order_counts(p_account, coalesce(p_uid, ''), '00000000-0000-0000-0000-000000000000', p_at);
    return case
        when v_counts.account_orders > (v_hard->'account'->>'max_orders_per_day')::bigint then 'the account''s orders a day'
        when v_counts.account_usd > (v_hard->'account'->>'max_notional_usd_per_4h')::numeric then 'the account''s USD in 4 hours'
        when p_uid is null then null
        when v_counts.user_orders > (v_hard->>'max_orders_per_day')::bigint then 'its person''s orders a day'
        when v_counts.user_usd > (v_hard->>'max_notional_usd_per_4h')::numeric then 'its person''s USD in 4 hours' end;
end $$;
