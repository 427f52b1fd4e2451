# A pg_dump restored into a fresh database is the same hub, ready to work.
# shellcheck source=test/sql/suite.sh
. "$(dirname "$0")/suite.sh"

run -d "$(url postgres)" -c "create database dump_from template hub"
# The test's clock is no part of a hub: the market here is open whenever this runs.
run -d "$(url dump_from)" -f "$here/tap.sql" >/dev/null
run -d "$(url dump_from)" >/dev/null <<-'SQL'
	select tap.person('ann');
	insert into market_calendar select now()::date, now() - interval '1 hour', now() + interval '1 hour',
		now() - interval '1 hour', now() + interval '1 hour';
	select tap.price('SPY', 492);
	select broker_reconciled('paper');
	select tap.order_and_claim(1, 'ann');
	select tap.order(2, 'ann');
	set client_min_messages = warning;
	drop schema tap cascade;
SQL
pg_dump "$(url dump_from)" >"$WORK/hub.sql" 2>"$WORK/dump.log"
is 'pg_dump has nothing to say' "$(cat "$WORK/dump.log")" ''
run -d "$(url postgres)" -c "create database dump_to"
ok 'it restores' run -d "$(url dump_to)" --single-transaction -f "$WORK/hub.sql"
for table in installation questions trade_orders trade_order_events trading_halts config_versions hard_limits broker_account; do
	is "restored: $table" "$(run -d "$(url dump_to)" -c "select * from $table order by 1::text, 2::text")" \
		"$(run -d "$(url dump_from)" -c "select * from $table order by 1::text, 2::text")"
done
is 'migrate finds everything applied' "$(DATABASE_URL=$(url dump_to) "$root/sql/migrate" up 2>&1)" "migrate: the schema is at step $(find "$root/sql" -name '[0-9][0-9][0-9]_*.sql' | wc -l)"
is 'the next claim works, as tradectl' "$(run -d "$(url dump_to hybridhub_tradectl)" -c "select outcome from order_claim('paper', 'w')")" 'reserved'
is 'a person sees their own only' "$(run -d "$(url dump_to hybridhub_apid)" -c "begin" -c "select set_config('hybridhub.uid', 'bob', true)" \
	-c "select count(*) from trade_orders" -c "commit" | tail -1)" 0
is 'what is frozen is frozen' "$(run -d "$(url dump_to)" -c "update trade_orders set notional_usd = 99" 2>&1 | grep -c 'cannot change')" 1
is 'a change of a document is a version' "$(run -d "$(url dump_to)" -c "update user_trading_config set enabled = false" \
	-c "select max(version) from config_versions where firebase_uid = 'ann'")" 2
