// Every kind of order a rule may propose, from the document to the bytes that the broker received: sizes floored, prices
// rounded, nothing sent that was not shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { quote } from "../lib/psql.mjs";
import { makePerson } from "../lib/person.mjs";
import { until } from "../lib/wait.mjs";
import { Road } from "./road.mjs";

const PRICE = "492.01";
let road;

const rule = (id, action, more = {}) => ({
	id, type: "price_below_pct_of_ref", symbol: "SPY", ref_metric: "prev_close", threshold_pct: -1.5, cooldown_seconds: 0,
	question_template: "{{side}} {{qty}} {{symbol}} at {{price}} for {{notional}}?",
	on_answer_match: { action: "propose_order", ...action }, ...more,
});

const document = (...rules) => ({
	version: 1,
	data_inputs: [{ id: "watch", source: "alpaca", symbols: ["SPY"], feed: "iex", poll_interval_seconds: 5 }],
	rules,
	guardrails: { max_orders_per_day: 100, max_notional_usd_per_4h: 2000, max_notional_usd_per_order: 1500, allow_extended_hours: true },
});

const person = (name, action) => makePerson(road.sql, { name, template: null, override: document(rule("kind", action)) });

async function facts(id) {
	return JSON.parse(await road.sql.value(`select metadata->'facts' from questions where id = ${quote(id)}`));
}

// What was sent is what was shown, to the character.
function sameAsShown(body, shown) {
	assert.equal(body.side, shown.side);
	assert.equal(body.qty, shown.qty);
	assert.equal(body.notional, shown.notional_usd);
	assert.equal(body.limit_price, shown.limit_price);
	assert.equal(body.type, shown.order_type ?? "market");
	assert.equal(body.time_in_force, shown.time_in_force ?? "day");
	assert.equal(body.extended_hours, shown.extended_hours);
}

const KINDS = [
	["notional", { side: "buy", notional_usd: 10.5 }, "filled",
		{ notional: "10.5", type: "market", time_in_force: "day" }, "buy 0.021341029 SPY at 492.01 for 10.50?"],
	["qty", { side: "buy", qty: 0.123456789 }, "filled",
		{ qty: "0.123456789", type: "market", time_in_force: "day" }, "buy 0.123456789 SPY at 492.01 for 60.75?"],
	["whole_gtc", { side: "buy", qty: 2, time_in_force: "gtc" }, "filled",
		{ qty: "2", type: "market", time_in_force: "gtc" }, "buy 2 SPY at 492.01 for 984.02?"],
	["limit_far", { side: "buy", qty: 1, order_type: "limit", limit_price: 450.25, time_in_force: "gtc" }, "accepted",
		{ qty: "1", type: "limit", limit_price: "450.25", time_in_force: "gtc" }, "buy 1 SPY at 492.01 for 450.25?"],
	["limit_offset", { side: "buy", qty: 0.5, order_type: "limit", limit_offset_pct: -0.5 }, "accepted",
		{ qty: "0.5", type: "limit", limit_price: "489.54", time_in_force: "day" }, "buy 0.5 SPY at 492.01 for 244.77?"],
	["limit_above", { side: "buy", qty: 1, order_type: "limit", limit_offset_pct: 0.25, extended_hours: true }, "filled",
		{ qty: "1", type: "limit", limit_price: "493.24", time_in_force: "day", extended_hours: true }, "buy 1 SPY at 492.01 for 493.24?"],
];

before(async () => {
	road = await new Road("kinds").start();
	await road.sql.rows("update hard_limits set max_notional_usd_per_4h = 100000 where scope = 'global'");
});

after(() => road?.stack.stop());

test("every kind to buy: shown as it is sent", { timeout: 60_000 }, async () => {
	await road.price("500");
	const people = new Map();
	for (const [name, action] of KINDS)
		people.set(name, await person(name, action));
	await road.price(PRICE);
	for (const [name, , end, want, text] of KINDS) {
		const uid = people.get(name);
		const question = await road.question(uid);
		assert.equal(question.text, text, name);
		await road.answer(uid, question.id, 10);
		await road.ends(question.id, end);
		const { posts, orders, post } = await road.atBroker(question.id);
		assert.deepEqual([posts, orders], [1, 1], name);
		const { symbol, side, client_order_id, ...rest } = post.body;
		assert.deepEqual([symbol, side, client_order_id.slice(0, 3)], ["SPY", "buy", "h1-"]);
		assert.deepEqual(rest, want, name);
		sameAsShown(post.body, await facts(question.id));
	}
});

test("a part of a position: floored, less what another sale may still take, and never more than is held", { timeout: 90_000 }, async () => {
	const uid = await road.person({ name: "seller", template: null, override: document(rule("buy", { side: "buy", qty: 1.000000001 })) });
	// The account holds more, of somebody else.
	await road.price(PRICE);
	const bought = await road.question(uid);
	await road.answer(uid, bought.id, 10);
	await road.ends(bought.id, "filled");

	const asks = async (id, action) => {
		await road.sql.rows(`update user_trading_config set config = ${quote(JSON.stringify(document(rule(id, action))))} where firebase_uid = ${quote(uid)}`);
		return until(`rule ${id} to ask`, () => road.sql.value(`select id from questions where firebase_uid = ${quote(uid)} and rule_id = ${quote(id)}`), 20_000);
	};
	const half = await asks("half", { side: "sell", pct_of_position: 50, order_type: "limit", limit_offset_pct: 10 });
	assert.equal((await facts(half)).qty, "0.5");
	assert.equal((await facts(half)).limit_price, "541.22");
	await road.answer(uid, half, 10);
	await road.ends(half, "accepted");
	assert.equal((await road.atBroker(half)).post.body.qty, "0.5");

	const rest = await asks("rest", { side: "sell", pct_of_position: 100, order_type: "limit", limit_price: 490 });
	assert.equal((await facts(rest)).qty, "0.500000001");
	await road.answer(uid, rest, 10);
	await road.ends(rest, "filled");
	assert.equal((await road.atBroker(rest)).post.body.qty, "0.500000001");

	await road.sql.rows(`update user_trading_config set config = ${quote(JSON.stringify(document(rule("more", { side: "sell", qty: 0.1 }))))} where firebase_uid = ${quote(uid)}`);
	await road.stack.program("evald").waitLine(new RegExp(`event=question\\.not_asked .*uid=${uid} .*rule=more .*reason=SIZE_TOO_SMALL`), 20_000);
	assert.equal(await road.sql.value(`select count(*) from questions where firebase_uid = ${quote(uid)} and rule_id = 'more'`), "0");
});
