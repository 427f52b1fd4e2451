-- user_seen(): the person of this session; makes their row when it is absent. Called by apid on every authenticated
-- request. Returns tokens_valid_after (NULL: never revoked). 28000 without hybridhub.uid.
create or replace function user_seen() returns table (tokens_valid_after timestamptz)
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
#variable_conflict use_column
begin
    if session_uid() is null then
        raise exception 'user_seen: no person in this session' using errcode = '28000';
    end if;
    if not exists (select from users u where u.firebase_uid = session_uid()) then
        insert into users (firebase_uid) values (session_uid()) on conflict do nothing;
    end if;
    return query select u.tokens_valid_after from users u where u.firebase_uid = session_uid();
end $$;
