// apid for real: HTTP statuses, limits at the door, the hub with the official client, over a private Postgres.
//   node --test test/it/apid.test.mjs
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { HubConnectionBuilder, HttpTransportType, LogLevel } from "@microsoft/signalr";
import WebSocket from "ws";
import { call } from "../lib/http.mjs";
import { Stack } from "../lib/stack.mjs";
import { BAD, TokenMint } from "../lib/token.mjs";
import { until } from "../lib/wait.mjs";

const SEED = JSON.parse(readFileSync(new URL("../data/seed.json", import.meta.url)));
const END = "\x1e";
let stack;

before(async () => {
	stack = await new Stack({ name: "apid", daemons: ["apid"], binDir: process.env.BIN_DIR ?? "build/bin", env: { APID_ALLOWED_ORIGINS: "https://app.example.com" } }).start();
});

after(() => stack?.stop());

// Another pipeline's question: the plan's columns and nothing else.
async function ask(uid, more = {}) {
	const row = { id: randomUUID(), firebase_uid: uid, question_text: "Yes?", question_type: "numeric", min_value: -10,
		max_value: 10, correct_answer: 10, source_tag: "test", pipeline_key: "test", pipeline_step: "a", ...more };
	const value = (v) => (v === null ? "null" : typeof v === "number" ? String(v) : `'${String(v).replaceAll("'", "''")}'`);
	await stack.sql.rows(`insert into users (firebase_uid) values ('${uid}') on conflict do nothing`);
	await stack.sql.rows(
		`insert into questions (${Object.keys(row)}) values (${Object.values(row).map(value).join(", ")})`);
	return row.id;
}

const column = (id, name) => stack.sql.value(`select ${name} from questions where id = '${id}'`);

function wantProblem(answer, status) {
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
	assert.equal(answer.body.status, status);
	assert.ok(answer.body.title && answer.body.detail);
	return answer.body;
}

// Bytes as they are, answered until the server closes or ms have passed.
function raw(text, { ms = 1000, drip = false } = {}) {
	const { port } = new URL(stack.api);
	return new Promise((resolve) => {
		const began = Date.now();
		const socket = net.connect(Number(port), "127.0.0.1", () => socket.write(text));
		const timer = drip && setInterval(() => socket.write("a"), 300);
		const end = (closed) => {
			clearInterval(timer);
			clearTimeout(limit);
			socket.destroy();
			resolve({ text: out, closed, took: Date.now() - began });
		};
		const limit = setTimeout(() => end(false), ms);
		let out = "";
		socket.on("data", (data) => (out += data));
		socket.on("close", () => end(true));
		socket.on("error", () => {});
	});
}

describe("tokens", () => {
	for (const kind of Object.keys(BAD)) {
		it(`${kind} gets 401`, async () => {
			const token = stack.mint.bad(kind, "alice");
			const answer = await call("GET", `${stack.api}/v1/me/questions`, { token });
			const body = wantProblem(answer, 401);
			assert.equal(answer.headers.get("www-authenticate"), "Bearer");
			assert.match(body.detail, /Sign in again/);
		});
	}

	it("none gets 401 and says what to send", async () => {
		const body = wantProblem(await call("GET", `${stack.api}/v1/me/questions`), 401);
		assert.match(body.detail, /Authorization: Bearer/);
	});

	it("one in the query is for the hub only", async () => {
		const url = `${stack.api}/v1/me/questions?access_token=${stack.token("alice")}`;
		wantProblem(await call("GET", url), 401);
	});

	it("makes the user's row on first sight", async () => {
		assert.equal((await stack.person("newcomer").questions()).status, 200);
		assert.equal(await stack.sql.value("select count(*) from users where firebase_uid = 'newcomer'"), "1");
	});

	it("of before tokens_valid_after gets 401 within 5 s", async () => {
		const person = stack.person("signed-out");
		assert.equal((await person.questions()).status, 200);
		await stack.sql.rows("update users set tokens_valid_after = clock_timestamp() where firebase_uid = 'signed-out'");
		await until("a refusal", async () => (await person.questions()).status === 401, 15_000);
	});
});

describe("answers", () => {
	it("are judged in the order that is promised", async () => {
		const alice = stack.person("alice");
		const id = await ask("alice", { metadata: JSON.stringify({ facts: {}, facts_digest: "abc" }) });
		const path = `/v1/me/questions/${id}/answer`;
		wantProblem(await alice.post(path, "{"), 400);
		wantProblem(await alice.post(path, ""), 400);
		for (const body of [{}, { answer: "10" }, { answer: null }, { answer: true }])
			assert.equal(wantProblem(await alice.post(path, body), 422).errors[0].path, "/answer");
		assert.equal(wantProblem(await alice.post(path, { answer: 10, shwon: "abc" }), 422).errors[0].path, "/shwon");
		wantProblem(await stack.person("bob").answer(id, 11), 404);
		wantProblem(await alice.answer(randomUUID(), 10), 404);
		wantProblem(await alice.answer("not-an-id", 10), 404);
		for (const answer of [11, -10.5, 1e9]) {
			const body = wantProblem(await alice.answer(id, answer), 422);
			assert.equal(body.errors[0].code, "OUT_OF_RANGE");
			assert.match(body.detail, /-10 to 10/);
		}
		wantProblem(await alice.answer(id, 10, "other"), 409);
		const first = await alice.answer(id, 10, "abc");
		assert.equal(first.status, 200);
		assert.equal(first.body.answer, 10);
		assert.equal(first.body.status, "answered");
		assert.equal((await alice.post(path, '{"answer": 10.0}')).status, 200);
		assert.equal((await alice.post(path, '{"answer": 1e1}')).status, 200);
		wantProblem(await alice.answer(id, -10), 409);
		assert.equal(await column(id, "answer"), "10");
		assert.equal(await column(id, "shown_digest"), "abc");
		assert.equal(await column(id, "answered_by"), "person");
	});

	it("hold no number that breaks what is told", async () => {
		const id = await ask("digits");
		const post = (number) => stack.person("digits").post(`/v1/me/questions/${id}/answer`, `{"answer": ${number}}`);
		for (const number of ["1e-99", "1e99", "1e-100", "1e999999999", `0.${"1".repeat(62)}`, "0." + "1".repeat(60_000)])
			assert.ok([400, 422].includes((await post(number)).status), number);
		wantProblem(await stack.person("digits").answer(id, 1, "a".repeat(60_000)), 422);
		for (const number of ["NaN", "Infinity", "0x10", ".5", "01", "1e"])
			wantProblem(await post(number), 400);
		assert.equal((await post("1e-24")).body.answer, 1e-24);
		// Another pipeline's columns are NUMERIC, whatever that holds.
		const wild = await ask("digits", { min_value: "-Infinity", max_value: `0.${"3".repeat(80)}` });
		const widest = await ask("digits", { min_value: "-".padEnd(90, "9"), max_value: "NaN" });
		const { body } = await stack.person("digits").questions("queued");
		assert.deepEqual(body.items.map(({ id: item, min_value, max_value }) => [item, min_value, max_value]),
			[[widest, null, null], [wild, null, 1 / 3]]);
	});

	it("come too late", async () => {
		const superseded = await ask("alice", { status: "superseded" });
		const expired = await ask("alice", { status: "expired", expires_at: "2020-01-01" });
		const forgotten = await ask("alice", { expires_at: "2020-01-01" });
		wantProblem(await stack.person("alice").answer(superseded, 10), 409);
		wantProblem(await stack.person("alice").answer(expired, 10), 410);
		wantProblem(await stack.person("alice").answer(forgotten, 10), 410);
	});

	it("only a POST decides", async () => {
		const id = await ask("alice");
		const answer = await stack.person("alice").get(`/v1/me/questions/${id}/answer?answer=10`);
		wantProblem(answer, 405);
		assert.equal(answer.headers.get("allow"), "POST");
		assert.equal(await column(id, "status"), "queued");
	});

	it("are counted once, however often the same comes", async () => {
		const taken = async () => Number(/hybridhub_answers_total (\d+)/.exec(await stack.metrics("apid"))?.[1] ?? 0);
		const id = await ask("counted");
		const before = await taken();
		const answers = await Promise.all(Array.from({ length: 20 }, () => stack.person("counted").answer(id, 10)));
		assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
		assert.equal(await taken(), before + 1);
		assert.equal(stack.program("apid").lines.filter((line) => /event=question\.answered /.test(line) && line.includes(id)).length, 1);
	});

	it("get 503 with Retry-After while the question is locked, and are taken afterwards", async () => {
		const id = await ask("waiting");
		const holder = stack.cluster.session();
		await holder.rows("begin");
		await holder.rows(`select 1 from questions where id = '${id}' for update`);
		const answer = await stack.person("waiting").answer(id, 10);
		await holder.rows("rollback");
		await holder.close();
		wantProblem(answer, 503);
		assert.ok(Number(answer.headers.get("retry-after")) > 0);
		assert.equal((await stack.person("waiting").answer(id, 10)).status, 200);
	});

	it("given twice at the same moment are one", async () => {
		const id = await ask("alice");
		const answers = await Promise.all([10, 10, -10, 10].map((value) => stack.person("alice").answer(id, value)));
		const kept = Number(await column(id, "answer"));
		answers.forEach(({ status }, i) => assert.equal(status, [10, 10, -10, 10][i] === kept ? 200 : 409));
	});
});

describe("lists", () => {
	it("page by page, newest first, each once, one's own only", async () => {
		const ids = [];
		for (let i = 0; i < 5; i++)
			ids.unshift(await ask("pager", { question_text: `number ${i}` }));
		await ask("other-pager");
		const pager = stack.person("pager");
		const seen = [];
		for (let cursor = ""; cursor !== null; ) {
			const { status, body } = await pager.get(`/v1/me/questions?limit=2&cursor=${cursor}`);
			assert.equal(status, 200);
			assert.ok(body.items.length <= 2);
			seen.push(...body.items.map(({ id }) => id));
			cursor = body.next_cursor;
		}
		assert.deepEqual(seen, ids);
		assert.deepEqual((await pager.questions("answered")).body, { items: [], next_cursor: null });
	});

	it("refuse what they do not know", async () => {
		const alice = stack.person("alice");
		for (const query of ["limit=0", "limit=201", "limit=x", "limit=1e1", "limit=+5", "cursor=abc", "cursor=%ff", "status=open", "status=%00", "x=%ff%fe"])
			wantProblem(await alice.get(`/v1/me/questions?${query}`), 400);
	});

	it("have a question's every field, times in RFC 3339, answers as numbers", async () => {
		const id = await ask("fields", { metadata: '{"n": 12345678901234567890.5}', max_value: 2.5 });
		const [question] = (await stack.person("fields").questions()).body.items;
		assert.equal(question.id, id);
		assert.equal(question.max_value, 2.5);
		assert.equal(question.answer, null);
		assert.match(question.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
		const text = await (await fetch(`${stack.api}/v1/me/questions`, {
			headers: { Authorization: `Bearer ${stack.token("fields")}` },
		})).text();
		assert.ok(text.includes('"n":12345678901234567890.5'), text);
	});

	it("of orders are empty and nobody else's order is found", async () => {
		const alice = stack.person("alice");
		assert.deepEqual((await alice.orders()).body, { items: [], next_cursor: null });
		wantProblem(await alice.get(`/v1/me/trading/orders/${randomUUID()}`), 404);
		wantProblem(await alice.get("/v1/me/trading/orders/x"), 404);
	});

	it("of snapshots need a symbol", async () => {
		wantProblem(await stack.person("alice").get("/v1/me/trading/snapshots"), 400);
		const answer = await stack.person("alice").get("/v1/me/trading/snapshots?symbol=SPY");
		assert.deepEqual(answer.body, { items: [], next_cursor: null });
	});
});

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

describe("the door", () => {
	const good = "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n";

	it("answers pipelined requests in order", async () => {
		const { text } = await raw(good + good.replace("livez", "nothing") + good);
		assert.deepEqual(text.match(/HTTP\/1.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200"]);
	});

	for (const [name, text] of [
		["no Host", "GET /livez HTTP/1.1\r\n\r\n"],
		["two Hosts", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
		["two Content-Lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"],
		["a signed Content-Length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}"],
		["another transfer coding", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}"],
		["both lengths", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"],
		["a header beyond 16 KiB", `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`],
	]) {
		it(`refuses ${name} and closes`, async () => {
			const answer = await raw(text);
			assert.match(answer.text, /^HTTP\/1.1 400 /);
			assert.equal(answer.closed, true);
		});
	}

	it("gives a header 5 s and a body 10 s, however they drip", async () => {
		const [silent, header, body] = await Promise.all([
			raw("", { ms: 8_000 }),
			raw("GET /livez HTTP/1.1\r\nX: ", { ms: 8_000, drip: true }),
			raw("PUT /v1/me/trading/config HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n", { ms: 14_000, drip: true }),
		]);
		for (const [answer, seconds] of [[silent, 5], [header, 5], [body, 10]]) {
			assert.equal(answer.closed, true);
			assert.ok(Math.abs(answer.took - seconds * 1000) < 1_500, `${answer.took} ms`);
		}
	});

	it("sends no body to HEAD", async () => {
		const { text } = await raw("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
		assert.match(text, /^HTTP\/1.1 200 /);
		assert.ok(text.endsWith("\r\n\r\n") && /Content-Length: [1-9]/.test(text));
	});

	it("ends the pause of one's own rule, and of no other", async () => {
		const rita = stack.person("rita");
		const path = "/v1/me/trading/rules/dip_confirm/resume";
		wantProblem(await rita.post(path), 404);
		assert.equal((await rita.putConfig(SEED)).status, 200);
		await stack.sql.rows(`insert into users (firebase_uid) values ('carol') on conflict do nothing;
			insert into rule_instances (firebase_uid, rule_id, symbol, skips_in_row)
			values ('rita', 'dip_confirm', 'SPY', 5), ('carol', 'dip_confirm', 'SPY', 5)`);
		const { status, body } = await rita.post(path);
		assert.deepEqual([status, body], [200, { rule_id: "dip_confirm", paused: false }]);
		assert.deepEqual(await stack.sql.rows("select firebase_uid, skips_in_row from rule_instances where rule_id = 'dip_confirm' and firebase_uid in ('rita', 'carol') order by 1"),
			[["carol", "5"], ["rita", "0"]]);
		for (const other of ["nothing", "Not An Id", "%ff", "a'b"])
			wantProblem(await rita.post(`/v1/me/trading/rules/${encodeURIComponent(other)}/resume`), 404);
		wantProblem(await rita.get(path), 405);
	});

	it("serves the page under a policy that allows nothing inline", async () => {
		const page = await call("GET", `${stack.api}/`);
		assert.equal(page.status, 200);
		assert.match(page.headers.get("content-type"), /^text\/html/);
		assert.match(page.headers.get("content-security-policy"), /^default-src 'none'; script-src 'self';/);
		for (const path of ["/page.css", "/page.js", "/signalr.js", "/livez", "/readyz"])
			assert.equal((await call("GET", stack.api + path)).status, 200, path);
	});

	it("says at /readyz where trading is switched off", async () => {
		const ready = async (instance) => (await call("GET", `http://127.0.0.1:${stack.running.get(instance).ports.http}/readyz`)).body;
		assert.equal(await ready("apid"), "ready\n");
		await stack.startDaemon("apid", { instance: "idle", env: { TRADING_ENABLED: "false" } });
		await stack.waitReady("idle");
		assert.equal(await ready("idle"), "ready, but no yes is sent: TRADING_ENABLED is false\n");
		const { ports } = stack.running.get("idle");
		const { body } = await call("GET", `http://127.0.0.1:${ports.http}/v1/me/trading/status`, { token: stack.token("idler") });
		assert.deepEqual([body.orders, body.orders_reason], ["none", "TRADING_ENABLED"]);
		await stack.stopDaemon("idle");
	});

	it("describes itself, and every described path is there", async () => {
		const { body } = await call("GET", `${stack.api}/openapi.json`);
		for (const [path, operations] of Object.entries(body.paths))
			for (const method of Object.keys(operations)) {
				const answer = await call(method.toUpperCase(), stack.api + path.replace("{id}", randomUUID()));
				assert.ok(![404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
				assert.ok(operations[method].responses[answer.status], `${method} ${path} describes ${answer.status}`);
			}
	});

	it("lets the listed origin in, and no other", async () => {
		const ask = (origin, method = "OPTIONS") => call(method, `${stack.api}/v1/me/questions`, { headers: { Origin: origin } });
		const good = await ask("https://app.example.com");
		assert.equal(good.status, 204);
		assert.equal(good.headers.get("access-control-allow-origin"), "https://app.example.com");
		assert.equal(good.headers.get("access-control-allow-credentials"), "true");
		assert.match(good.headers.get("access-control-allow-headers"), /x-signalr-user-agent/);
		assert.equal((await ask("https://evil.example")).headers.get("access-control-allow-origin"), null);
		assert.equal((await ask("https://app.example.com", "GET")).headers.get("access-control-allow-origin"), "https://app.example.com");
	});
});

describe("the hub", () => {
	it("brings a question, takes the ack and the answer, and tells the other device", async () => {
		const [phone, tablet, stranger] = await Promise.all([stack.hub("frank"), stack.hub("frank"), stack.hub("grace")]);
		const id = await ask("frank");
		const question = await phone.waitQuestion((q) => q.id === id, 2_000);
		assert.equal(question.question_text, "Yes?");
		await tablet.waitQuestion((q) => q.id === id, 2_000);
		assert.equal(await column(id, "status"), "queued");
		await phone.ack(id);
		assert.equal(await column(id, "status"), "delivered");
		assert.deepEqual((await phone.pending()).map((q) => q.id), [id]);
		const answered = await phone.answer(id, 10);
		assert.equal(answered.answer, 10);
		assert.deepEqual(await tablet.waitResolved(id, 2_000), { id, status: "answered" });
		assert.deepEqual(await phone.pending(), []);
		assert.equal(stranger.questions.length, 0);
		assert.equal(stranger.resolved.length, 0);
		assert.equal(phone.questions.length, 1);
		await Promise.all([phone, tablet, stranger].map((hub) => hub.close()));
	});

	it("brings an open question again on every connect, once a socket", async () => {
		const id = await ask("heidi");
		for (let i = 0; i < 2; i++) {
			const hub = await stack.hub("heidi");
			await hub.waitQuestion((q) => q.id === id, 2_000);
			await new Promise((resolve) => setTimeout(resolve, 2_500)); // a sweep passes
			assert.equal(hub.questions.length, 1);
			await hub.close();
		}
	});

	it("refuses with status, title and detail", async () => {
		const hub = await stack.hub("ivan");
		const mine = await ask("ivan");
		const foreign = await ask("judy");
		const late = await ask("ivan", { expires_at: "2020-01-01" });
		const refused = (call, pattern) => assert.rejects(call, (error) => pattern.test(error.message) || assert.fail(error.message));
		await refused(hub.answer(mine, 11), /422 Unprocessable Content: answer must be a number from -10 to 10\./);
		await refused(hub.answer(mine, "10"), /422 Unprocessable Content: /);
		await refused(hub.answer(foreign, 10), /404 Not Found: /);
		await refused(hub.answer("x", 10), /404 Not Found: /);
		await refused(hub.answer(late, 10), /410 Gone: /);
		await refused(hub.ack(foreign), /404 Not Found: /);
		await refused(hub.connection.invoke("Approve", mine), /Unknown hub method 'Approve'/);
		await refused(hub.connection.invoke("SubmitAnswer", mine), /Failed to invoke 'SubmitAnswer' due to an error on the server\./);
		assert.equal((await hub.answer(mine, -10)).answer, -10);
		await refused(hub.answer(mine, 10), /409 Conflict: /);
		assert.equal(await column(foreign, "status"), "queued");
		await hub.close();
	});

	it("finds what a lost ring left, and tells again after Postgres was away", async () => {
		const hub = await stack.hub("kim");
		const before = await ask("kim");
		await hub.waitQuestion((q) => q.id === before, 2_000);
		await stack.sql.rows("alter table questions disable trigger user");
		const silent = await ask("kim");
		await stack.sql.rows("alter table questions enable trigger user");
		await hub.waitQuestion((q) => q.id === silent, 4_000);
		await stack.sql.close();
		await stack.cluster.restart("immediate");
		stack.sql = stack.cluster.session();
		const after = await ask("kim");
		await hub.waitQuestion((q) => q.id === after, 15_000);
		assert.equal(hub.closed, null);
		assert.equal((await hub.answer(after, 10)).status, "answered");
		await hub.waitResolved(after);
		await hub.close();
	});

	it("is one hub over several apid", async () => {
		await stack.startDaemon("apid", { instance: "apid2" });
		await stack.waitReady("apid2");
		const second = `http://127.0.0.1:${stack.running.get("apid2").ports.http}`;
		const here = await stack.hub("leo");
		const builder = new HubConnectionBuilder().withUrl(`${second}/hubs/questions`, {
			accessTokenFactory: () => stack.token("leo"), transport: HttpTransportType.WebSockets,
		});
		const there = builder.configureLogging(LogLevel.None).build();
		const got = [];
		there.on("ReceiveQuestion", (question) => got.push(question.id));
		await there.start();
		const id = await ask("leo");
		await here.waitQuestion((q) => q.id === id, 2_000);
		await until("the question at the second", () => got.includes(id), 15_000);
		await there.invoke("SubmitAnswer", id, 10);
		await here.waitResolved(id, 2_000);

		// Negotiated at one, connected to the other.
		const negotiated = await call("POST", `${stack.api}/hubs/questions/negotiate?negotiateVersion=1`, { token: stack.token("leo") });
		const socket = await shake(second, `?id=${negotiated.body.connectionToken}`, stack.token("leo"));
		socket.close();
		await Promise.all([here.close(), there.stop()]);
		await stack.stopDaemon("apid2");
	});

	it("closes at the token's end without a word, so that the client comes back", async () => {
		const exp = Math.floor(Date.now() / 1000) + 3;
		const socket = await shake(stack.api, "", stack.mint.mint("mia", { claims: { exp } }));
		const [code] = await new Promise((resolve) => socket.once("close", (...how) => resolve(how)));
		assert.equal(code, 1001);
		assert.ok(Math.abs(Date.now() / 1000 - exp) < 2);
		assert.ok(!socket.records.some((record) => record.includes('"type":7')));
	});

	it("closes for whoever has been signed out, within 5 s", async () => {
		const hub = await stack.hub("nina");
		await stack.sql.rows("update users set tokens_valid_after = clock_timestamp() where firebase_uid = 'nina'");
		await until("the end of the socket", () => hub.closed, 15_000);
		assert.match(String(hub.closed.message), /signed out/);
	});

	it("lets the oldest socket go when the sixth comes", async () => {
		const sockets = [];
		for (let i = 0; i < 6; i++)
			sockets.push(await stack.hub("olga", { reconnect: false }));
		await until("the oldest is closed", () => sockets[0].closed, 15_000);
		assert.ok(sockets.slice(1).every((hub) => hub.closed === null));
		await Promise.all(sockets.map((hub) => hub.close()));
	});

	it("never writes a token into its log", async () => {
		const token = stack.token("peggy");
		const socket = await shake(stack.api, `?access_token=${token}`, null);
		socket.close();
		await call("GET", `${stack.api}/v1/me/questions?access_token=${token}`);
		const log = readFileSync(join(stack.dir, "apid.log"), "utf8");
		assert.ok(log.includes("path=/v1/me/questions"));
		assert.ok(!log.includes(token.split(".")[2].slice(0, 40)) && !log.includes("access_token"));
	});

	it("negotiates as each client expects it", async () => {
		const negotiate = (query, token = stack.token("rita")) => call("POST", `${stack.api}/hubs/questions/negotiate${query}`, { token });
		const v1 = (await negotiate("?negotiateVersion=1")).body;
		assert.deepEqual(v1.availableTransports, [{ transport: "WebSockets", transferFormats: ["Text"] }]);
		assert.ok(v1.connectionToken && v1.connectionToken !== v1.connectionId);
		const v0 = (await negotiate("")).body;
		assert.equal(v0.negotiateVersion, 0);
		assert.equal(v0.connectionToken, undefined);
		assert.match((await negotiate("?negotiateVersion=x")).body.error, /non-integer/);
		wantProblem(await call("GET", `${stack.api}/hubs/questions/negotiate`, { token: stack.token("rita") }), 405);
		wantProblem(await negotiate(`?access_token=${stack.token("sam")}`), 401);
		(await shake(stack.api, `?id=${v0.connectionId}&access_token=${stack.token("rita")}`, null)).close();
		await refusedUpgrade(`?id=${v1.connectionToken}`, stack.token("sam"), 404);
		await refusedUpgrade("?id=unknown", stack.token("rita"), 404);
		await refusedUpgrade("", null, 401);
		await refusedUpgrade("", stack.mint.bad("expired", "rita"), 401);
		await refusedUpgrade("", stack.token("rita"), 403, { Origin: "https://evil.example" });
		const listed = await shake(stack.api, "", stack.token("rita"), { Origin: "https://app.example.com" });
		listed.close();
		const own = await shake(stack.api, "", stack.token("rita"), { Origin: stack.api });
		own.close();
	});

	it("speaks only when it was spoken to, and survives what it should not get", async () => {
		const token = stack.token("tom");
		const silent = await open(stack.api, "", token);
		await new Promise((resolve) => setTimeout(resolve, 300));
		assert.deepEqual(silent.records, []);
		silent.send(`{"protocol":"messagepack","version":1}${END}`);
		await closed(silent);
		assert.match(silent.records[0], /messagepack/);

		const split = await open(stack.api, "", token);
		split.send('{"protocol":"js');
		split.send(`on","version":1}${END}{"type":6}${END}{"type":1,"invocationId":"1","target":"getpendingquestions","arguments":[]`);
		split.send(`,"headers":{},"streamIds":[]}${END}{"type":99}${END}`);
		await until("both answers", () => split.records.length >= 2);
		assert.deepEqual(split.records.slice(0, 2), ["{}", '{"type":3,"invocationId":"1","result":[]}']);
		split.send(Array.from({ length: 300 }, (_, i) => `{"type":1,"invocationId":"${i}","target":"Nothing","arguments":[]}${END}`).join(""));
		await until("300 completions", () => split.records.length >= 302);
		split.send(`nonsense${END}`);
		await closed(split);

		for (const bytes of ["a".repeat(33_000), Buffer.from([1, 2, 3])]) {
			const socket = await shake(stack.api, "", token);
			socket.send(bytes);
			await closed(socket);
		}
		assert.equal((await stack.person("tom").questions()).status, 200);
	});

	it("brings many long questions to one who reads, and holds little for one who does not", async () => {
		const metadata = JSON.stringify({ evidence: "e".repeat(20_000) });
		const ids = await Promise.all(Array.from({ length: 100 }, () => ask("vera", { metadata })));
		const hub = await stack.hub("vera");
		await until("all of them", () => hub.questions.length >= ids.length, 15_000);
		assert.deepEqual(hub.questions.map(({ id }) => id).sort(), ids.sort());
		assert.equal((await hub.pending()).length, ids.length);
		assert.equal(hub.closed, null);

		const deaf = await shake(stack.api, "", stack.token("vera"));
		deaf.pause();
		const calls = `{"type":1,"invocationId":"1","target":"GetPendingQuestions","arguments":[]}${END}`.repeat(300);
		deaf.send(calls);
		const memory = async () => Number(/resident_memory_bytes (\d+)/.exec(await stack.metrics("apid"))[1]);
		const before = await memory();
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		const grown = (await memory()) - before; // the sanitizer keeps up to 256 MB of what was freed
		assert.ok(grown < 300e6, `300 answers of 2 MB are not made for somebody who takes none: ${grown} bytes`);
		deaf.terminate();
		assert.equal((await hub.answer(ids[0], 10)).answer, 10);
		await hub.close();
	});

	it("says going away when it stops", async () => {
		const socket = await shake(stack.api, "", stack.token("uma"));
		const code = new Promise((resolve) => socket.once("close", resolve));
		await stack.stopDaemon("apid");
		assert.equal(await code, 1001);
		assert.deepEqual(stack.program("apid").exit, { code: 0, signal: null });
		await stack.restartDaemon("apid");
	});
});

describe("an end before everything is drained", () => {
	it("exits 0, also when hub and requests wait for a silent database", async () => {
		const hubs = await Promise.all(Array.from({ length: 8 }, (_, i) => stack.hub(`silent${i}`, { reconnect: false })));
		const backends = (await stack.sql.rows("select pid from pg_stat_activity where application_name ~ '^hybridhub-apid-[0-9]'"))
			.map(([pid]) => Number(pid));
		assert.equal(backends.length, 4);
		for (const pid of backends)
			process.kill(pid, "SIGSTOP");
		try {
			await ask("silent0");
			const waiting = stack.person("silent1").questions().catch(() => "cut off");
			await new Promise((resolve) => setTimeout(resolve, 300));
			const apid = stack.program("apid");
			apid.signal("SIGTERM");
			await apid.nextLine(/event=daemon\.draining/);
			apid.signal("SIGTERM");
			assert.equal(await waiting, "cut off");
			assert.deepEqual(await apid.exited, { code: 0, signal: null });
		} finally {
			for (const pid of backends)
				process.kill(pid, "SIGCONT");
		}
		await Promise.all(hubs.map((hub) => hub.close()));
		await stack.restartDaemon("apid");
	});

	it("logs each session's rise once", async () => {
		// apid is ready with one request session; the others rise in their own time.
		const rises = () => stack.program("apid").lines.filter((line) => /event=db\.up /.test(line));
		await until("five sessions up", () => rises().length >= 5);
		for (const session of ["listen", 1, 2, 3, 4])
			assert.equal(rises().filter((line) => line.includes(`session=hybridhub-apid-${session}`)).length, 1, `${session}`);
		assert.equal(rises().length, 5);
	});
});

describe("an order", () => {
	// What evald would ask, by its own function.
	async function propose(uid, tunables = {}) {
		const id = randomUUID();
		const now = new Date();
		const proposal = { side: "buy", order_type: "market", notional_usd: "10.00", time_in_force: "day", price_asked: "492.00",
			tunables: { approve_min: 7, skip_max: -7, on_ambiguous: "follow_up", max_follow_ups: 1, max_drift_pct: 0.5,
				drift_side: "both", on_drift: "cancel", max_reasks: 0, undo_seconds: 0, cooldown_seconds: 3600,
				after_skip: "session", max_fires_per_day: 3, question_ttl_seconds: 900, close_buffer_seconds: 300,
				max_staleness_seconds: 180, ...tunables } };
		const batch = { max_queued: 5, asks: [{ id, firebase_uid: uid, kind: "proposal", rule_id: "dip_confirm", symbol: "SPY",
			asset_class: "us_equity", as_of: now, chain_id: id, attempt: 1, question_text: "SPY is down 1.6%",
			source_tag: "trading:rule:dip_confirm", pipeline_step: "dip_confirm:await_confirm", created_at: now,
			expires_at: new Date(now.getTime() + 900_000), config_version: 1, mode: "paper", broker_account: "paper",
			metadata: { facts: { symbol: "SPY" }, facts_digest: "d1", evidence: [{ id: "7", symbol: "SPY", price: "492" }] },
			proposal }] };
		await stack.sql.rows(`insert into users (firebase_uid) values ('${uid}') on conflict do nothing`);
		const [, outcome] = await stack.sql.row(`select * from eval_commit('${JSON.stringify(batch)}')`);
		assert.equal(outcome, "asked");
		return id;
	}

	it("is born by a yes, is told at the hub, and explains itself", async () => {
		const victor = stack.person("victor");
		assert.equal((await victor.putConfig(SEED)).status, 200);
		const [hub, walter] = await Promise.all([stack.hub("victor"), stack.hub("walter")]);
		const id = await propose("victor");
		const question = await hub.waitQuestion((q) => q.id === id);
		assert.equal(question.metadata.facts_digest, "d1");
		const answered = await hub.answer(id, 10);
		assert.equal(answered.decision, "approve");
		const born = await hub.waitUpdate((order) => order.id === id);
		assert.equal(born.status, "approved");
		assert.equal(born.client_order_id, `h1-${id.replaceAll("-", "")}`);
		assert.equal(born.notional_usd, "10");
		assert.deepEqual((await victor.orders()).body.items.map((order) => order.id), [id]);

		const guardrails = [{ name: "max_orders_per_day", value: "3", limit: "3", ok: false }];
		await stack.sql.rows(`update trade_orders set status = 'blocked', reason = 'MAX_ORDERS_PER_DAY',
			move_detail = '${JSON.stringify({ guardrails })}' where id = '${id}'`);
		await hub.waitUpdate((order) => order.id === id && order.status === "blocked");
		const { body } = await victor.get(`/v1/me/trading/orders/${id}`);
		assert.equal(body.reason, "MAX_ORDERS_PER_DAY");
		assert.equal(body.config_version, 1);
		assert.equal(body.answer, 10);
		assert.equal(body.question.question_text, "SPY is down 1.6%");
		assert.deepEqual(body.evidence, [{ id: "7", symbol: "SPY", price: "492" }]);
		assert.deepEqual(body.guardrails, [{ ...guardrails[0], note: null }]);
		assert.deepEqual([body.answered_by, body.shown_digest, body.fills], ["person", null, []]);
		assert.equal(body.request.notional, "10");
		assert.deepEqual(body.events.map(({ from_status, to_status }) => [from_status, to_status]),
			[[null, "approved"], ["approved", "blocked"]]);

		wantProblem(await stack.person("walter").get(`/v1/me/trading/orders/${id}`), 404);
		assert.deepEqual((await stack.person("walter").orders()).body.items, []);
		assert.deepEqual([walter.updates, walter.questions, walter.resolved], [[], [], []]);
		await Promise.all([hub.close(), walter.close()]);
	});

	const cancel = (uid, id) => stack.person(uid).post(`/v1/me/trading/orders/${id}/cancel`);

	it("is taken back while its undo time runs, by its person only", async () => {
		const hub = await stack.hub("uta");
		const id = await propose("uta", { undo_seconds: 60 });
		await hub.answer(id, 10);
		const born = await hub.waitUpdate((order) => order.id === id);
		assert.equal(new Date(born.claim_after) - new Date(born.created_at), 60_000);
		wantProblem(await cancel("vlad", id), 404);
		wantProblem(await cancel("uta", randomUUID()), 404);
		wantProblem(await cancel("uta", "x"), 404);
		wantProblem(await stack.person("uta").get(`/v1/me/trading/orders/${id}/cancel`), 405);
		const answer = await cancel("uta", id);
		assert.equal(answer.status, 202, JSON.stringify(answer.body));
		assert.deepEqual([answer.body.id, answer.body.status, answer.body.reason], [id, "canceled", "CANCELED_BY_USER"]);
		assert.ok(answer.body.cancel_requested_at);
		await hub.waitUpdate((order) => order.id === id && order.status === "canceled");
		assert.equal((await cancel("uta", id)).status, 202);
		const { body } = await stack.person("uta").get(`/v1/me/trading/orders/${id}`);
		assert.deepEqual(body.events.map(({ to_status, reason }) => [to_status, reason]), [["approved", null], ["canceled", "CANCELED_BY_USER"]]);
		assert.equal(body.cancel_requested_by, "person");
		await hub.close();
	});

	it("that the broker has is asked for, and has ended when it has ended", async () => {
		const id = await propose("wim");
		assert.equal((await stack.person("wim").answer(id, 10, "d1")).status, 200);
		const broker = (status, filled) => `'${JSON.stringify({ id: `b-${id}`, client_order_id: `h1-${id.replaceAll("-", "")}`, status,
			filled_qty: filled, filled_avg_price: "492" })}'`;
		await stack.sql.rows(`update trade_orders set status = 'reserved', reserved_at = clock_now(), reserved_usd = 10,
			trade_day = trading_date(clock_now()) where id = '${id}'; update trade_orders set status = 'submitting' where id = '${id}'`);
		assert.equal(await stack.sql.value(`select order_accept('${id}', ${broker("accepted", "0")})`), "accepted");
		const hub = await stack.hub("wim");
		const answer = await cancel("wim", id);
		assert.deepEqual([answer.status, answer.body.status], [202, "accepted"]);
		await hub.waitUpdate((order) => order.id === id && order.cancel_requested_at !== null);
		await stack.sql.rows(`select order_cancel_answered('${id}', 422, null)`);
		await stack.sql.rows(`insert into trade_fills values ('x-${id}', '${id}', 0.02, 492, clock_now())`);
		assert.equal(await stack.sql.value(`select order_accept('${id}', ${broker("filled", "0.02")})`), "filled");
		await hub.waitUpdate((order) => order.id === id && order.status === "filled");
		assert.match(wantProblem(await cancel("wim", id), 409).detail, /has ended: it was filled/);
		const { body } = await stack.person("wim").get(`/v1/me/trading/orders/${id}`);
		assert.deepEqual([body.status, body.cancel_status, body.shown_digest, body.config_version], ["filled", 422, "d1", 1]);
		assert.deepEqual(body.fills.map(({ qty, price }) => [qty, price]), [["0.02", "492"]]);
		assert.deepEqual(body.broker_replies.map(({ to_status, reply }) => [to_status, reply.status]), [["accepted", "accepted"], ["filled", "filled"]]);
		await hub.close();
	});

	it("is not made by a no, and a 0 is ambiguous", async () => {
		for (const [uid, answer, decision] of [["xena", -10, "skip"], ["yuri", 0, "ambiguous"]]) {
			const id = await propose(uid);
			assert.equal((await stack.person(uid).answer(id, answer)).body.decision, decision);
			assert.deepEqual((await stack.person(uid).orders()).body.items, []);
		}
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
		assert.equal(again.body.detail, "Your orders are sent.");
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

describe("certificates", () => {
	it("that could not be fetched give 503 with Retry-After, and come by themselves", async () => {
		stack.certs.status = 500;
		await stack.stopDaemon("apid");
		await stack.startDaemon("apid");
		await until("the door", async () => (await call("GET", `${stack.api}/livez`)).status === 200);
		const answer = await stack.person("alice").questions();
		wantProblem(answer, 503);
		assert.ok(Number(answer.headers.get("retry-after")) > 0);
		assert.match((await call("GET", `${stack.api}/readyz`)).body.detail, /token certificates/);
		stack.certs.status = 200;
		await stack.waitReady("apid");
		await until("certificates", async () => (await stack.person("alice").questions()).status === 200);
	});

	it("are fetched again on SIGHUP: a new key counts, a failure keeps the old", async () => {
		const next = new TokenMint(join(stack.dir, "next-key"), stack.mint.project);
		const status = async (mint) =>
			(await call("GET", `${stack.api}/v1/me/questions`, { token: mint.mint("alice") })).status;
		assert.equal(await status(next), 401);
		stack.certs.document = { ...stack.mint.certs(), ...next.certs() };
		stack.program("apid").signal("SIGHUP");
		await until("the new key", async () => (await status(next)) === 200);
		assert.equal(await status(stack.mint), 200);

		const asked = stack.certs.asked;
		stack.certs.document = { broken: "no certificate" };
		stack.program("apid").signal("SIGHUP");
		await stack.program("apid").nextLine(/event=certs\.failed/);
		assert.ok(stack.certs.asked > asked);
		assert.equal(await status(next), 200);

		stack.certs.document = next.certs();
		await until("the old key to be gone", async () => (await status(stack.mint)) === 401);
		stack.certs.document = { ...stack.mint.certs(), ...next.certs() };
	});

	it("are not fetched for every unknown kid", async () => {
		const asked = stack.certs.asked;
		for (let i = 0; i < 20; i++)
			await call("GET", `${stack.api}/v1/me/questions`, { token: stack.mint.bad("unknown_kid", "alice") });
		assert.ok(stack.certs.asked <= asked + 1);
	});
});

// A raw socket: records are kept as texts without their end.
function open(base, query, token, headers = {}) {
	const socket = new WebSocket(`${base.replace("http", "ws")}/hubs/questions${query}`, {
		headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers },
	});
	socket.records = [];
	socket.on("message", (data) => {
		assert.ok(String(data).endsWith(END), "whole records only");
		socket.records.push(...String(data).split(END).slice(0, -1));
	});
	return new Promise((resolve, reject) => {
		socket.once("open", () => resolve(socket));
		socket.once("error", reject);
	});
}

async function shake(base, query, token, headers) {
	const socket = await open(base, query, token, headers);
	socket.send(`{"protocol":"json","version":1}${END}`);
	await until("the handshake", () => socket.records.length > 0);
	assert.equal(socket.records.shift(), "{}");
	return socket;
}

function closed(socket) {
	return until("the socket's end", () => socket.readyState === WebSocket.CLOSED, 15_000);
}

async function refusedUpgrade(query, token, status, headers) {
	await assert.rejects(open(stack.api, query, token, headers), { message: `Unexpected server response: ${status}` });
}
