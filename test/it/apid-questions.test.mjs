// apid for real: answers, the lists of questions, and orders.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { ask, column, SEED, stack, useApid, wantProblem } from "./apiddesk.mjs";

useApid();

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
