// Many approvals at once for tests that race: people whose approvals stand behind one another, staged in SQL as the answers would
// have made them. Prices never go stale, approvals live an hour, the simulator limits nothing.
const SYMBOL = "BTC/USD";

export class Approvals {
	constructor(stack) {
		this.stack = stack;
		this.rounds = 0;
		this.batches = 0;
	}

	async open() {
		const { sql, sim } = this.stack;
		await sim.price(SYMBOL, "50000", { prev_close: "50000" });
		await sim.do("config", { rate_limit: 1e9 });
		await sim.do("account", { cash: "100000000" });
		await sql.rows(`select market_data_partitions();
			insert into market_data_latest (symbol, asset_class, feed, metric, snapshot_id, price, as_of) values ('${SYMBOL}', 'crypto', 'us', 'last_trade', 1, 50000, clock_now());
			update hard_limits set max_orders_per_day = null, max_notional_usd_per_4h = null where scope = 'global';
			update broker_account set approval_ttl_seconds = 3600`);
	}

	config(limit) {
		return JSON.stringify({
			version: 1,
			enabled: true,
			mode: "paper",
			data_inputs: [{ id: "coins", source: "alpaca", asset_class: "crypto", symbols: [SYMBOL] }],
			rules: [{ id: "dip", type: "price_below", symbol: SYMBOL, price: 1000000, question_template: "Buy?", on_answer_match: { action: "propose_order", side: "buy", notional_usd: 10 } }],
			guardrails: { max_orders_per_day: limit, max_open_orders: 100_000, max_notional_usd_per_4h: 1_000_000, max_notional_usd_per_order: 100 },
		});
	}

	// New people, `each` approvals to buy for each of them: {round, ids}; their uids begin with r<round>-.
	async stage(people, each, limit = 100_000) {
		const round = ++this.rounds;
		await this.stack.sql.rows(`insert into users select 'r${round}-' || n from generate_series(1, ${people}) n;
			insert into user_trading_config (firebase_uid, config, enabled) select firebase_uid, '${this.config(limit)}', true from users where firebase_uid like 'r${round}-%'`);
		return { round, ids: await this.approve(round, each, "buy", 10) };
	}

	// `each` approvals more for each of the people of an earlier round; a sell wants something bought and filled before. Their ids.
	async approve(round, each, side, usd) {
		const { sql } = this.stack;
		const text = `${side} ${++this.batches}?`;
		await sql.rows(`insert into questions (firebase_uid, question_text, kind, status, answer, answered_by)
			select firebase_uid, '${text}', 'proposal', 'answered', 10, 'person' from users, generate_series(1, ${each})
			where firebase_uid like 'r${round}-%';
			insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type, notional_usd,
				time_in_force, price_asked, mode, broker_account, chain_id, attempt, max_staleness_seconds)
			select q.id, q.firebase_uid, 'dip', '${SYMBOL}', 'crypto', '${side}', 'market', ${usd}, 'gtc', 50000, 'paper', 'paper', q.id, 1, 86400
			from questions q where q.question_text = '${text}'`);
		await sql.rows(`select order_approve(q.id, clock_now() + q.place * interval '1 microsecond', 'test') from (
			select id, row_number() over (order by firebase_uid, id) as place from questions where question_text = '${text}') q`);
		return (await sql.rows(`select o.id from trade_orders o join questions q on q.id = o.question_id
			where q.question_text = '${text}' order by o.approved_at, o.id`)).flat();
	}

	// One open question for each of so many new people: {ids, uids}.
	async questions(count) {
		const round = ++this.rounds;
		const { sql } = this.stack;
		await sql.rows(`insert into users select 'r${round}-' || n from generate_series(1, ${count}) n;
			insert into user_trading_config (firebase_uid, config, enabled) select firebase_uid, '${this.config(10)}', true from users where firebase_uid like 'r${round}-%';
			insert into questions (firebase_uid, question_text, kind, status) select firebase_uid, 'Buy?', 'proposal', 'queued' from users where firebase_uid like 'r${round}-%';
			insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type, notional_usd,
				time_in_force, price_asked, mode, broker_account, chain_id, attempt, max_staleness_seconds)
			select q.id, q.firebase_uid, 'dip', '${SYMBOL}', 'crypto', 'buy', 'market', 10, 'gtc', 50000, 'paper', 'paper', q.id, 1, 86400
			from questions q where q.firebase_uid like 'r${round}-%'`);
		const rows = await sql.rows(`select id, firebase_uid from questions where firebase_uid like 'r${round}-%' order by id`);
		return { ids: rows.map(([id]) => id), uids: rows.map(([, uid]) => uid) };
	}
}
