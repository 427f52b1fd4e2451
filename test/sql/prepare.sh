# prepare-all itself: it lets good statements through and finds each kind of bad one.
# shellcheck source=test/sql/suite.sh
. "$(dirname "$0")/suite.sh"

prepare() { printf '%s\t%s\t%s\t%s\n' "$@" | "$here/prepare-all" "$(url hub)"; }
said() { prepare "$@" | sed -n 's/^\(ok\|not ok\) .*/\1/p'; }

is 'a call' "$(said claim 2 'select * from order_claim($1, $2)' hybridhub_tradectl)" 'ok'
is 'a call without parameters' "$(said due 0 'select * from notices_due()' hybridhub_evald)" 'ok'
is 'a select' "$(said q 1 'select id, status from questions where id = $1::uuid' hybridhub_apid)" 'ok'
is 'a column that is not there' "$(said q 0 'select nothing from questions' hybridhub_apid)" 'not ok'
is 'a function that is not there' "$(said q 1 'select order_undo($1)' hybridhub_tradectl)" 'not ok'
is 'a wrong number of parameters' "$(said claim 3 'select * from order_claim($1, $2)' hybridhub_tradectl)" 'not ok'
is 'too few parameters said' "$(said claim 1 'select * from order_claim($1, $2)' hybridhub_tradectl)" 'not ok'
is 'a column that the role may not read' "$(said raw 0 'select raw from trade_orders' hybridhub_apid)" 'not ok'
is 'a table that the role may not read' "$(said q 0 'select 1 from questions' hybridhub_ingestd)" 'not ok'
is 'a function that the role may not call' "$(said claim 2 'select * from order_claim($1, $2)' hybridhub_evald)" 'not ok'
