-- Every document that was ever in force, numbered per owner. Questions record the numbers that made them.

create table config_versions (
    id bigserial primary key,
    firebase_uid text,      -- the owner: a person,
    template text,          -- or a template's name
    version integer not null,
    config jsonb,           -- NULL: the document was deleted
    enabled boolean,        -- of a person's, as it then stood
    template_name text,     -- likewise
    digest text,            -- hex SHA-256 of config::text
    author text not null,
    created_at timestamptz not null default clock_now(),
    check (num_nonnulls(firebase_uid, template) = 1),
    unique (firebase_uid, version),
    unique (template, version)
);

create trigger append_only before update or delete on config_versions for each row execute function append_only();
create trigger append_only_truncate before truncate on config_versions execute function append_only();

-- The row lock of the document's own row is held while its number is chosen, so numbers of one owner never collide.
create function config_version_add() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp
    as $$
declare
    v_person text;
    v_template text;
    v_config jsonb;
    v_enabled boolean;
    v_template_name text;
begin
    if tg_table_name = 'user_trading_config' then
        if tg_op = 'DELETE' then
            v_person := old.firebase_uid;
        else
            v_person := new.firebase_uid;
            v_config := new.config;
            v_enabled := new.enabled;
            v_template_name := new.template_name;
        end if;
    elsif tg_op = 'DELETE' then
        v_template := old.name;
    else
        v_template := new.name;
        v_config := new.config;
    end if;
    insert into config_versions (firebase_uid, template, version, config, enabled, template_name, digest, author)
    values (v_person, v_template,
        1 + coalesce((select max(c.version) from config_versions c
            where c.firebase_uid = v_person or c.template = v_template), 0),
        v_config, v_enabled, v_template_name,
        encode(sha256(convert_to(v_config::text, 'UTF8')), 'hex'),
        coalesce(nullif(current_setting('hybridhub.author', true), ''), session_user));
    return null;
end $$;

create trigger config_version_first after insert or delete on user_trading_config
    for each row execute function config_version_add();
create trigger config_version_next after update on user_trading_config
    for each row when (old.config is distinct from new.config or old.enabled is distinct from new.enabled
        or old.template_name is distinct from new.template_name)
    execute function config_version_add();
create trigger config_version_first after insert or delete on trading_config_templates
    for each row execute function config_version_add();
create trigger config_version_next after update on trading_config_templates
    for each row when (old.config is distinct from new.config)
    execute function config_version_add();

-- A renamed owner would inherit another's numbers.
create function key_is_fixed() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
    as $$
begin
    raise exception 'the key of % cannot change', tg_table_name using errcode = '42501';
end $$;

create trigger key_is_fixed before update on user_trading_config
    for each row when (old.firebase_uid is distinct from new.firebase_uid) execute function key_is_fixed();
create trigger key_is_fixed before update on trading_config_templates
    for each row when (old.name is distinct from new.name) execute function key_is_fixed();
