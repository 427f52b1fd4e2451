# Doorbells: which statements ring what, once, and which ring nothing.
# shellcheck source=test/sql/suite.sh
. "$(dirname "$0")/suite.sh"

fresh doorbells
run -d "$(url doorbells)" -c "select tap.stage()" >/dev/null

# What a transaction rings: `channel payload` a line, in order of channels.
rings() { # sql...
	run -d "$(url doorbells)" -c 'listen market_data' -c 'listen question_queued' -c 'listen question_closed' \
		-c 'listen order_approved' -c 'listen order_changed' -c 'listen config_changed' -c 'listen trading_halt' \
		-c "$1" -c 'select 1' 2>&1 | sed -n 's/^Asynchronous notification "\([a-z_]*\)" with payload "\(.*\)" received.*/\1 \2/p' |
		sed 's/00000000-0000-4000-8000-0*//' | sort | paste -sd,
}
bell() { is "$1" "$(rings "$2")" "$3"; }

row="'us_equity', 'iex', 'last_trade', 1, clock_now()"
bell 'a batch of snapshots rings once' "insert into market_data_snapshots (symbol, asset_class, feed, metric, price, as_of, batch_id)
	select 'S' || n, $row, tap.id(5) from generate_series(1, 50) n" 'market_data 5'
bell 'market_data_store rings its batch' "select market_data_store(tap.id(6), '[{\"symbol\": \"X\", \"asset_class\": \"us_equity\",
	\"feed\": \"iex\", \"metric\": \"last_trade\", \"price\": \"1\", \"as_of\": \"2026-03-06T15:00:00Z\"}]')" 'market_data 6'
bell 'what changes nothing rings nothing' "select market_data_store(tap.id(7), '[{\"symbol\": \"X\", \"asset_class\": \"us_equity\",
	\"feed\": \"iex\", \"metric\": \"last_trade\", \"price\": \"1\", \"as_of\": \"2026-03-06T15:00:00Z\"}]')" ''
bell 'snapshots without a batch' "insert into market_data_snapshots (symbol, asset_class, feed, metric, price, as_of) values ('S', $row)" 'market_data *'

bell 'another pipeline''s insert rings' "insert into questions (id, firebase_uid, question_text, question_type, min_value, max_value,
	correct_answer, source_tag, pipeline_key, pipeline_step) values (tap.id(1), 'ann', 'x', 'numeric', 0, 5, 1, 's', 'p', 'q')" 'question_queued 1'
bell 'a question that is born answered rings only closed' "insert into questions (id, firebase_uid, question_text, status, answer)
	values (tap.id(2), 'ann', 'x', 'answered', 1)" 'question_closed 2'
bell 'delivered rings nothing' "update questions set status = 'delivered' where id = tap.id(1)" ''
bell 'an update of nothing rings nothing' "update questions set status = status" ''
bell 'closed rings' "update questions set status = 'expired' where id = tap.id(1)" 'question_closed 1'
bell 'a hundred ring each' "insert into questions (firebase_uid, question_text, question_type, id)
	select 'ann', 'x', 'numeric', tap.id(n) from generate_series(101, 200) n" \
	"$(seq 101 200 | sed 's/^/question_queued /' | paste -sd,)"
bell 'more than a hundred ring *' "insert into questions (firebase_uid, question_text) select 'ann', 'x' from generate_series(1, 101)" 'question_queued *'
run -d "$(url doorbells)" -c "update questions set status = 'superseded' where status = 'queued'" >/dev/null

bell 'a rule asks' "select tap.commit(tap.an_ask(10, 'ann'))" 'question_queued 10'
bell 'a yes rings the question and the order' "select tap.answer(10, 'ann', 10)" 'order_approved 10,order_changed 10,question_closed 10'
bell 'a claim rings the order' "select tap.claim()" 'order_changed 10'
bell 'not sent: approved again' "select order_not_sent(tap.id(10), 1, 'x')" 'order_approved 10,order_changed 10'
bell 'a lease alone rings nothing' "update trade_orders set lease_until = clock_now(), next_try_at = null" ''
bell 'the broker''s word rings' "update trade_orders set broker_status = 'pending_new'" 'order_changed 10'
bell 'a fill rings' "update trade_orders set filled_qty = 1, filled_avg_price = 2" 'order_changed 10'
bell 'the same fill again does not' "update trade_orders set filled_qty = 1, filled_avg_price = 2" ''
bell 'a wish to cancel rings' "select set_config('hybridhub.uid', 'ann', false), order_cancel(tap.id(10))" 'order_changed 10'
bell 'the same wish does not' "select set_config('hybridhub.uid', 'ann', false), order_cancel(tap.id(10))" ''

bell 'a new config' "insert into users values ('cleo'); insert into user_trading_config (firebase_uid) values ('cleo')" 'config_changed cleo'
bell 'a changed config' "update user_trading_config set config = '{\"x_a\": 1}' where firebase_uid = 'cleo'" 'config_changed cleo'
bell 'a switch' "update user_trading_config set enabled = true where firebase_uid = 'cleo'" 'config_changed cleo'
bell 'a date alone' "update user_trading_config set updated_at = clock_now()" ''
bell 'two at once' "update user_trading_config set template_name = null where firebase_uid in ('ann', 'bob')" 'config_changed ann,config_changed bob'
bell 'a config that goes' "delete from user_trading_config where firebase_uid = 'cleo'" 'config_changed cleo'
bell 'a template rings everybody' "update trading_config_templates set config = config || '{\"x_b\": 1}'" 'config_changed *'
bell 'a template unchanged nobody' "update trading_config_templates set config = config" ''

bell 'a halt rings its scope' "select account_halt('paper', 'halted', 'x')" 'trading_halt account'
bell 'a trip that changes nothing does not' "select account_halt('paper', 'reducing', 'x')" ''
bell 'what is rolled back never rang' "begin; update trading_halts set level = 'halted'; rollback" ''
