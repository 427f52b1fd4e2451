#!/bin/sh
# Runs each unit test program given; its TAP goes to stdout, one program after the other. Fails when one fails.
set -u
failed=0
export TZ=America/New_York CMOCKA_MESSAGE_OUTPUT=TAP
for program in "$@"; do
	echo "# $program"
	"$program" || { failed=$((failed + 1)); echo "# failed: $program"; }
done
[ "$failed" -eq 0 ]
