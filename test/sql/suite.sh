# suite.sh - sourced by the tests of sql/. WORK is a folder of the run, CLUSTER its cluster; HUB is a migrated database that
# nobody writes to: `fresh NAME` copies it.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck disable=SC1091
. "$CLUSTER/env"

url() { printf 'postgresql://%s@/%s?host=%s' "${2:-$PGUSER}" "$1" "$PGHOST"; }
run() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; } # database-url args...

ok() { # name command...
	local name=$1
	shift
	if "$@" >"$WORK/ok.log" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/# /' "$WORK/ok.log" | head -20
	fi
}

is() { # name got want
	if [ "$2" = "$3" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '# got:  %s\n# want: %s\n' "${2//$'\n'/$'\n'#       }" "${3//$'\n'/$'\n'#       }"
	fi
}

# A copy of the migrated database with the tests' own schema and a clock that they step.
fresh() { # name
	run -d "$(url postgres)" -c "create database $1 template hub"
	run -d "$(url "$1")" -c "set client_min_messages = warning" -f "$root/test/lib/pg-clock.sql" -f "$here/tap.sql"
}

# A file of SQL tests in a fresh database. A file that stops in the middle fails.
sql_test() { # name
	fresh "$1"
	run -d "$(url "$1")" -v root="$root" -v host="$PGHOST" -f "$here/$1.sql" 2>&1 | sed '/^$/d; /^ok\|^not ok/!s/^/# /'
	[ "${PIPESTATUS[0]}" -eq 0 ] && echo "ok - $1.sql ran to its end" || echo "not ok - $1.sql stopped in the middle"
}
