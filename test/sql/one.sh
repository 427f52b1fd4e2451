#!/bin/bash
# one.sh NAME...: some of the SQL suite's tests alone, while one works on them: test/sql/one.sh judge race
set -u
cd "$(dirname "$0")/../.." || exit 1
SQL_TESTS="$*" exec test/suite.d/20-sql
