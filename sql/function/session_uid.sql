-- session_uid(): the person that this transaction speaks for, NULL when none.
-- Called by policies of row-level security and by every function that apid calls. After a SET LOCAL a pooled session
-- holds an empty string, hence nullif.
create or replace function session_uid() returns text
    language sql stable
    set search_path = pg_catalog, public, pg_temp
    as $$ select nullif(current_setting('hybridhub.uid', true), '') $$;
