# migrate up and status: twice, at once, forward only. Leaves database hub, migrated twice.
# shellcheck source=test/sql/suite.sh
. "$(dirname "$0")/suite.sh"

migrate() { DATABASE_URL=$(url "$1") "${2:-$root/sql}/migrate" "$3"; } # database folder action
database() { run -d "$(url postgres)" -c "create database $1"; }
shape() { # what a schema is, without the installation's own rows
	run -d "$(url "$1")" -c "
		select string_agg(x, E'\n' order by x) from (
			select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text as x
			from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
			where c.relnamespace = 'public'::regnamespace and c.relname not like 'market_data_snapshots_2%'
			union all select p.oid::regprocedure::text || ' ' || p.prosecdef::text || ' ' || p.provolatile::text || ' ' || coalesce(p.proacl::text, '')
			from pg_proc p where p.pronamespace = 'public'::regnamespace
			union all select c.relname || ' ' || coalesce(c.relacl::text, '') from pg_class c
			where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p') and c.relname not like 'market_data_snapshots_2%'
			union all select polrelid::regclass::text || ' ' || polname from pg_policy
			union all select tgrelid::regclass::text || ' ' || tgname from pg_trigger where not tgisinternal) s"
}

database hub
is 'status of an empty database: everything is pending' \
	"$(migrate hub '' status | awk '{print $NF}' | sort -u)" 'pending'
ok 'up makes the schema' migrate hub '' up
steps=$(find "$root/sql" -name '[0-9][0-9][0-9]_*.sql' | wc -l) # numbered without a gap: asserted below
broken=$(printf '%03d_broken.sql' $((steps + 1)))
is 'the numbered files have no gap' "$(find "$root/sql" -name '[0-9][0-9][0-9]_*.sql' -printf '%f\n' | sort | tail -1 | cut -c1-3)" "$(printf '%03d' "$steps")"
is 'up again does nothing' "$(migrate hub '' up 2>&1)" "migrate: the schema is at step $steps"
is 'status: everything is applied' "$(migrate hub '' status | awk '{print $NF}' | sort -u)" 'applied'
is 'schema_version' "$(run -d "$(url hub)" -c 'select version from schema_version')" "$steps"
is 'every function body is valid against the schema' "$(
	cat "$root"/sql/function/*.sql | run -d "$(url hub)" -c 'begin' -f - -c 'rollback' 2>&1)" ''

database twice
migrate twice '' up >"$WORK/m1" 2>&1 &
first=$!
migrate twice '' up >"$WORK/m2" 2>&1
second=$?
wait $first
is 'two at once both succeed' "$? $second" '0 0'
is 'and every step ran once' "$(cat "$WORK/m1" "$WORK/m2" | grep -c ': applied')" $((steps + 1))
is 'into the same schema as one alone' "$(shape twice | sha256sum)" "$(shape hub | sha256sum)"

copy=$WORK/sql
cp -r "$root/sql" "$copy"
echo '-- later thought' >>"$copy/002_questions.sql"
is 'a numbered file that changed is refused in a sentence' "$(migrate hub "$copy" up 2>&1 | tail -1)" \
	'migrate: 002_questions.sql was changed after it ran here; put it back as it was and write the change as a new numbered file'
is 'status names it' "$(migrate hub "$copy" status 2>/dev/null | awk '/002_/ {print $NF}')" 'CHANGED'

cp "$root/sql/002_questions.sql" "$copy/"
cat >"$copy/function/clock_read.sql" <<-'SQL'
	create or replace function clock_read() returns table (now timestamptz) language sql stable
	    set search_path = pg_catalog, public, pg_temp as $$ select '2001-01-01Z'::timestamptz $$;
SQL
ok 'a changed function is applied again' migrate twice "$copy" up
is 'and is the new one' "$(run -d "$(url twice)" -c "select extract(year from now at time zone 'UTC') from clock_read()")" 2001

echo 'select no_such_function();' >"$copy/$broken"
printf 'create table half_done (x int);\nselect no_such_function();\n' >"$copy/$broken"
ok 'a step that fails fails' bash -c "! DATABASE_URL='$(url twice)' '$copy/migrate' up"
is 'and leaves nothing' "$(run -d "$(url twice)" -c "select to_regclass('half_done') is null, max(number) from schema_steps")" "t|$steps"
printf 'create table later (x int);\n' >"$copy/$broken"
ok 'put right, it goes on' migrate twice "$copy" up
is 'to a database that the old release refuses' "$(migrate twice '' up 2>&1 | tail -1)" \
	"migrate: the database has step $broken, which this release does not know: it is newer than this release"

run -d "$(url hub)" -c "create role bystander login" 2>/dev/null
database theirs
is 'who may not create says so' "$(DATABASE_URL=$(url theirs bystander) "$root/sql/migrate" up 2>&1 | grep -c 'permission denied')" 1
is 'no database: a sentence' "$(DATABASE_URL="postgresql://x@/x?host=/nowhere" "$root/sql/migrate" up 2>&1 | tail -1)" \
	'migrate: cannot reach the database at DATABASE_URL'
