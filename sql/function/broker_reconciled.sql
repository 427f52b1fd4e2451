-- broker_reconciled(account): every order that the broker may hold has been asked for: claims may begin. Called by
-- tradectl after its start. 22023 for an account that does not exist.
create or replace function broker_reconciled(p_account text) returns void
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update broker_account b set reconciled_at = clock_now() where b.account = p_account;
    if not found then
        raise exception 'broker_reconciled: no account %', p_account using errcode = '22023';
    end if;
end $$;
