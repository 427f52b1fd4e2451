// What tests of tradectl share: people, questions as evald asks them, answers as apid takes them, and what became of them.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { quote } from "../lib/psql.mjs";
import { until } from "../lib/wait.mjs";

export const POST = "POST /v2/orders";
export const LIST = "GET /v2/orders";
export const POSITIONS = "GET /v2/positions";
export const SYMBOL = "BTC/USD";

export const clientId = (id) => `h1-${id.replaceAll("-", "")}`;

// The protocol's times, shortened; lease_seconds stays three times the HTTP timeout.
const TIMES = `http_timeout_ms = 1000, lease_seconds = 3, approval_ttl_seconds = 60, missing_after_seconds = 2,
	unresolved_after_seconds = 1, quarantine_seconds = 3`;

// A rule's tunables as evald resolves them.
export const TUNABLES = {
	approve_min: "7",
	skip_max: "-7",
	on_ambiguous: "follow_up",
	max_follow_ups: 1,
	max_drift_pct: "20",
	drift_side: "both",
	on_drift: "cancel",
	max_reasks: 0,
	undo_seconds: 0,
	cooldown_seconds: 0,
	after_skip: "cooldown",
	max_fires_per_day: 50,
	question_ttl_seconds: 600,
	close_buffer_seconds: 0,
	max_staleness_seconds: 86400,
};

export class Desk {
	// rule: what is special to it; where evald runs it must be one that evald takes and that does not fire by itself.
	constructor(stack, { rule = { type: "price_below", price: 1000000 } } = {}) {
		this.stack = stack;
		this.rule = rule;
		this.persons = 0;
	}

	get sql() {
		return this.stack.sql;
	}

	// A price of the symbol at the broker and in the database, short times, wide caps.
	async open() {
		await this.stack.startGround();
		await this.price(SYMBOL, "50000");
		await this.sql.rows(`update broker_account set ${TIMES}`);
		await this.sql.rows("update hard_limits set max_orders_per_day = 10000, max_notional_usd_per_4h = 1000000 where scope = 'global'");
	}

	async price(symbol, price) {
		const row = { symbol, asset_class: "crypto", feed: "us", metric: "last_trade", price, as_of: new Date(), session: "none" };
		await this.stack.sim.price(symbol, price, { prev_close: price });
		await this.sql.rows("select market_data_partitions()");
		await this.sql.rows(`select market_data_store(gen_random_uuid(), ${quote(JSON.stringify([row]))}::jsonb)`);
	}

	async person(mode = "paper") {
		const uid = `person-${++this.persons}`;
		const config = {
			version: 1,
			enabled: true,
			mode,
			guardrails: { max_orders_per_day: 100, max_notional_usd_per_4h: 1000, max_notional_usd_per_order: 100 },
			data_inputs: [{ id: "coins", source: "alpaca", asset_class: "crypto", symbols: [SYMBOL] }],
			rules: [{
				id: "dip",
				symbol: SYMBOL,
				...this.rule,
				question_template: "Buy?",
				on_answer_match: { action: "propose_order", side: "buy", notional_usd: 10, time_in_force: "gtc" },
			}],
		};
		await this.sql.rows(`insert into users (firebase_uid) values (${quote(uid)})`);
		await this.sql.rows(`insert into user_trading_config (firebase_uid, config, enabled) values (${quote(uid)}, ${quote(JSON.stringify(config))}, true)`);
		return uid;
	}

	// A question to a person (a new one), as evald asks it: {uid, id}.
	async ask({ uid, proposal = {}, mode = "paper", symbol = SYMBOL, text = "Buy?", metadata = { facts: {}, evidence: [] } } = {}) {
		const person = uid ?? (await this.person(mode));
		const id = randomUUID();
		const at = new Date(await this.sql.value("select clock_now()"));
		const question = {
			id,
			firebase_uid: person,
			kind: "proposal",
			rule_id: "dip",
			symbol,
			asset_class: "crypto",
			as_of: at.toISOString(),
			chain_id: id,
			attempt: 1,
			question_text: text,
			source_tag: "trading:rule:dip",
			pipeline_step: "dip:await_confirm",
			created_at: at.toISOString(),
			expires_at: new Date(at.getTime() + 600_000).toISOString(),
			config_version: 1,
			template_version: null,
			mode,
			broker_account: mode,
			metadata,
			proposal: {
				side: "buy",
				order_type: "market",
				notional_usd: "10",
				qty: null,
				limit_price: null,
				time_in_force: "gtc",
				price_asked: "50000",
				extended_hours: false,
				tunables: TUNABLES,
				...proposal,
			},
		};
		const batch = JSON.stringify({ max_queued: 50, asks: [question] });
		const [, outcome] = await this.sql.row(`select question_id, outcome from eval_commit(${quote(batch)}::jsonb)`);
		assert.equal(outcome, "asked");
		return { uid: person, id };
	}

	// The person's answer, as apid takes it; returns the outcome.
	async answer({ uid, id }, value) {
		await this.sql.rows("begin");
		await this.sql.rows(`set local hybridhub.uid = ${quote(uid)}`);
		const outcome = await this.sql.value(`select question_answer(${quote(id)}, ${value}, null)`);
		await this.sql.rows("commit");
		return outcome;
	}

	async approve(options) {
		const question = await this.ask(options);
		assert.equal(await this.answer(question, 10), "ok");
		return question.id;
	}

	// An order under a question's id that we did not send.
	async atBrokerAlready(id, over = {}) {
		const response = await fetch(`${this.stack.sim.url}/v2/orders`, {
			method: "POST",
			headers: { "APCA-API-KEY-ID": SIM.key_id, "APCA-API-SECRET-KEY": SIM.secret, "Content-Type": "application/json" },
			body: JSON.stringify({
				symbol: SYMBOL,
				notional: "10",
				side: "buy",
				type: "market",
				time_in_force: "gtc",
				client_order_id: clientId(id),
				...over,
			}),
		});
		assert.equal(response.status, 200);
		return response.json();
	}

	// As the operator's command asks for it: the broker's orders are listed and compared; until that is done.
	async reconcile(instance = "tradectl") {
		const from = this.lineCount(instance);
		await this.sql.rows("update broker_account set reconcile_asked_at = clock_now()");
		await this.sql.rows("notify reconcile_asked");
		await this.logged("event=broker.listed", from, instance);
	}

	status(id) {
		return this.sql.value(`select status from trade_orders where id = ${quote(id)}`);
	}

	row(id, columns) {
		return this.sql.row(`select ${columns} from trade_orders where id = ${quote(id)}`);
	}

	becomes(id, wanted, ms = 30_000) {
		return until(`order ${id} to be ${wanted}`, async () => {
			const seen = await this.status(id);
			if (seen === wanted)
				return seen;
			throw new Error(seen);
		}, ms);
	}

	async moves(id) {
		const rows = await this.sql.rows(`select to_status from trade_order_events where order_id = ${quote(id)} order by id`);
		return rows.map(([to]) => to);
	}

	async posts() {
		return (await this.stack.sim.requests(POST)).length;
	}

	async atBroker(id) {
		return (await this.stack.sim.orders()).filter((order) => order.client_order_id === clientId(id));
	}

	haltLevel(scope = "account", key = "paper") {
		return this.sql.value(`select level from trading_halts where scope = ${quote(scope)} and key = ${quote(key)}`);
	}

	// By hand, as the operator does.
	resume(scope = "account", key = "paper") {
		return this.sql.rows(`select halt_set(${quote(scope)}, ${quote(key)}, 'active', 'seen to', 'the test', false)`);
	}

	// Until a line of tradectl's log has these words; only those after `from`.
	logged(words, from = 0, instance = "tradectl") {
		const program = this.stack.program(instance);
		return until(`a log line with ${words}`, () => program.lines.slice(from).find((line) => line.includes(words)), 30_000);
	}

	lineCount(instance = "tradectl") {
		return this.stack.program(instance).lines.length;
	}

	// Until /readyz says these words.
	notReady(words, instance = "tradectl") {
		return until(`${instance} to say ${words}`, async () => {
			const { status, body } = await this.stack.readiness(instance);
			const text = typeof body === "string" ? body : JSON.stringify(body);
			if (status === 503 && text.includes(words))
				return true;
			throw new Error(`${status} ${text}`);
		}, 30_000);
	}

	// The value of a metric with exactly these labels, e.g. 'source="db"'; undefined where there is no such row.
	async metric(name, labels = "", instance = "tradectl") {
		const text = await this.stack.metrics(instance);
		const head = `hybridhub_${name}${labels ? `{${labels}}` : ""} `;
		const line = text.split("\n").find((l) => l.startsWith(head));
		return line === undefined ? undefined : Number(line.slice(head.length));
	}

	// Every order at the broker with our prefix is one approval's, and no approval has two.
	async noSecondOrder(except = []) {
		const ids = (await this.stack.sim.orders()).map((order) => order.client_order_id).filter((id) => id.startsWith("h1-"));
		assert.equal(new Set(ids).size, ids.length);
		const known = new Set((await this.sql.rows("select client_order_id from trade_orders")).map(([id]) => id));
		for (const id of ids)
			assert.ok(known.has(id) || except.includes(id), `${id} is explained by a question`);
	}
}
