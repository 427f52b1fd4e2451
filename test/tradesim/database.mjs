// The real SQL functions, each a prepared statement that steps the clock first. A seed is one transaction that is rolled
// back at its end: a commit of the model is a statement here, and a failover that lost commits is a ROLLBACK TO the
// savepoint set before the first that is lost - which is all that a promoted standby shows of it: an earlier state.
import pg from "pg";

const AT = "set_config('tradesim.now', $1, false) c (at), lateral";
const at = (parameter) => `case when c.at is not null then ${parameter} end`;
const said = (call) => `select f.said from ${AT} ${call} f (said)`;
const ms = (time) => `(extract(epoch from ${time} - c.at::timestamptz) * 1000)::float8`;

const STATEMENTS = {
	answer: `select f.said from ${AT} set_config('hybridhub.uid', ${at("$3")}, true) u (uid),
		lateral question_answer(case when u.uid is not null then $2::uuid end, 10, null) f (said)`,
	serve: `select f.reserve_seq, f.reconciled_at is not null as reconciled, ${ms("f.quarantine_until")} as quarantine_ms from ${AT} broker_serve(${at("'paper'")}) f`,
	rewound: said(`broker_rewound(${at("'paper'")}, $2::bigint)`),
	open: `select f.id, f.client_order_id, f.status from ${AT} order_open(${at("'paper'")}) f where f.status <> 'quarantined'`,
	reconciled: `select from ${AT} broker_reconciled(${at("'paper'")})`,
	adopt: `select f.said from ${AT} jsonb_array_elements(${at("$2::jsonb")}) b, lateral orphan_note('paper', b) f (said)
		where b->>'client_order_id' like 'h1-%'`,
	claim: `select f.* from ${AT} order_claim(${at("'paper'")}, $2) f`,
	begin_send: said(`order_begin_send(${at("$2::uuid")}, $3::bigint, $4)`),
	not_sent: said(`order_not_sent(${at("$2::uuid")}, $3::bigint, $4)`),
	accept: said(`accept_or_not(${at("$2::uuid")}, $3::jsonb)`),
	follow: said(`accept_or_not(${at("$2::uuid")}, $3::jsonb)`),
	refuse: said(`order_refuse(${at("$2::uuid")}, $3::bigint, $4::integer, 'BROKER_REFUSED', null)`),
	unknown: said(`order_unknown(${at("$2::uuid")}, $3::bigint, $4, null)`),
	missing: said(`order_missing(${at("$2::uuid")}, $3::bigint, null)`),
	retry_check: said(`order_retry_check(${at("$2::uuid")}, $3::bigint, $4)`),
	take_open: `select f.* from ${AT} order_take_open(${at("'paper'")}, $2) f`,
	poll_due: `select f.* from ${AT} order_poll_due(${at("'paper'")}, 100) f`,
	expire: `select f.* from ${AT} order_expire(${at("'paper'")}) f`,
	// When there is something to do next: so that nobody polls through hours in which nothing happens. What is due is still
	// what the functions say.
	due: `select least(min(${ms("greatest(o.claim_after, o.next_try_at)")}) filter (where o.status = 'approved'),
				min(${ms("o.lease_until")}) filter (where o.status = 'reserved')) as claim,
			least(min(${ms("o.lease_until")}) filter (where o.status = 'submitting'),
				min(${ms("greatest(o.next_check_at, o.lease_until)")}) filter (where o.status in ('unknown', 'unresolved'))) as check,
			min(${ms("o.next_poll_at")}) filter (where o.status in ('accepted', 'partially_filled')) as poll,
			min(${ms("o.approval_expires_at")}) filter (where o.status = 'approved') as grown
		from ${AT} (select * from trade_orders x where ${at("x.broker_account")} = 'paper'
			and x.status in ('approved', 'reserved', 'submitting', 'unknown', 'unresolved', 'accepted', 'partially_filled')) o`,
};

export class Database {
	constructor(url) {
		this.client = new pg.Client({ connectionString: url });
		this.calls = 0;
	}

	async open() {
		await this.client.connect();
		await this.run("set client_min_messages = warning");
		return this;
	}

	run(text) {
		return this.client.query(text);
	}

	async rows(text) {
		return (await this.client.query({ text, rowMode: "array" })).rows;
	}

	// now: an ISO text.
	async call(name, now, args) {
		this.calls += 1;
		return (await this.client.query({ name, text: STATEMENTS[name], values: [now, ...args] })).rows;
	}

	close() {
		return this.client.end();
	}
}
