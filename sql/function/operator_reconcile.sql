-- operator_reconcile(os user, account, reason): asks whoever serves the account to ask the broker for every open order again;
-- NULL = every account that a tradectl has served within 30 s. 22023 when nobody would hear it. Returns {accounts: [{account,
-- asked_at}]}. The daemon hears the ring `reconcile_asked` (here and not by a trigger: every claim updates that table), or sees it at its
-- next broker_serve; operator_reconciled tells when it is done. Recorded. Called by
-- `tradectl reconcile`. Locks broker_account in key order.
create or replace function operator_reconcile(p_os_user text, p_account text, p_reason text) returns json
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_asked json;
begin
    perform from broker_account b where b.account = p_account;
    if p_account is not null and not found then
        raise exception 'there is no account %', p_account using errcode = '22023',
            hint = 'the accounts are: ' || (select string_agg(b.account, ' ' order by b.account) from broker_account b);
    end if;
    perform from broker_account b where b.served_at > clock_timestamp() - interval '30 seconds'
        and b.account = coalesce(p_account, b.account) order by b.account for update;
    if not found then
        raise exception 'no tradectl serves %; nobody would hear it', coalesce('account ' || p_account, 'any account')
            using errcode = '22023', hint = 'a tradectl reconciles by itself when it starts';
    end if;
    with asked as (
        update broker_account b set reconcile_asked_at = clock_now()
        where b.served_at > clock_timestamp() - interval '30 seconds' and b.account = coalesce(p_account, b.account)
        returning b.account, b.reconcile_asked_at
    )
    select json_agg(json_build_object('account', a.account, 'asked_at', a.reconcile_asked_at) order by a.account) into v_asked
    from asked a;
    perform pg_notify('reconcile_asked', a->>'account') from json_array_elements(v_asked) a;
    perform operator_act(p_os_user, 'reconcile', a->>'account', p_reason, '{}') from json_array_elements(v_asked) a;
    return json_build_object('accounts', v_asked);
end $$;
