-- ingest_fetched(inputs): [{firebase_uid, input_id}] were fetched just now. Called by ingestd once a poll.
create or replace function ingest_fetched(p_inputs jsonb) returns void
    language sql
    set search_path = pg_catalog, public, pg_temp
    as $$
insert into ingest_inputs as f (firebase_uid, input_id, last_fetch_at)
select distinct i.firebase_uid, i.input_id, clock_now()
from jsonb_to_recordset(p_inputs) as i (firebase_uid text, input_id text)
order by 1, 2
on conflict (firebase_uid, input_id) do update set last_fetch_at = excluded.last_fetch_at
$$;
