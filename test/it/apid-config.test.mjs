// apid for real: a person's document, and their own switch.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { SEED, stack, useApid, wantProblem } from "./apiddesk.mjs";

useApid();

describe("configuration", () => {
	it("is there before the first PUT, is stored, and is guarded by If-Match", async () => {
		const carol = stack.person("carol");
		const first = await carol.get("/v1/me/trading/config");
		assert.equal(first.status, 200);
		assert.equal(first.body.version, 0);
		assert.equal(first.body.enabled, false);
		assert.deepEqual(first.body.override, {});
		assert.equal(first.body.effective.guardrails.max_orders_per_day, 3);
		const tag = first.headers.get("etag");

		const stored = await carol.put("/v1/me/trading/config", SEED, { headers: { "If-Match": tag } });
		assert.equal(stored.status, 200, JSON.stringify(stored.body));
		assert.equal(stored.body.version, 1);
		assert.equal(stored.body.enabled, true);
		assert.deepEqual(stored.body.override, SEED);
		assert.deepEqual(stored.body.warnings, []);
		assert.deepEqual((await carol.get("/v1/me/trading/config")).body, stored.body);

		const conflict = wantProblem(await carol.put("/v1/me/trading/config", SEED, { headers: { "If-Match": tag } }), 412);
		assert.equal(conflict.errors[0].code, "VERSION_CONFLICT");
		assert.match(conflict.detail, /at version 1 now, and If-Match names no such version.* If-Match: "1"/);
		for (const wrong of ["0", "abc", 'W/"1"'])
			wantProblem(await carol.put("/v1/me/trading/config", SEED, { headers: { "If-Match": wrong } }), 412);
		assert.equal((await carol.get("/v1/me/trading/config")).body.version, 1);
		const { enabled, ...silent } = SEED;
		assert.equal(enabled, true);
		const kept = await carol.put("/v1/me/trading/config", silent, { headers: { "If-Match": "1" } }); // without its quotes
		assert.equal(kept.body.version, 2);
		assert.equal(kept.body.enabled, true);
		assert.equal((await carol.putConfig({ ...SEED, enabled: false })).body.enabled, false);
		assert.equal((await carol.putConfig(silent)).body.enabled, false);
	});

	it("is refused with every error at once", async () => {
		const rule = { ...SEED.rules[0], treshold_pct: 1, symbol: "QQQ" };
		const body = wantProblem(await stack.person("dave").putConfig({ ...SEED, mode: "LIVE", rules: [rule] }), 422);
		const codes = body.errors.map(({ code, path }) => `${code} ${path}`);
		assert.match(body.detail, /it has \d+ faults; see errors/);
		assert.ok(codes.includes("BAD_VALUE /mode"), codes);
		assert.ok(codes.includes("UNKNOWN_FIELD /rules/0/treshold_pct"), codes);
		assert.ok(Array.isArray(body.warnings));
		assert.equal((await stack.person("dave").get("/v1/me/trading/config")).body.version, 0);
	});

	it("may not order more than its guardrails, nor lack them by null", async () => {
		const order = { ...SEED.rules[0].on_answer_match, notional_usd: 500 };
		const dear = { ...SEED, rules: [{ ...SEED.rules[0], on_answer_match: order }] };
		const body = wantProblem(await stack.person("dave").putConfig(dear), 422);
		assert.ok(body.errors.some(({ code }) => code === "ORDER_EXCEEDS_GUARDRAIL"), JSON.stringify(body.errors));
		const none = wantProblem(await stack.person("dave").putConfig({ ...SEED, guardrails: null }), 422);
		assert.ok(none.errors.some(({ code, path }) => code === "BAD_VALUE" && path === "/guardrails"));
		const wrong = wantProblem(await stack.person("dave").putConfig({ ...SEED, guardrails: { max_orders_per_day: "many" } }), 422);
		assert.ok(wrong.errors.some(({ path }) => path === "/guardrails/max_orders_per_day"));
	});

	it("must be strict JSON of at most 64 KiB", async () => {
		const dave = stack.person("dave");
		const twice = wantProblem(await dave.putConfig('{"version": 1, "guardrails": {"a": 1, "a": 2}}'), 422);
		assert.deepEqual([twice.errors[0].code, twice.errors[0].path], ["DUPLICATE_KEY", "/guardrails/a"]);
		wantProblem(await dave.putConfig('{"version": 1,}'), 400);
		wantProblem(await dave.putConfig(`{"version": 1} trailing`), 400);
		wantProblem(await dave.putConfig("[".repeat(17) + "]".repeat(17)), 400);
		wantProblem(await dave.putConfig({ version: 1, x_note: "a".repeat(66_000) }), 413);
	});

	it("may be evil: no number blows up in the database, no list holds the loop up", async () => {
		const eve = stack.person("eve");
		const withNote = (note) => JSON.stringify({ ...SEED, x_note: "NOTE" }).replace('"NOTE"', note);
		for (const note of ["1e400000", "1e-400000", "1e9999999999999999999", "1e131000", `[${Array(6000).fill("1e131000")}]`]) {
			const { errors } = wantProblem(await eve.putConfig(withNote(note)), 422);
			assert.equal(errors[0].code, "OUT_OF_RANGE");
			assert.match(errors[0].path, /^\/x_note/);
		}
		for (const note of ['"\\u0000"', '"\\ud800"', "0." + "1".repeat(40_000), "NaN"])
			wantProblem(await eve.putConfig(withNote(note)), 400);
		const rules = wantProblem(await eve.putConfig({ ...SEED, rules: Array.from({ length: 20_000 }, () => ({})) }), 422);
		assert.ok(rules.errors.length < 10 && rules.errors.some(({ code, path }) => code === "OUT_OF_RANGE" && path === "/rules"));
		wantProblem(await eve.putConfig("[".repeat(65_536)), 400);
		wantProblem(await eve.putConfig('{"version":'.repeat(5_000)), 400);
		assert.equal((await eve.putConfig(withNote("1e50"))).status, 200);
		const { body } = await eve.get("/v1/me/trading/config");
		assert.equal(body.version, 1);
		assert.equal(body.override.x_note, 1e50);
	});

	it("can turn while requests for it race", async () => {
		const erin = stack.person("erin");
		const tag = (await erin.get("/v1/me/trading/config")).headers.get("etag");
		const race = await Promise.all([1, 2, 3, 4].map(() => erin.put("/v1/me/trading/config", SEED, { headers: { "If-Match": tag } })));
		assert.deepEqual(race.map(({ status }) => status).sort(), [200, 412, 412, 412]);
	});
});

describe("a person's own switch", () => {
	const post = (path, body, uid = "zoe") => stack.person(uid).post(`/v1/me/trading/${path}`, body);
	const hold = (level, scope = "global", key = "") => stack.sql.rows(`select halt_set('${scope}', '${key}', '${level}', 'maintenance', 'op', false)`);
	const levels = ({ body }) => [body.halt_level, body.own_level];

	it("stops, goes on, and says what is in force", async () => {
		assert.equal((await stack.person("zoe").putConfig(SEED)).status, 200);
		const stopped = await post("halt", { reason: "lunch" });
		assert.equal(stopped.status, 200, JSON.stringify(stopped.body));
		assert.deepEqual(levels(stopped), ["halted", "halted"]);
		assert.equal(await stack.sql.value("select concat_ws(' ', scope, level, reason, set_by) from trading_halts where key = 'zoe' and level <> 'active'"),
			"self halted lunch person");
		const status = await stack.person("zoe").get("/v1/me/trading/status");
		assert.equal(status.status, 200);
		assert.deepEqual(levels(status), ["halted", "halted"]);
		assert.deepEqual([status.body.orders, status.body.orders_reason, status.body.positions], ["none", "HALTED", []]);
		assert.deepEqual(status.body.guardrails[0], { name: "max_orders_per_day", value: 0, limit: 3 });
		assert.deepEqual(levels(await stack.person("zack").get("/v1/me/trading/status")), ["active", "active"]);
		const again = await post("resume");
		assert.deepEqual(levels(again), ["active", "active"]);
		assert.equal(again.body.detail, "No switch holds your orders.");
		assert.equal((await stack.person("zoe").get("/v1/me/trading/status")).body.orders_reason, "NOT_SERVED");
	});

	it("never lifts what the operator holds, and says so", async () => {
		await hold("reducing", "user", "zoe");
		const under = await post("resume");
		assert.deepEqual(levels(under), ["reducing", "active"]);
		assert.match(under.body.detail, /your trading is held, and only orders that sell .* maintenance. Only the operator lifts that/);
		await hold("halted");
		await post("halt");
		const global = await post("resume");
		assert.deepEqual(levels(global), ["halted", "active"]);
		assert.match(global.body.detail, /held for everybody/);
		await hold("active");
		await hold("active", "user", "zoe");
		assert.deepEqual(levels(await post("resume")), ["active", "active"]);
	});

	it("takes a reason and nothing else", async () => {
		wantProblem(await post("halt", "{"), 400);
		wantProblem(await post("halt", "[]"), 422);
		assert.equal(wantProblem(await post("halt", { reason: 7 }), 422).errors[0].path, "/reason");
		assert.equal(wantProblem(await post("halt", { reason: "x".repeat(201) }), 422).errors[0].path, "/reason");
		assert.equal(wantProblem(await post("halt", { level: "reducing" }), 422).errors[0].path, "/level");
		wantProblem(await stack.person("zoe").get("/v1/me/trading/halt"), 405);
		assert.deepEqual(levels(await stack.person("zoe").get("/v1/me/trading/status")), ["active", "active"]);
		assert.deepEqual(levels(await post("halt", {})), ["halted", "halted"]);
		assert.deepEqual(levels(await post("resume", {})), ["active", "active"]);
	});
});
