-- rung_owners(ids): whose these questions and orders are (an order has its question's id); ids that nobody has are left
-- out. Called by apid after a ring; it reads the rows under that uid. SECURITY DEFINER: ids and uids, nothing else.
create or replace function rung_owners(p_ids uuid[]) returns table (id uuid, uid text)
    language sql stable security definer
    set search_path = pg_catalog, public, pg_temp
    as $$ select q.id, q.firebase_uid from questions q where q.id = any (p_ids) $$;
