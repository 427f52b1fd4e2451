# docs/order-states.md is what the table of moves says; the drawing sees a change.
# shellcheck source=test/sql/suite.sh
. "$(dirname "$0")/suite.sh"

draw() { DATABASE_URL=$(url "$1") "$root/docs/draw" order-states; }

is 'docs/order-states.md is drawn from these moves (else: make docs)' "$(draw hub | diff - "$root/docs/order-states.md")" ''
fresh docs
run -d "$(url docs)" -c "insert into trade_order_moves values ('filled', 'canceled', 'a bust')"
is 'a move more is seen' "$(draw docs | diff - "$root/docs/order-states.md" | grep -c '^<.*canceled')" 2
run -d "$(url docs)" -c "insert into trade_order_moves values ('filled', 'busted', 'a bust')"
ok 'a state that nobody explains is refused' bash -c "! DATABASE_URL='$(url docs)' '$root/docs/draw' order-states"
