# Claims at once: nobody over a limit; and the same with the lock taken away, which must show that the test can see it.
# shellcheck source=test/sql/suite.sh
. "$(dirname "$0")/suite.sh"
export PATH=$PATH:$(dirname "$(find /usr/lib/postgresql -name pgbench -type f -o -name pgbench -type l | sort -V | tail -1)")

people=30 each=8 sessions=8

# p0..p29 with 8 approvals each, one person's behind one another: claims at once are of the same person. Limit: 3 a day.
stage() { # database
	fresh "$1"
	run -d "$(url "$1")" >/dev/null <<-SQL
		select tap.stage();
		update hard_limits set max_orders_per_day = null, max_notional_usd_per_4h = null;
		insert into questions (id, firebase_uid, question_text, kind, status, answer, answered_by)
		select tap.id(n), 'p' || (n - 1) / $each, 'x', 'proposal', 'answered', 10, 'person'
		from (select tap.person('p' || p) from generate_series(0, $people - 1) p) made, generate_series(1, $people * $each) n
		group by n;
		insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type, notional_usd,
			time_in_force, price_asked, mode, broker_account, chain_id, attempt, max_staleness_seconds)
		select q.id, q.firebase_uid, 'dip_confirm', 'SPY', 'us_equity', 'buy', 'market', 10, 'day', 492, 'paper', 'paper', q.id, 1, 90
		from questions q;
		select order_approve(q.id, clock_now(), 'test') from questions q;
	SQL
}

claims() { # database; claims until nothing is left
	cat >"$WORK/claim.bench" <<-'SQL'
		select count(*) from order_claim('paper', 'w' || :client_id);
	SQL
	pgbench -n -c $sessions -j 2 -t $((people * each / sessions + 20)) -f "$WORK/claim.bench" "$(url "$1")" >"$WORK/bench.log" 2>&1 ||
		cat "$WORK/bench.log"
}

over() { # database: people over 3
	run -d "$(url "$1")" -c "select count(*) from (select firebase_uid from trade_orders where status = 'reserved'
		group by 1 having count(*) > 3) o"
}

stage race
claims race
is 'nobody over 3 a day' "$(over race)" 0
is 'everybody had 3, the rest was blocked for that reason' "$(run -d "$(url race)" -c "select string_agg(distinct n || s, ' ' order by n || s)
	from (select firebase_uid, status || coalesce(' ' || reason, '') as s, count(*) as n from trade_orders group by 1, 2) x")" \
	'3reserved 5blocked MAX_ORDERS_PER_DAY'
is 'reserve_seq counted them' "$(run -d "$(url race)" -c "select reserve_seq from broker_account where account = 'paper'")" $((people * 3))
is 'no claim failed' "$(grep -c 'aborted\|ERROR' "$WORK/bench.log")" 0

# The account's cap, over all people.
stage race_account
run -d "$(url race_account)" -c "update hard_limits set max_notional_usd_per_4h = 250 where scope = 'global'"
claims race_account
is 'the account never over its window' "$(run -d "$(url race_account)" -c "select sum(reserved_usd) from trade_orders where status = 'reserved'")" '250.00'

# Repeatable read: the lock is an UPDATE, so a claim fails rather than count what it cannot see.
stage race_rr
cat >"$WORK/rr.bench" <<-'SQL'
	begin isolation level repeatable read;
	select count(*) from order_claim('paper', 'w' || :client_id);
	commit;
SQL
pgbench -n -c $sessions -j 2 -t 40 --max-tries=1 -f "$WORK/rr.bench" "$(url race_rr)" >/dev/null 2>&1
is 'nobody over 3 in repeatable read either' "$(over race_rr)" 0

# A claim without the lock, slowed a little where it was: people must end over their limit, or this test proves nothing.
stage unlocked
perl -0pe 's/update broker_account b set reserve_seq = b.reserve_seq \+ 1.*?into v_account;/select b.* into v_account from broker_account b where b.account = p_account; v_account.last_reserved_at := clock_now();/s;
	s/^    if v_status = .reserved. then/    perform pg_sleep(0.002);\n$&/m' "$root/sql/function/order_claim.sql" >"$WORK/unlocked.sql"
ok 'the lock was found and taken out' bash -c "! cmp -s '$WORK/unlocked.sql' '$root/sql/function/order_claim.sql' && ! grep -q 'reserve_seq + 1' '$WORK/unlocked.sql'"
run -d "$(url unlocked)" -f "$WORK/unlocked.sql"
claims unlocked
is 'without the lock people end over their limit' "$([ "$(over unlocked)" -gt 0 ] && echo seen)" seen

# A halt against many claims: it gets through, and nothing is reserved behind it.
stage race_halt
claims race_halt &
claimers=$!
until [ "$(run -d "$(url race_halt)" -c "select reserve_seq from broker_account where account = 'paper'")" -ge 10 ]; do :; done
run -d "$(url race_halt)" -c "select halt_set('global', '', 'halted', 'stop', 'test', false)" >/dev/null
wait $claimers
is 'a halt stops claims' "$(run -d "$(url race_halt)" -c "select string_agg(distinct s, ' ') from (select e.to_status as s from trade_order_events e
	join trading_halt_events h on h.scope = 'global' where e.to_status = 'reserved' and e.xmin::text::bigint > h.xmin::text::bigint) x")" ''
is 'what came behind it is blocked' "$(run -d "$(url race_halt)" -c "select count(*) filter (where status = 'approved') || ' '
	|| (count(*) filter (where reason = 'HALTED') > 0) from trade_orders")" '0 true'

# Halts against the last fence: whoever's transaction begins behind the halt's commit sends nothing. A halt takes its number under
# the table's lock, so a fence with a higher one has read it. A round in which chance sent no halt proves nothing and counts for nothing.
stage race_fence
run -d "$(url race_fence)" >/dev/null <<-SQL
	update user_trading_config set config = '{"guardrails": {"max_orders_per_day": 1000, "max_open_orders": 1000, "max_notional_usd_per_4h": 100000}}';
	update trading_config_templates set config = config - 'guardrails';
	select order_claim('paper', 'w') from generate_series(1, $people * $each);
SQL
cat >"$WORK/halt.bench" <<-'SQL'
	select halt_set('global', '', 'halted', 'stop', 'test', false);
SQL
rounds=12 late=''
for ((r = 0; r < rounds; r++)); do
	cat >"$WORK/fence.bench" <<-SQL
		\set n random($((r * 20 + 1)), $((r * 20 + 20)))
		select order_begin_send(tap.id(:n), 1, 'w');
	SQL
	pgbench -n -c 4 -j 2 -t 15 -f "$WORK/fence.bench@12" -f "$WORK/halt.bench@1" "$(url race_fence)" >"$WORK/bench.log" 2>&1
	late+=$(run -d "$(url race_fence)" -c "select string_agg(e.order_id::text, ' ') from trade_order_events e
		where e.to_status = 'submitting' and e.xmin::text::bigint > (select max(h.xmin::text::bigint) from trading_halt_events h where h.to_level = 'halted'
			and h.id > coalesce((select max(g.id) from trading_halt_events g where g.to_level = 'active'), 0));
		select halt_set('global', '', 'active', 'go', 'test', false)" | grep -v '^active$')
done
is 'no fence opens behind a halt' "$late" ''
is 'of which some passed and some were stopped' "$(run -d "$(url race_fence)" -c "select count(*) filter (where status = 'submitting') > $rounds
	and count(*) filter (where reason = 'HALTED') > $rounds from trade_orders")" t
is 'no fence failed' "$(grep -c 'aborted\|ERROR' "$WORK/bench.log")" 0

# Taken back against claim and last fence, each order at once from both sides: who commits first decides, and the other sees it.
stage race_cancel
run -d "$(url race_cancel)" >/dev/null <<-SQL
	update user_trading_config set config = '{"guardrails": {"max_orders_per_day": 1000, "max_open_orders": 1000, "max_notional_usd_per_4h": 100000}}';
	update trading_config_templates set config = config - 'guardrails';
	update hard_limits set max_orders_per_day = null, max_notional_usd_per_4h = null;
	create table said (n integer, what text, at bigserial);
	create function tap.try_cancel(p_n integer) returns void language plpgsql as \$\$
	begin
		perform set_config('hybridhub.uid', 'p' || (p_n - 1) / $each, true);
		insert into said (n, what) values (p_n, order_cancel(tap.id(p_n)));
	end \$\$;
	create function tap.try_send() returns void language plpgsql as \$\$
	declare
		v record;
	begin
		select c.id, c.fence into v from order_claim('paper', 'w') c where c.outcome = 'reserved';
		perform order_begin_send(v.id, v.fence, 'w') where random() < 0.5;
	end \$\$;
	create function tap.try_fence(p_n integer) returns void language sql as
		\$\$ select order_begin_send(tap.id(p_n), 1, 'w') \$\$;
SQL
echo 'select tap.try_send();' >"$WORK/send.bench"
printf '\\set n random(1, %s)\nselect tap.try_cancel(:n);\n' $((people * each)) >"$WORK/cancel.bench"
printf '\\set n random(1, %s)\nselect tap.try_fence(:n);\n' $((people * each)) >"$WORK/fence.bench"
pgbench -n -c 6 -j 2 -t 150 -f "$WORK/send.bench@3" -f "$WORK/cancel.bench@1" -f "$WORK/fence.bench@3" "$(url race_cancel)" >"$WORK/bench.log" 2>&1
is 'no cancel, claim or fence failed' "$(grep -c 'aborted\|ERROR' "$WORK/bench.log")" 0
is 'what was taken back was not sent' "$(run -d "$(url race_cancel)" -c "select count(*) from trade_orders o where exists (select from said s
	where o.id = tap.id(s.n) and s.what = 'canceled') and (o.status <> 'canceled' or o.attempt > 0)")" 0
is 'what was sent first was asked for' "$(run -d "$(url race_cancel)" -c "select count(*) from trade_orders o where exists (select from said s
	where o.id = tap.id(s.n) and s.what = 'asked') and (o.status <> 'submitting' or o.cancel_requested_at is null)")" 0
is 'nobody was told anything else' "$(run -d "$(url race_cancel)" -c "select string_agg(distinct what, ' ' order by what) from said")" 'asked canceled'
is 'what was taken back counts for nothing' "$(run -d "$(url race_cancel)" -c "select count(*) from trade_orders where status = 'canceled' and reserved_at is not null")" 0

# One answer each from four sessions: the first wins, one order.
stage_answers() {
	fresh answers
	run -d "$(url answers)" >/dev/null <<-SQL
		select tap.stage();
		insert into users select 'a' || n from generate_series(1, 20) n;
		select tap.commit(variadic array(select tap.an_ask(n, 'a' || n, '{}') from generate_series(1, 20) n));
	SQL
}
stage_answers
cat >"$WORK/answer.bench" <<-'SQL'
	\set n random(1, 20)
	\set a random(0, 1) * 20 - 10
	select set_config('hybridhub.uid', 'a' || :n, false);
	select question_answer(tap.id(:n), :a, null);
SQL
pgbench -n -c 4 -j 2 -t 100 -f "$WORK/answer.bench" "$(url answers)" >"$WORK/bench.log" 2>&1
is 'an order for every yes, none for a no' "$(run -d "$(url answers)" -c "select count(*) from questions q left join trade_orders o on o.id = q.id
	where q.kind = 'proposal' and (q.decision = 'approve') is distinct from (o.id is not null)")" 0
is 'no answer failed' "$(grep -c 'aborted\|ERROR' "$WORK/bench.log")" 0

# Asks from two evald at once: one question a turn.
fresh asks
run -d "$(url asks)" -c "select tap.stage()" >/dev/null
cat >"$WORK/ask.bench" <<-'SQL'
	\set n random(1, 1000000)
	select tap.commit(tap.an_ask(:n, 'ann'), tap.an_ask(:n + 1000001, 'bob'));
SQL
pgbench -n -c 4 -j 2 -t 20 -f "$WORK/ask.bench" "$(url asks)" >"$WORK/bench.log" 2>&1
is 'one open question an instance' "$(run -d "$(url asks)" -c "select string_agg(firebase_uid || n, ' ' order by firebase_uid)
	from (select firebase_uid, count(*) as n from questions group by 1) x")" 'ann1 bob1'
is 'no ask failed' "$(grep -c 'aborted\|ERROR' "$WORK/bench.log")" 0
