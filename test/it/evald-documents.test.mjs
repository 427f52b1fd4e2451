// evald for real: documents that cannot be read, and documents that change.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quote } from "../lib/psql.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { answer, asked, count, evaluated, log, missing, observe, person, questions, quiet, sql, stack, step, trade, useEvald, value } from "./evalddesk.mjs";

useEvald();

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
