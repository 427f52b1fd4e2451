// What a person is asked and says yes to, made as evald and apid make it: two proposals of two rules to a person who may have
// one order a day, so that whatever is counted wrongly lets the second one through.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { SYMBOL, TUNABLES } from "../it/desk.mjs";
import { quote } from "../lib/psql.mjs";

export const NOTIONAL = "10";
const RULES = ["first", "second"];

const CONFIG = JSON.stringify({
	version: 1,
	enabled: true,
	mode: "paper",
	data_inputs: [{ id: "coins", source: "alpaca", asset_class: "crypto", symbols: [SYMBOL] }],
	guardrails: { max_orders_per_day: 1 },
	rules: RULES.map((id) => ({
		id,
		type: "price_below",
		symbol: SYMBOL,
		price: 1000000,
		question_template: "Buy?",
		on_answer_match: { action: "propose_order", side: "buy", notional_usd: Number(NOTIONAL), time_in_force: "gtc" },
	})),
});

function proposal(uid, rule, now) {
	const id = randomUUID();
	const at = new Date(now);
	return {
		id,
		firebase_uid: uid,
		kind: "proposal",
		rule_id: rule,
		symbol: SYMBOL,
		asset_class: "crypto",
		as_of: at.toISOString(),
		chain_id: id,
		attempt: 1,
		question_text: "Buy?",
		source_tag: `trading:rule:${rule}`,
		pipeline_step: `${rule}:await_confirm`,
		created_at: at.toISOString(),
		expires_at: new Date(at.getTime() + 3_600_000).toISOString(),
		config_version: 1,
		template_version: null,
		mode: "paper",
		broker_account: "paper",
		metadata: { facts: {}, evidence: [{ id: "1", symbol: SYMBOL, metric: "last_trade", price: "50000", as_of: at.toISOString() }] },
		proposal: {
			side: "buy",
			order_type: "market",
			notional_usd: NOTIONAL,
			qty: null,
			limit_price: null,
			time_in_force: "gtc",
			price_asked: "50000",
			extended_hours: false,
			tunables: { ...TUNABLES, question_ttl_seconds: 3600 },
		},
	};
}

export async function makeUser(sql, uid) {
	await sql.rows(`insert into users (firebase_uid) values (${quote(uid)})`);
	await sql.rows(`insert into user_trading_config (firebase_uid, config, enabled) values (${quote(uid)}, ${quote(CONFIG)}, true)`);
}

// An open question of each rule: {uid, first, second}.
export async function askBoth(sql, uid) {
	const now = await sql.value("select clock_now()");
	const asks = RULES.map((rule) => proposal(uid, rule, now));
	const rows = await sql.rows(`select outcome from eval_commit(${quote(JSON.stringify({ max_queued: 5, asks }))}::jsonb)`);
	assert.deepEqual(rows.flat(), RULES.map(() => "asked"));
	return { uid, first: asks[0].id, second: asks[1].id };
}

// The person's yes, as apid takes it.
export async function sayYes(sql, uid, id) {
	await sql.rows("begin");
	await sql.rows(`set local hybridhub.uid = ${quote(uid)}`);
	const outcome = await sql.value(`select question_answer(${quote(id)}, 10, null)`);
	await sql.rows("commit");
	assert.equal(outcome, "ok");
}
