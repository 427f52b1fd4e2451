-- account_halt(account, level, reason): a trip of a whole broker account; returns the level now in force for it. Called by
-- tradectl, in a transaction of its own that has locked nothing before. Never lowers a level.
create or replace function account_halt(p_account text, p_level text, p_reason text) returns text
    language sql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$ select halt_set('account', p_account, p_level, p_reason, session_user::text, true) $$;
