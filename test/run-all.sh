#!/bin/bash
# Runs every suite and ends in `N passed, N failed`; what failed or was skipped is named above that line.
# The builds come one after the other; the suites of test/suite.d mostly wait, so LANES of them (3) run side by side, each with a
# cluster, a broker and ports of its own. A suite's output is shown when it ends, and kept in build/test/<suite>.tap.
set -u
cd "$(dirname "$0")/.." || exit 1
export TZ=America/New_York
logs=build/test
rm -rf "$logs"
mkdir -p "$logs"
began=$SECONDS

# One suite: its output to its own file, its end as a line of TAP there.
suite() { # name command...
	local name=$1 from=$((SECONDS - began)) status=0
	shift
	echo "-- $name begins, ${from} s so far"
	"$@" >"$logs/$name.tap" 2>&1 || status=$?
	if [ "$status" -eq 0 ]; then
		echo "ok - suite $name" >>"$logs/$name.tap"
	else
		echo "not ok - suite $name (exit $status)" >>"$logs/$name.tap"
	fi
	echo "== $name: $((SECONDS - began - from)) s, $((SECONDS - began)) s so far"
	cat "$logs/$name.tap"
}

suite build make -s -j2 all
suite unit make -s -j2 unit
suite clang make -s -j2 CC=clang BUILD=clang all unit
suite asan make -s -j2 BUILD=asan all unit
suite programs make -s -j2 it-programs statements
suite programs-asan make -s -j2 BUILD=asan it-programs
suite failpoints make -s -j2 BUILD=fp build/fp/bin/tradectl build/fp/bin/apid
suite npm test/lib/npm-ci

lanes=0
for script in test/suite.d/*; do
	[ -x "$script" ] || {
		echo "not ok - $script is not executable" | tee "$logs/not-executable.tap"
		continue
	}
	if [ "$lanes" -ge "${LANES:-3}" ]; then
		wait -n
		lanes=$((lanes - 1))
	fi
	suite "$(basename "$script")" "$script" &
	lanes=$((lanes + 1))
done
wait

passed=$(cat "$logs"/*.tap | grep -c '^ok ')
failed=$(cat "$logs"/*.tap | grep -c '^not ok ')
grep -hE '^not ok |# SKIP' "$logs"/*.tap
echo "$((SECONDS - began)) s; each suite's output is in $logs"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
