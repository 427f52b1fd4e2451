-- operator_venue_check(os user, account, account tail, client_order_id, again, result, detail): writes a step of a venue check:
-- `begun` before anything is sent, then passed, failed or unclear. While the newest row of an account is anything but passed
-- nothing is sent again there. Returns {check}. Recorded. Called by `tradectl venue-check`. Locks nothing.
create or replace function operator_venue_check(p_os_user text, p_account text, p_tail text, p_client_order_id text,
        p_again boolean, p_result text, p_detail jsonb) returns json
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_check venue_checks;
begin
    if coalesce(p_os_user, '') = '' then
        raise exception 'venue-check: who does it must be said' using errcode = '22023';
    end if;
    insert into venue_checks (os_user, role, broker_account, account_tail, client_order_id, again, result, detail)
    values (left(p_os_user, 200), session_user, p_account, p_tail, p_client_order_id, p_again, p_result, coalesce(p_detail, '{}'))
    returning * into v_check;
    perform operator_act(p_os_user, 'venue-check', p_account, p_result,
        v_check.detail || jsonb_build_object('client_order_id', p_client_order_id, 'again', p_again));
    return json_build_object('check', json_build_object('at', v_check.at, 'account', v_check.broker_account,
        'ends_in', v_check.account_tail, 'client_order_id', v_check.client_order_id, 'again', v_check.again,
        'result', v_check.result, 'detail', v_check.detail));
end $$;
