-- doorbells: not called by anybody; the triggers that wake the daemons. Statement-level, with transition tables: a trigger
-- rings once a statement and only for rows whose watched column changed. Payloads are hints; listeners read the tables.
-- All are SECURITY DEFINER, so that whoever may write a table may ring, also another pipeline's role.

create or replace function doorbell_ring(p_channel text, p_payloads text[]) returns void
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_payload text;
begin
    if cardinality(p_payloads) > 100 then
        perform pg_notify(p_channel, '*');
        return;
    end if;
    foreach v_payload in array p_payloads loop
        perform pg_notify(p_channel, v_payload); -- the same twice in one transaction is one ring
    end loop;
end $$;

create or replace function doorbell_snapshot_added() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('market_data', array(select distinct coalesce(n.batch_id::text, '*') from new_rows n));
    return null;
end $$;
create or replace trigger doorbell_added after insert on market_data_snapshots
    referencing new table as new_rows for each statement execute function doorbell_snapshot_added();

create or replace function doorbell_question_added() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('question_queued', array(select n.id::text from new_rows n where n.status = 'queued'));
    perform doorbell_ring('question_closed', array(select n.id::text from new_rows n
        where n.status in ('answered', 'expired', 'superseded')));
    return null;
end $$;
create or replace trigger doorbell_added after insert on questions
    referencing new table as new_rows for each statement execute function doorbell_question_added();

create or replace function doorbell_question_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('question_queued', array(select n.id::text from new_rows n join old_rows o using (id)
        where n.status <> o.status and n.status = 'queued'));
    perform doorbell_ring('question_closed', array(select n.id::text from new_rows n join old_rows o using (id)
        where n.status <> o.status and n.status in ('answered', 'expired', 'superseded')));
    return null;
end $$;
create or replace trigger doorbell_changed after update on questions
    referencing old table as old_rows new table as new_rows
    for each statement execute function doorbell_question_changed();

create or replace function doorbell_order_added() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('order_approved', array(select n.id::text from new_rows n where n.status = 'approved'));
    perform doorbell_ring('order_changed', array(select n.id::text from new_rows n));
    return null;
end $$;
create or replace trigger doorbell_added after insert on trade_orders
    referencing new table as new_rows for each statement execute function doorbell_order_added();

create or replace function doorbell_order_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_approved text[];
    v_changed text[];
begin
    select array_agg(n.id::text) filter (where n.status <> o.status and n.status = 'approved'), array_agg(n.id::text)
    into v_approved, v_changed
    from new_rows n join old_rows o using (id)
    where row(n.status, n.broker_status, n.reason, n.alpaca_order_id, n.filled_qty, n.filled_avg_price,
            n.cancel_requested_at, n.cancel_status)
        is distinct from row(o.status, o.broker_status, o.reason, o.alpaca_order_id, o.filled_qty,
            o.filled_avg_price, o.cancel_requested_at, o.cancel_status);
    if v_approved is not null then
        perform doorbell_ring('order_approved', v_approved);
    end if;
    if v_changed is not null then
        perform doorbell_ring('order_changed', v_changed);
    end if;
    return null;
end $$;
create or replace trigger doorbell_changed after update on trade_orders
    referencing old table as old_rows new table as new_rows
    for each statement execute function doorbell_order_changed();

create or replace function doorbell_config_added() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('config_changed', array(select n.firebase_uid from new_rows n));
    return null;
end $$;
create or replace trigger doorbell_added after insert on user_trading_config
    referencing new table as new_rows for each statement execute function doorbell_config_added();

create or replace function doorbell_config_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('config_changed', array(select n.firebase_uid
        from new_rows n join old_rows o using (firebase_uid)
        where row(n.config, n.enabled, n.template_name) is distinct from row(o.config, o.enabled, o.template_name)));
    return null;
end $$;
create or replace trigger doorbell_changed after update on user_trading_config
    referencing old table as old_rows new table as new_rows
    for each statement execute function doorbell_config_changed();

create or replace function doorbell_config_removed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('config_changed', array(select o.firebase_uid from old_rows o));
    return null;
end $$;
create or replace trigger doorbell_removed after delete on user_trading_config
    referencing old table as old_rows for each statement execute function doorbell_config_removed();

-- Who has a template is many: everybody reads again.
create or replace function doorbell_template_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('config_changed', array(select '*' from new_rows n join old_rows o using (name)
        where n.config is distinct from o.config));
    return null;
end $$;
create or replace trigger doorbell_changed after update on trading_config_templates
    referencing old table as old_rows new table as new_rows
    for each statement execute function doorbell_template_changed();

create or replace function doorbell_halt_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform doorbell_ring('trading_halt', array(select n.scope from new_rows n join old_rows o using (scope, key)
        where n.level <> o.level));
    return null;
end $$;
create or replace trigger doorbell_changed after update on trading_halts
    referencing old table as old_rows new table as new_rows
    for each statement execute function doorbell_halt_changed();
