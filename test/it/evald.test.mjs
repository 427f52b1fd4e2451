// evald for real: rows in, questions out, row by row; the database's clock is in the test's hand, so nothing here waits
// for a cooldown or an expiry.
//   node --test test/it/evald.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { DbClock } from "../lib/dbclock.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";

const TEXT = "SPY is down 1.6% vs yesterday. Swipe +10 to approve a small buy, -10 to skip.";
const NEW_YORK_10_00 = "2026-11-25T15:00:00Z";
let stack;
let clock;
let now;

const sql = (text) => stack.sql.rows(text);
const value = (text) => stack.sql.value(text);

function later(seconds) {
	return new Date(now.getTime() + seconds * 1000).toISOString();
}

async function step(seconds) {
	now = new Date(now.getTime() + seconds * 1000);
	await clock.set(now.toISOString());
}

// A row of market data as ingestd stores it, as old as said.
async function observe(symbol, metric, price, { age = 0, date, feed = "iex", asset_class = "us_equity" } = {}) {
	const rows = [{ symbol, asset_class, feed, metric, price: String(price), as_of: later(-age),
		session_date: date ?? now.toISOString().slice(0, 10), session: "regular" }];
	await sql(`select market_data_store(${quote(randomUUID())}, ${quote(JSON.stringify(rows))})`);
}

// Everything that was written before this call has been evaluated: a row of its own rings, and last_eval_at follows.
async function evaluated() {
	await step(1);
	await observe("QQQ", "last_trade", 100 + (now.getTime() % 1000) / 100);
	await until("an evaluation", async () =>
		(await value(`select last_eval_at >= ${quote(now.toISOString())} from eval_progress`)) === "t");
}

async function person(uid, config = {}, { template = "default_paper_watchlist", enabled = true } = {}) {
	await sql(`insert into users (firebase_uid) values (${quote(uid)}) on conflict do nothing`);
	await sql(`insert into user_trading_config (firebase_uid, template_name, config, enabled)
		values (${quote(uid)}, ${quote(template)}, ${quote(JSON.stringify(config))}, ${enabled})
		on conflict (firebase_uid) do update set config = excluded.config, enabled = excluded.enabled`);
}

async function questions(uid, columns = "kind, status") {
	return sql(`select ${columns} from questions where firebase_uid = ${quote(uid)} order by created_at, attempt, id`);
}

const count = async (uid) => Number(await value(`select count(*) from questions where firebase_uid = ${quote(uid)}`));

// A swipe, as apid takes it for its caller.
async function answer(uid, number) {
	const id = await value(`select id from questions where firebase_uid = ${quote(uid)} and status in ('queued', 'delivered')
		order by created_at desc limit 1`);
	await sql(`select set_config('hybridhub.uid', ${quote(uid)}, false)`);
	const outcome = await value(`select question_answer(${quote(id)}, ${number}, null)`);
	await sql("select set_config('hybridhub.uid', '', false)");
	assert.equal(outcome, "ok");
	return id;
}

async function calendar() {
	const days = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-27", "2026-11-30", "2026-12-01"].map((date) => ({
		date, pre_open: `${date}T09:00:00Z`, open: `${date}T14:30:00Z`,
		close: `${date}T${date === "2026-11-27" ? "18" : "21"}:00:00Z`, post_close: `${date}T23:00:00Z` }));
	await sql(`select market_calendar_store(${quote(JSON.stringify(days))})`);
}

// Not ready, for a reason that is named.
const missing = (pattern) => until(`evald to miss ${pattern}`, async () => {
	const { status, body } = await stack.readiness("evald");
	return status === 503 && pattern.test(String(body));
}, 30_000);

const log = (pattern, ms) => stack.program("evald").waitLine(pattern, ms);

before(async () => {
	// Sweeps are far apart in real time: what happens here happens because of a ring.
	stack = new Stack({ name: "evald", daemons: [], tickSeconds: 60, binDir: process.env.BIN_DIR });
	await stack.start();
	clock = await new DbClock(stack.sql).install();
	now = new Date(NEW_YORK_10_00);
	await clock.set(NEW_YORK_10_00);
	await calendar();
	await observe("SPY", "prev_close", 500, { date: "2026-11-24", age: 3600 });
	await stack.startDaemon("evald");
	await stack.waitReady("evald");
});

after(() => stack?.stop());

// Time only goes forward; each test has its own people.
beforeEach(() => sql("update user_trading_config set enabled = false where enabled"));

async function trade(price) {
	await step(2);
	await observe("SPY", "last_trade", price);
}

const asked = (uid, many = 1) =>
	until(`${many} question(s) to ${uid}`, async () => (await count(uid)) === many, 10_000);

const quiet = (uid, reason) => log(new RegExp(`event=question\\.not_asked .*uid=${uid} .*reason=${reason}`), 10_000);

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

describe("what cannot be read", () => {
	const ITSELF = "event=row\\.unreadable .*";
	const said = (pattern) => stack.program("evald").lines.filter((line) => pattern.test(line)).length;
	const aRule = (symbol) => ({ data_inputs: [{ id: "primary_watchlist", symbols: [symbol] }],
		rules: [{ id: "dip_confirm", symbol }] });

	it("no data at all is METRIC_MISSING: said once, counted each time", async () => {
		await person("tina", aRule("NONE"));
		await quiet("tina", "METRIC_MISSING");
		await evaluated();
		assert.equal(said(/level=info .*event=question\.not_asked .*uid=tina/), 1);
		assert.match(await stack.metrics("evald"), /hybridhub_questions_not_asked_total\{reason="METRIC_MISSING"\} \d/);
	});

	it("one row that does not fit stops its own rule, said once; ten decimals are rounded", async () => {
		await observe("FAT", "prev_close", "100", { date: "2026-11-24", age: 3600 });
		await observe("FAT", "last_trade", "99999999999");
		await observe("FINE", "prev_close", "500", { date: "2026-11-24", age: 3600 });
		await observe("FINE", "last_trade", "492.00000000049");
		await person("ulla", aRule("FAT"));
		await person("vera", aRule("FINE"));
		await asked("vera");
		assert.equal(await value("select price_asked from trade_proposals where firebase_uid = 'vera'"), "492");
		await quiet("ulla", "METRIC_MISSING");
		await evaluated();
		assert.equal(said(new RegExp(`${ITSELF}why=.FAT last_trade: column price: no decimal that fits`)), 1);
		await sql("delete from market_data_latest where symbol = 'FAT'");
	});

	it("a document's row stops nobody, and supersedes nothing of its own person", async () => {
		await person("wanda");
		await trade(488);
		await asked("wanda");
		const id = (await questions("wanda", "id"))[0][0];
		await sql("alter function book_configs(text[]) rename to book_configs_whole");
		await sql(`create function book_configs(p_uids text[]) returns table (firebase_uid text, enabled boolean, template_name text,
			template_config text, template_version integer, config text, config_version integer) language sql stable as $$
			select firebase_uid, enabled, template_name, template_config, template_version,
				case when firebase_uid <> 'wanda' then config end, config_version from book_configs_whole(p_uids) $$`);
		await sql("grant execute on function book_configs to hybridhub_evald; grant execute on function book_configs_whole to hybridhub_evald");
		try {
			await stack.stopDaemon("evald");
			await stack.restartDaemon("evald");
			await log(/event=config\.not_read .*column config is NULL/, 30_000);
			await person("xenia");
			await trade(487);
			await asked("xenia");
			await evaluated();
			assert.equal(await value(`select status from questions where id = ${quote(id)}`), "queued");
		} finally {
			await sql("drop function book_configs(text[])");
			await sql("alter function book_configs_whole(text[]) rename to book_configs");
		}
		await sql("update user_trading_config set enabled = false where firebase_uid = 'wanda'");
		await until("superseded", async () =>
			(await value(`select status from questions where id = ${quote(id)}`)) === "superseded", 30_000);
	});
});

describe("what a changed document does", () => {
	it("none that can be read: not ready, and what was known goes on", async () => {
		await person("yara");
		await evaluated();
		await sql("revoke execute on function book_configs from hybridhub_evald");
		await sql("select pg_notify('config_changed', '*')");
		await missing(/^the users' documents cannot be read: permission denied/);
		await trade(485);
		await asked("yara");
		await sql("grant execute on function book_configs to hybridhub_evald");
		await stack.waitReady("evald");
	});

	it("an edit while a round is under way: the old rule asks nothing any more", async () => {
		await step(200);
		await person("yvonne");
		await quiet("yvonne", "STALE");
		const other = stack.cluster.session();
		try {
			await other.rows("begin");
			await other.rows("select from users where firebase_uid = 'yvonne' for update");
			await trade(486);
			await until("the commit waits", async () => (await value(`select count(*) from pg_stat_activity
				where usename = 'hybridhub_evald' and wait_event_type = 'Lock'`)) === "1", 30_000);
			await person("yvonne", { rules: [{ id: "dip_confirm", threshold_pct: -9 }] });
			await other.rows("commit");
		} finally {
			await other.close();
		}
		await log(/event=question\.not_committed .*outcome=changed/, 30_000);
		await evaluated();
		assert.equal(await count("yvonne"), 0);
	});

	it("a rule that is gone gets no follow-up", async () => {
		await person("zoe");
		await trade(486);
		await asked("zoe");
		await stack.stopDaemon("evald");
		await answer("zoe", 0);
		await person("zoe", { rules: [{ id: "dip_confirm", enabled: false }] });
		await stack.restartDaemon("evald");
		await evaluated();
		assert.equal(await count("zoe"), 1);
	});

	it("a rule switched off supersedes its question, and nothing is owed", async () => {
		await person("lena");
		await trade(491);
		await asked("lena");
		await person("lena", { rules: [{ id: "dip_confirm", enabled: false }] });
		await until("superseded", async () => (await questions("lena", "status"))[0][0] === "superseded", 15_000);
		await person("lena", {});
		await trade(490);
		await evaluated();
		assert.equal(await count("lena"), 1, "the cooldown survives the edit");
		await quiet("lena", "COOLDOWN");
	});

	it("a user switched off, too", async () => {
		await person("max");
		await trade(491);
		await asked("max");
		await person("max", {}, { enabled: false });
		await until("superseded", async () => (await questions("max", "status"))[0][0] === "superseded", 15_000);
	});

	it("one that does not validate switches its user off and says so once", async () => {
		await person("nora", { rules: [{ id: "dip_confirm", threshold_pct: "low" }] });
		await log(/event=config\.unusable .*uid=nora .*code=BAD_TYPE/, 30_000);
		await asked("nora");
		const [[kind, text, tag]] = await questions("nora", "kind, question_text, source_tag");
		assert.deepEqual([kind, tag], ["notice", "trading:config"]);
		assert.match(text, /BAD_TYPE at \/rules\/0\/threshold_pct/);
		await stack.stopDaemon("evald");
		await stack.restartDaemon("evald");
		await trade(480);
		await evaluated();
		await sleep(200);
		assert.equal(await count("nora"), 1);
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
		now = new Date("2026-11-25T21:30:00Z");
		await clock.set(now.toISOString());
		await person("sven");
		await trade(480);
		await evaluated();
		await quiet("sven", "MARKET_CLOSED");
		assert.equal(await count("sven"), 0);
	});
});
