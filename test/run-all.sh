#!/bin/bash
# Runs every suite, shows its output, counts TAP lines and ends in `N passed, N failed`; what failed or was skipped is named above it.
set -u
cd "$(dirname "$0")/.." || exit 1
export TZ=America/New_York
log=build/test.tap
mkdir -p build
: >"$log"

suite() { # name command...
	local name=$1
	shift
	echo "== $name"
	"$@" 2>&1 | tee -a "$log"
	local status=${PIPESTATUS[0]}
	if [ "$status" -eq 0 ]; then
		echo "ok - suite $name" >>"$log"
	else
		echo "not ok - suite $name (exit $status)" | tee -a "$log"
	fi
}

suite build make -s -j2 all
suite unit make -s -j2 unit
suite clang make -s -j2 CC=clang BUILD=clang all unit
suite asan make -s -j2 BUILD=asan all unit
for script in test/suite.d/*; do
	[ -x "$script" ] && suite "$(basename "$script")" "$script"
done

passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^not ok ' "$log")
grep -E '^not ok |# SKIP' "$log"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
