// evald for real: a yes whose price has drifted is asked again.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { quote } from "../lib/psql.mjs";
import { until } from "../lib/wait.mjs";
import { answer, asked, count, evaluated, log, person, questions, quiet, sql, step, trade, useEvald, value } from "./evalddesk.mjs";

useEvald();

// tradectl's claim, which finds what the price has become.
async function claim(id, wanted) {
	await until(`the claim of ${id}`, async () => {
		await sql("select * from order_claim('paper', 'test')");
		return (await value(`select concat_ws(' ', status, reason) from trade_orders where id = ${quote(id)}`)) === wanted;
	});
}

const told = (uid) => value(`select question_text from questions where firebase_uid = ${quote(uid)} and kind = 'notice'`);

describe("a drifted yes", () => {
	before(() => sql("select broker_reconciled('paper')"));

	it("is asked again at the new price, twice, then told; the cooldown is that of the fire", async () => {
		await trade(492);
		await person("drina");
		await asked("drina");
		const [[fired]] = await sql("select last_fired_at from rule_instances where firebase_uid = 'drina'");
		for (const [price, pct, many] of [[495, "1.0", 2], [498, "0.4", 3]]) {
			const id = await answer("drina", 10);
			await trade(price);
			await claim(id, "blocked DRIFT");
			await asked("drina", many);
			const [kind, text, attempt, status, facts, ttl, before] = (await questions("drina", `kind, question_text, attempt, status,
				metadata->'facts'->>'price', expires_at - created_at, metadata->'reask'->>'question_id'`)).at(-1);
			assert.deepEqual([kind, Number(attempt), status, Number(facts), ttl, before],
				["reask", many, "queued", price, "00:15:00", id]);
			assert.equal(text, `SPY is down ${pct}% vs yesterday. Swipe +10 to approve a small buy, -10 to skip.`);
			assert.equal(await value("select phase from rule_instances where firebase_uid = 'drina'"), "await_confirm");
		}
		assert.deepEqual(await sql("select last_fired_at from rule_instances where firebase_uid = 'drina'"), [[fired]]);
		const id = await answer("drina", 10);
		await trade(492);
		await claim(id, "blocked DRIFT");
		await asked("drina", 4);
		assert.match(await told("drina"), /^Your SPY order was not sent: the price moved too far/);
		await evaluated();
		assert.equal(await count("drina"), 4);
	});

	it("and a yes that held to the second question is an order at its price", async () => {
		await person("dirk");
		await trade(492);
		await asked("dirk");
		await trade(495).then(async () => claim(await answer("dirk", 10), "blocked DRIFT"));
		await asked("dirk", 2);
		const id = await answer("dirk", 10);
		await claim(id, "reserved");
		assert.equal(await value(`select price_asked from trade_orders where id = ${quote(id)}`), "495");
		await sql(`select order_block(${quote(id)}, (select fence from trade_orders where id = ${quote(id)}), 'BAD_ORDER', '{}')`);
	});

	it("waits for a fresh price where there is none, and asks as soon as one comes", async () => {
		await trade(492);
		await person("dunja");
		await asked("dunja");
		const id = await answer("dunja", 10);
		await step(181);
		await claim(id, "blocked DRIFT");
		await quiet("dunja", "STALE");
		assert.equal(await count("dunja"), 1);
		await trade(492);
		await asked("dunja", 2);
		assert.deepEqual((await questions("dunja")).map(([kind]) => kind), ["proposal", "reask"]);
	});

	it("that may not be asked again is told", async () => {
		await trade(492);
		await person("dora2", { rules: [{ id: "dip_confirm", on_drift: "cancel" }] });
		await asked("dora2");
		const id = await answer("dora2", 10);
		await trade(495);
		await claim(id, "blocked DRIFT");
		await asked("dora2", 2);
		assert.match(await told("dora2"), /the price moved too far/);
	});

	it("of a rule that is gone is told, and not asked again when the rule is back", async () => {
		await trade(492);
		await person("dieter");
		await asked("dieter");
		const id = await answer("dieter", 10);
		await step(181);
		await claim(id, "blocked DRIFT");
		await quiet("dieter", "STALE");
		await person("dieter", { rules: [{ id: "dip_confirm", enabled: false }] });
		await log(new RegExp(`event=question\\.owed_no_more .*question_id=${id}`), 10_000);
		await asked("dieter", 2);
		await person("dieter");
		await trade(492);
		await evaluated();
		assert.deepEqual((await questions("dieter")).map(([kind]) => kind), ["proposal", "notice"]);
	});
});
