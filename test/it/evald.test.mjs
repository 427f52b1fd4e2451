// evald for real: the plan's scenario row by row, what is not asked, and its life.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { quote } from "../lib/psql.mjs";
import { until } from "../lib/wait.mjs";
import { answer, asked, clock, count, evaluated, log, missing, person, questions, quiet, sql, stack, step, stepTo, TEXT, trade, useEvald, value } from "./evalddesk.mjs";

useEvald();

describe("the plan's scenario", () => {
	it("asks once, and the next tick does not fire", async () => {
		await person("anna");
		await trade(492);
		await asked("anna");
		const [row] = await questions("anna", `question_text, kind, status, min_value, max_value, source_tag, pipeline_key,
			pipeline_step, config_version, template_version, broker_account, expires_at - created_at`);
		assert.deepEqual(row, [TEXT, "proposal", "queued", "-10", "10", "trading:rule:dip_confirm", "trading",
			"dip_confirm:await_confirm", "1", "1", "paper", "00:15:00"]);
		const [facts] = await sql(`select metadata->'facts'->>'side', metadata->'facts'->>'notional_usd',
			metadata->'facts'->>'price', metadata->'facts'->>'mode', length(metadata->>'facts_digest'),
			jsonb_array_length(metadata->'evidence') from questions where firebase_uid = 'anna'`);
		assert.deepEqual(facts, ["buy", "10", "492", "paper", "64", "2"]);
		const [proposal] = await sql(`select side, notional_usd, price_asked, order_type, time_in_force, mode,
			max_staleness_seconds from trade_proposals where firebase_uid = 'anna'`);
		assert.deepEqual(proposal, ["buy", "10", "492", "market", "day", "paper", "180"]);

		await trade(491);
		await evaluated();
		assert.equal(await count("anna"), 1);
		await quiet("anna", "AWAITING");
	});

	it("a yes is an order, its bad end is told, and after the cooldown the rule asks again", async () => {
		await person("berta", { rules: [{ id: "dip_confirm", cooldown_seconds: 400 }] });
		await trade(491.5);
		await asked("berta");
		const id = await answer("berta", 10);
		assert.equal(await value(`select status from trade_orders where id = ${quote(id)}`), "approved");
		await trade(491);
		await evaluated();
		assert.equal(await count("berta"), 1, "its order is not final");

		await step(301);
		await sql("select * from order_expire('paper')");
		await asked("berta", 2);
		const [, notice] = await questions("berta", "kind, question_text, min_value, max_value, metadata->>'state'");
		assert.deepEqual([notice[0], notice[2], notice[3], notice[4]], ["notice", "0", "10", "expired"]);
		assert.match(notice[1], /^Your yes to the SPY order ran out before it could be sent/);
		await trade(490);
		await evaluated();
		assert.equal(await count("berta"), 2, "told once, and cooling down");
		await quiet("berta", "COOLDOWN");

		await step(100);
		await trade(489);
		await asked("berta", 3);
		assert.deepEqual((await questions("berta")).map(([kind]) => kind), ["proposal", "notice", "proposal"]);
	});

	it("minus ten gives no order, a logged skip, and quiet until the next session", async () => {
		await person("carl", { rules: [{ id: "dip_confirm", cooldown_seconds: 0 }] });
		await trade(492);
		await asked("carl");
		const id = await answer("carl", -10);
		await log(new RegExp(`event=question\\.skipped .*question_id=${id}`), 30_000);
		assert.equal(await value(`select count(*) from trade_orders where id = ${quote(id)}`), "0");
		await step(60);
		await trade(490);
		await evaluated();
		assert.equal(await count("carl"), 1);
		await quiet("carl", "COOLDOWN");
	});

	it("zero gives one follow-up, and a second zero none", async () => {
		// The price first: a person is judged at once, by whatever stands there.
		await trade(492);
		await person("dora");
		await asked("dora");
		await answer("dora", 0);
		await asked("dora", 2);
		const columns = "question_text, kind, attempt, chain_id, expires_at, metadata->>'facts_digest'";
		const [first, second] = await questions("dora", columns);
		assert.equal(second[0], `Please decide: ${TEXT}`);
		assert.deepEqual([second[1], second[2]], ["follow_up", "2"]);
		assert.deepEqual(second.slice(3), first.slice(3));
		await answer("dora", 0);
		await trade(491);
		await evaluated();
		assert.equal(await count("dora"), 2);
		assert.equal(await value("select reason from questions where firebase_uid = 'dora' and attempt = 2"), "AMBIGUOUS");
	});

	it("a follow-up may approve", async () => {
		await person("emil");
		await trade(492);
		await asked("emil");
		await answer("emil", 3);
		await asked("emil", 2);
		const id = await answer("emil", 10);
		assert.equal(await value(`select notional_usd from trade_orders where id = ${quote(id)}`), "10");
	});

	it("an unanswered question expires, and the rule may fire after the cooldown", async () => {
		await person("frieda");
		await trade(492);
		await asked("frieda");
		await step(901);
		await trade(491);
		await evaluated();
		assert.deepEqual(await questions("frieda", "status, reason"), [["expired", "EXPIRED"]]);
		await log(/event=question\.expired .*uid=frieda/, 30_000);
		await quiet("frieda", "COOLDOWN");
		await step(3600 - 901);
		await trade(490);
		await asked("frieda", 2);
	});
});

describe("skips in a row", () => {
	it("pause the rule until its owner resumes it", async () => {
		const often = { id: "dip_confirm", cooldown_seconds: 0, after_skip: "cooldown", pause_after_skips: 2 };
		await trade(492);
		await person("paul", { rules: [often] });
		for (const many of [1, 2]) {
			await asked("paul", many);
			await answer("paul", -10);
			await trade(492 - many);
		}
		await quiet("paul", "PAUSED_BY_SKIPS");
		await evaluated();
		assert.equal(await count("paul"), 2);
		await sql("select set_config('hybridhub.uid', 'paul', false)");
		assert.equal(await value("select rule_resume('dip_confirm')"), "ok");
		await sql("select set_config('hybridhub.uid', '', false)");
		await trade(489);
		await asked("paul", 3);
	});
});

describe("what is not asked", () => {
	it("from a stale row, also after a restart", async () => {
		await trade(480);
		await step(181);
		await person("gustav");
		await quiet("gustav", "STALE");
		await evaluated();
		await stack.stopDaemon("evald");
		await stack.restartDaemon("evald");
		await evaluated();
		assert.equal(await count("gustav"), 0);
	});

	it("above MAX_QUEUED_QUESTIONS, all pipelines counted", async () => {
		await sql("insert into users (firebase_uid) values ('heidi') on conflict do nothing");
		await sql(`insert into questions (id, firebase_uid, question_text, question_type, min_value, max_value,
			correct_answer, source_tag, pipeline_key, pipeline_step)
			select gen_random_uuid(), 'heidi', 'Other?', 'numeric', 0, 1, 1, 'x', 'other', 'a' from generate_series(1, 5)`);
		await person("heidi");
		await trade(490);
		await evaluated();
		await quiet("heidi", "QUESTION_BUDGET");
		assert.equal(await count("heidi"), 5);
		await sql(`update questions set status = 'answered', answer = 1, answered_at = clock_now()
			where id = (select id from questions where firebase_uid = 'heidi' limit 1)`);
		await trade(489.5);
		await asked("heidi", 6);
	});

	it("when the condition is false, or the halt says so", async () => {
		await sql("insert into users (firebase_uid) values ('ida') on conflict do nothing");
		await sql("update trading_halts set level = 'halted' where scope = 'user' and key = 'ida'");
		await person("ida");
		await person("jan", { rules: [{ id: "dip_confirm", threshold_pct: -3 }] });
		await trade(490);
		await evaluated();
		await quiet("ida", "HALTED");
		assert.equal((await count("ida")) + (await count("jan")), 0);
	});

	it("a rule that only tells asks a question without an order", async () => {
		const tell = { id: "tell", type: "price_below_pct_of_ref", symbol: "SPY", ref_metric: "prev_close", threshold_pct: -1,
			question_template: "{{symbol}} stands at {{price}}.", on_answer_match: { action: "notify_only" } };
		await person("kurt", { rules: [{ id: "dip_confirm", enabled: false }, tell] });
		await trade(490);
		await asked("kurt");
		assert.deepEqual(await questions("kurt", "question_text, max_value"), [["SPY stands at 490.00.", "10"]]);
		assert.equal(await value("select count(*) from trade_proposals where firebase_uid = 'kurt'"), "0");
	});
});

describe("its life", () => {
	it("a restart of Postgres and a kill -9 delay it and double nothing", async () => {
		await stack.sql.close();
		await stack.cluster.script("kill");
		await missing(/^database: /);
		await stack.cluster.restart();
		stack.sql = stack.cluster.session();
		clock.session = stack.sql;
		await person("otto");
		await trade(491);
		await asked("otto");
		await stack.killDaemon("evald");
		await stack.restartDaemon("evald");
		await trade(490);
		await evaluated();
		assert.equal(await count("otto"), 1);
	});

	it("of two one leads, and the other takes over", async () => {
		await stack.startDaemon("evald", { instance: "evald2" });
		await stack.waitReady("evald2");
		await stack.program("evald2").waitLine(/event=leader\.stands_by/);
		await person("paula");
		await trade(491);
		await asked("paula");
		await stack.killDaemon("evald");
		await stack.program("evald2").waitLine(/event=leader\.gained/, 30_000);
		await person("quirin");
		await trade(490);
		await asked("quirin");
		assert.equal(await count("paula"), 1);
	});

	it("one that hangs loses the lead, and writes nothing when it wakes", async () => {
		await stack.restartDaemon("evald");
		assert.equal((await stack.readiness("evald")).body, "ready, stands by: another instance leads\n");
		assert.equal((await stack.readiness("evald2")).body, "ready\n");
		stack.program("evald2").pause();
		try {
			await stack.program("evald").nextLine(/event=leader\.gained/, 30_000);
			await person("quentin");
			await trade(489);
			await asked("quentin");
		} finally {
			stack.program("evald2").resume();
		}
		await stack.program("evald2").waitLine(/event=leader\.lost/, 15_000);
		await stack.program("evald2").waitLine(/event=db\.down .*idle-session timeout/, 15_000);
		await evaluated();
		assert.equal(await count("quentin"), 1);
		await stack.killDaemon("evald");
		await stack.stopDaemon("evald2");
		assert.deepEqual(stack.program("evald2").exit, { code: 0, signal: null });
	});

	it("switched off it asks nothing, but questions expire and bad ends are told", async () => {
		const id = (await questions("quentin", "id"))[0][0];
		await person("quentin");
		await stack.startDaemon("evald", { instance: "idle", env: { TRADING_ENABLED: "false" } });
		await stack.waitReady("idle");
		assert.equal((await stack.readiness("idle")).body, "ready, idle: TRADING_ENABLED is false\n");
		assert.match(await stack.metrics("idle"), /hybridhub_switched_on 0/);
		await person("rosa");
		await trade(480);
		await step(901);
		await until("expired", async () => (await value(`select status from questions where id = ${quote(id)}`)) === "expired", 30_000);
		assert.equal(await count("rosa"), 0);
		await stack.stopDaemon("idle");
	});

	it("outside the session nothing that could not be sent is asked", async () => {
		await stack.restartDaemon("evald");
		await stepTo("2026-11-25T21:30:00Z");
		await person("sven");
		await trade(480);
		await evaluated();
		await quiet("sven", "MARKET_CLOSED");
		assert.equal(await count("sven"), 0);
	});
});
