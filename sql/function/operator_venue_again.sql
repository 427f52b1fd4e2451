-- operator_venue_again(account): the id of the newest whole check of this account that has passed: {client_order_id, ends_in, at}.
-- 55000 when there is none, or when one has failed since: then only a whole check says anything. Called by `tradectl venue-check
-- --again`. Locks nothing.
create or replace function operator_venue_again(p_account text) returns json
    language plpgsql security definer stable
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_check venue_checks;
begin
    select * into v_check from venue_checks c
    where c.broker_account = p_account and c.result in ('passed', 'failed') order by c.id desc limit 1;
    if not found or v_check.result = 'failed' then
        raise exception 'no venue check of account % has passed%', p_account,
            case v_check.result when 'failed' then ' since one failed' else '' end
            using errcode = '55000', hint = 'run `tradectl venue-check` without --again while the market is open';
    end if;
    return json_build_object('client_order_id', v_check.client_order_id, 'ends_in', v_check.account_tail, 'at', v_check.at);
end $$;
