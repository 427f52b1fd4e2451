// The plan's scenario through all four daemons: a dip, a question, an answer, at most one order.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../lib/wait.mjs";
import { Road, TEXT } from "./road.mjs";

let road;

before(async () => {
	road = await new Road("scenario").start();
});

after(() => road?.stack.stop());

test("+10: one market order of 10 USD, filled, told through the hub; the next tick does not ask again", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	const hub = await road.stack.hub(uid);
	await road.dip();
	const question = await hub.waitQuestion();
	assert.equal(question.question_text, TEXT);
	assert.deepEqual([question.min_value, question.max_value, question.kind], [-10, 10, "proposal"]);
	assert.equal(question.metadata.facts.notional_usd, "10");
	assert.equal(question.metadata.facts.mode, "paper");
	assert.deepEqual(question.metadata.evidence.map(({ metric, price }) => [metric, Number(price)]), [["last_trade", 492], ["prev_close", 500]]);

	await hub.ack(question.id);
	const answered = await hub.answer(question.id, 10);
	assert.equal(answered.decision, "approve");
	await hub.waitResolved(question.id);
	const update = await hub.waitUpdate(({ status }) => status === "filled", 20_000);
	assert.equal(update.id, question.id);
	assert.equal(update.client_order_id, `h1-${question.id.replaceAll("-", "")}`);

	const { posts, orders, post } = await road.atBroker(question.id);
	assert.deepEqual([posts, orders], [1, 1]);
	assert.equal(post.body.type, "market");
	assert.equal(post.body.side, "buy");
	assert.equal(Number(post.body.notional), 10);
	assert.equal(post.body.qty, undefined);

	await road.price("491");
	await until("491 stored", async () => (await road.lastTrade()) === "491", 15_000);
	await new Promise((resolve) => setTimeout(resolve, 2_500)); // more than two sweeps of evald
	assert.equal(await road.count("questions", uid), 1);
	await hub.close();
	await road.finish(uid);
});

test("-10: no order, a logged skip", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	await road.dip();
	const { id } = await road.question(uid);
	const { decision, reason } = await road.answer(uid, id, -10);
	assert.deepEqual([decision, reason], ["skip", "SKIPPED"]);
	await road.stack.program("evald").waitLine(new RegExp(`event=question\\.skipped .*${id}`), 10_000);
	assert.equal(await road.count("trade_orders", uid), 0);
	assert.equal((await road.atBroker(id)).posts, 0);
	await road.finish(uid);
});

test("0: one follow-up, and a second 0 is a skip", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	const hub = await road.stack.hub(uid);
	await road.dip();
	const first = await hub.waitQuestion();
	await hub.answer(first.id, 0);
	const again = await hub.waitQuestion(({ kind }) => kind === "follow_up", 15_000);
	assert.equal(again.question_text, `Please decide: ${TEXT}`);
	assert.equal(again.expires_at, first.expires_at);
	await hub.answer(again.id, 0);
	await new Promise((resolve) => setTimeout(resolve, 2_500));
	assert.equal(await road.count("questions", uid), 2);
	assert.equal(await road.count("trade_orders", uid), 0);
	await hub.close();
	await road.finish(uid);
});

test("two people never see each other's questions or orders", { timeout: 60_000 }, async () => {
	const [one, other] = [await road.person({ name: "one" }), await road.person({ name: "other" })];
	await road.dip();
	const mine = await road.question(one);
	const theirs = await road.question(other);
	const me = road.stack.person(one);
	const seen = (await me.questions()).body.items.map(({ id }) => id);
	assert.deepEqual(seen, [mine.id]);
	assert.equal((await me.answer(theirs.id, 10)).status, 404);
	await road.answer(other, theirs.id, 10);
	await road.ends(theirs.id, "filled");
	assert.deepEqual((await me.orders()).body.items, []);
	assert.equal((await me.get(`/v1/me/trading/orders/${theirs.id}`)).status, 404);
	await road.finish(one);
	await road.finish(other);
});
