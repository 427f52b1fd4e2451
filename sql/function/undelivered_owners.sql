-- undelivered_owners(): whose questions wait for their first delivery. Called by apid when it sweeps.
create or replace function undelivered_owners() returns table (id uuid, uid text)
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
select q.id, q.firebase_uid from questions q
where q.status = 'queued' and (q.expires_at is null or q.expires_at > clock_now())
order by q.created_at, q.id
$$;
