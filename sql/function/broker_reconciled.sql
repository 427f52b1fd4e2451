-- broker_reconciled(account, unasked): every order that the broker may hold has been asked for: claims may begin. unasked: those
-- that the broker could not show all the same ([{what, why}]: an order's client_order_id, or a symbol); they stay counted. Called by
-- tradectl after its start. 22023 for an account that does not exist.
drop function if exists broker_reconciled; -- it is told more now
create function broker_reconciled(p_account text, p_unasked jsonb default '[]') returns void
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update broker_account b set reconciled_at = clock_now(), compared_at = clock_now(), unasked = coalesce(p_unasked, '[]')
    where b.account = p_account;
    if not found then
        raise exception 'broker_reconciled: no account %', p_account using errcode = '22023';
    end if;
end $$;
