// What breaks: kill -9 of each daemon in the middle of the scenario, a reply that never comes, a restart of Postgres. All of it
// may delay the order; nothing may double it, and nothing may be lost. The simulator's log is the truth.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../lib/wait.mjs";
import { DIP, Road, TEXT } from "./road.mjs";

let road;

before(async () => {
	road = await new Road("crash", { stream: false }).start();
	// Times of the protocol, shortened as only the owner can.
	await road.sql.rows("update broker_account set http_timeout_ms = 2000, lease_seconds = 6, missing_after_seconds = 3, unresolved_after_seconds = 5, approval_ttl_seconds = 10 where account = 'paper'");
});

after(() => road?.stack.stop());

async function oneFilledOrder(uid, id) {
	await road.ends(id, "filled", 30_000);
	assert.deepEqual(await road.atBroker(id).then(({ posts, orders }) => [posts, orders]), [1, 1]);
	assert.equal(await road.count("questions", uid), 1);
	assert.equal(await road.count("trade_orders", uid), 1);
}

test("kill -9 of ingestd before the fall", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	await road.stack.killDaemon("ingestd");
	await road.dip();
	await road.stack.restartDaemon("ingestd");
	const { id, text } = await road.question(uid);
	assert.equal(text, TEXT);
	await road.answer(uid, id, 10);
	await oneFilledOrder(uid, id);
	await road.finish(uid);
});

test("kill -9 of evald before and after it asks", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	await road.stack.killDaemon("evald");
	await road.dip();
	await until("the dip stored", async () => (await road.lastTrade()) === DIP, 15_000);
	await road.stack.restartDaemon("evald");
	const { id } = await road.question(uid);
	await road.stack.killDaemon("evald");
	await road.stack.restartDaemon("evald");
	await new Promise((resolve) => setTimeout(resolve, 2_500));
	assert.equal(await road.count("questions", uid), 1);
	await road.answer(uid, id, 10);
	await oneFilledOrder(uid, id);
	await road.finish(uid);
});

test("kill -9 of apid between question and answer: delivered again, answered once", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	const hub = await road.stack.hub(uid);
	await road.dip();
	const question = await hub.waitQuestion();
	await road.stack.killDaemon("apid");
	hub.questions.length = 0;
	await road.stack.restartDaemon("apid");
	const again = await hub.waitQuestion(() => true, 20_000);
	assert.equal(again.id, question.id);
	await hub.answer(again.id, 10);
	await oneFilledOrder(uid, question.id);
	await hub.close();
	await road.finish(uid);
});

test("kill -9 of tradectl before the answer: the order waits in its table", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	await road.dip();
	const { id } = await road.question(uid);
	await road.stack.killDaemon("tradectl");
	await road.answer(uid, id, 10);
	assert.equal(await road.orderStatus(id), "approved");
	await road.stack.restartDaemon("tradectl");
	await oneFilledOrder(uid, id);
	await road.finish(uid);
});

test("kill -9 of tradectl while the broker thinks: found by id, not sent again", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	await road.dip();
	const { id } = await road.question(uid);
	await road.stack.sim.fault("POST /v2/orders", "delay_ms", { ms: 1500 });
	await road.answer(uid, id, 10);
	await until("the broker has the request", async () => (await road.atBroker(id)).posts === 1, 10_000);
	await road.stack.killDaemon("tradectl");
	assert.equal(await road.orderStatus(id), "submitting");
	await road.stack.restartDaemon("tradectl");
	await oneFilledOrder(uid, id);
	await road.finish(uid);
});

test("a reply dropped after the broker accepted: found by id", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	await road.dip();
	const { id } = await road.question(uid);
	await road.stack.sim.fault("POST /v2/orders", "accept_drop");
	await road.answer(uid, id, 10);
	await oneFilledOrder(uid, id);
	const path = (await road.sql.rows(`select to_status from trade_order_events where order_id = '${id}' order by id`)).flat();
	assert.ok(path.includes("unknown"), `it was never unknown: ${path}`);
	await road.finish(uid);
});

for (const mode of ["fast", "immediate"])
	test(`a ${mode} restart of Postgres between question and answer`, { timeout: 60_000 }, async () => {
		const uid = await road.person();
		await road.dip();
		const { id } = await road.question(uid);
		await road.stack.restartPostgres(mode);
		for (const daemon of ["ingestd", "evald", "apid", "tradectl"])
			await road.stack.waitReady(daemon, 10_000);
		await road.answer(uid, id, 10);
		await oneFilledOrder(uid, id);
		await road.finish(uid);
	});

test("a request that never reached the broker ends unresolved, and its person is told", { timeout: 90_000 }, async () => {
	const uid = await road.person();
	await road.dip();
	const { id } = await road.question(uid);
	await road.stack.sim.fault("POST /v2/orders", "drop_before");
	await road.answer(uid, id, 10);
	await road.ends(id, "unresolved", 60_000);
	assert.equal((await road.atBroker(id)).orders, 0);
	const notice = await until("a notice", () => road.sql.row(`select question_text from questions where firebase_uid = '${uid}' and kind = 'notice'`), 15_000);
	assert.match(notice[0], /not confirmed/i);
	await road.finish(uid);
});
