// Faults between the request and its reply, and the log that tells what really happened.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { REFUSALS } from "../alpacasim/faultword.mjs";
import { until } from "../lib/wait.mjs";
import { marketOrder, withLab } from "./lab.mjs";

const ON = "POST /v2/orders";

// The raw bytes that come back for one order: fetch would hide what a half reply is.
function rawOrder(lab, body) {
	return new Promise((resolve) => {
		const text = JSON.stringify(body);
		const socket = connect(lab.server.address().port, "127.0.0.1");
		let out = "";
		socket.on("data", (chunk) => (out += chunk));
		socket.on("error", () => {});
		socket.on("close", () => resolve(out));
		const keys = Object.entries(lab.keys).map(([k, v]) => `${k}: ${v}\r\n`).join("");
		socket.write(`POST /v2/orders HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n${keys}Content-Length: ${text.length}\r\n\r\n${text}`);
	});
}

const ECHO = { id: /"id":"0{8}-[0-9a-f-]*beef"/, symbol: /"symbol":"ETH\/USD"/, side: /"side":"sell"/, notional: /"notional":"10000"/ };
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const refusal = (status, body) => new RegExp(`^HTTP/1\\.1 ${status} [^]*${escape(JSON.stringify(body.message))}`);

const CASES = [
	// do, more, orders at the broker afterwards, what the client sees
	["accept_drop", {}, 1, /^$/],
	["drop_before", {}, 0, /^$/],
	["half_header", {}, 1, /^HTTP\/1\.1 200 OK\r\nContent-Ty$/],
	["half_body", {}, 1, /^HTTP\/1\.1 200 OK\r\n[^]*\{"id":"[^}]*$/],
	["status:504", {}, 0, /^HTTP\/1\.1 504 /],
	["status:500", { message: "oops" }, 0, /"message":"oops"/],
	["accept_then_504", {}, 1, /^HTTP\/1\.1 504 [^]*text\/html/],
	["accept_then_422", {}, 1, /^HTTP\/1\.1 422 [^]*"code":42210000/],
	["403", {}, 0, /^HTTP\/1\.1 403 [^]*"insufficient buying power"/],
	["422", { code: 40010001, message: "client_order_id must be unique" }, 0, /"code":40010001/],
	["429", {}, 0, /^HTTP\/1\.1 429 [^]*X-RateLimit-Reset/],
	["garbage_200", {}, 1, /^HTTP\/1\.1 200 [^]*\{"id": "half an ord$/],
	["echo_differs", {}, 1, /^HTTP\/1\.1 200 [^]*"client_order_id":"not-yours"/],
	["echo_differs", { change: { notional: "10000" } }, 1, /"notional":"10000"/],
	...["id", "symbol", "side", "notional"].map((of) => [`echo_differs:${of}`, {}, 1, ECHO[of]]),
	["rst_before", {}, 0, /^$/],
	["accept_rst", {}, 1, /^$/],
	["duplicate_id", {}, 1, /^HTTP\/1\.1 422 [^]*"code":40010001,"message":"client_order_id must be unique"/],
	["late_504", {}, 0, /^HTTP\/1\.1 504 [^]*text\/html/],
	["redirect:308", { to: "http://127.0.0.1:1/x" }, 0, /^HTTP\/1\.1 308 [^]*Location: http:\/\/127\.0\.0\.1:1\/x/],
	["null_200", {}, 0, /^HTTP\/1\.1 200 [^]*\r\n\r\nnull$/],
	["drip", { ms: 0 }, 1, /^HTTP\/1\.1 200 [^]*"client_order_id":"h1-fault"[^]*\}$/],
	["stall", { ms: 20 }, 1, /^HTTP\/1\.1 200 [^]*"client_order_id":"h1-fault"[^]*\}$/],
	["429", { reset_in: 7 }, 0, /^HTTP\/1\.1 429 [^]*X-RateLimit-Remaining: 0\r\n/],
	...Object.entries(REFUSALS).map(([of, { status, body }]) => [`refuse:${of}`, {}, 0, refusal(status, body)]),
];

for (const [kind, more, orders, seen] of CASES)
	test(`fault: ${kind} ${JSON.stringify(more)}`, () =>
		withLab({}, async (lab) => {
			await lab.hand.fault(ON, kind, more);
			const out = await rawOrder(lab, marketOrder({ client_order_id: "h1-fault" }));
			assert.match(out, seen);
			assert.equal((await lab.hand.orders()).length, orders);
			const [entry] = await lab.hand.requests(ON);
			assert.equal(entry.verdict, kind.split(":")[0]);
			assert.equal(entry.body.client_order_id, "h1-fault");
			// Used up: the next one is served, and an id that the broker already has is refused.
			assert.equal((await lab.order({ client_order_id: "h1-fault" })).status, orders === 1 ? 422 : 200);
		}));

test("fault: delay_ms acts first and answers late", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault(ON, "delay_ms", { ms: 150 });
		const began = Date.now();
		const pending = lab.order();
		await until("the order is there", async () => (await lab.hand.orders()).length === 1);
		assert.ok(Date.now() - began < 140);
		assert.equal((await pending).status, 200);
		assert.ok(Date.now() - began >= 145);
	}));

test("fault: times, skip, a pattern, and clearing", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault("GET /v2/*", "status:503", { times: 2, skip: 1 });
		const statuses = [];
		for (let n = 0; n < 4; n++)
			statuses.push((await lab.get("/v2/clock")).status);
		assert.deepEqual(statuses, [200, 503, 503, 200]);
		await lab.hand.fault("GET /v2/clock", "429", { times: -1 });
		for (let n = 0; n < 3; n++)
			assert.equal((await lab.get("/v2/clock")).status, 429);
		await lab.hand.clearFaults();
		assert.equal((await lab.get("/v2/clock")).status, 200);
	}));

test("fault: after_ms holds back any answer", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault(ON, "403", { after_ms: 100 });
		const began = Date.now();
		assert.equal((await lab.order()).status, 403);
		assert.ok(Date.now() - began >= 95);
	}));

test("fault: hang_before and accept_hang never answer", () =>
	withLab({}, async (lab) => {
		for (const [kind, orders] of [["hang_before", 0], ["accept_hang", 1]]) {
			await lab.hand.fault(ON, kind);
			const signal = AbortSignal.timeout(300);
			const headers = { ...lab.keys, "Content-Type": "application/json" };
			await assert.rejects(fetch(`${lab.url}/v2/orders`, { method: "POST", headers, body: JSON.stringify(marketOrder()), signal }), /timeout/);
			assert.equal((await lab.hand.orders()).length, orders);
		}
	}));

test("fault: late_504 executes the order later", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault(ON, "late_504", { ms: 100 });
		assert.equal((await lab.order({ client_order_id: "h1-late" })).status, 504);
		assert.equal((await lab.hand.orders()).length, 0);
		const [order] = await until("the order", async () => {
			const orders = await lab.hand.orders();
			return orders.length > 0 && orders;
		});
		assert.equal(order.client_order_id, "h1-late");
	}));

test("fault: delivered_twice is refused the second time", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault(ON, "delivered_twice");
		assert.equal((await lab.order({ client_order_id: "h1-twice" })).status, 200);
		assert.equal((await lab.order({ client_order_id: "h1-twice" })).status, 422);
		assert.equal((await lab.hand.orders()).length, 1);
	}));

test("fault: a poisoned symbol spoils every list that it stands in, and no other", () =>
	withLab({}, async (lab) => {
		await lab.hand.price("QQQ", "400", {});
		const { body: spy } = await lab.order();
		const { body: qqq } = await lab.order({ symbol: "QQQ" });
		await lab.hand.fault("GET /v2/orders*", "poisoned", { symbol: "QQQ", times: -1 });
		assert.equal((await lab.get("/v2/orders?status=all")).status, 502);
		assert.equal((await lab.get("/v2/orders?status=all&symbols=SPY")).status, 200);
		assert.equal((await lab.get(`/v2/orders/${spy.id}`)).status, 200);
		assert.equal((await lab.get(`/v2/orders/${qqq.id}`)).status, 502);
	}));

test("fault: a redirect is followed by whoever follows; the order is not taken on the way", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault(ON, "redirect:307", { to: `${lab.url}/v2/clock` });
		const { status, headers } = await lab.order();
		assert.equal(status, 307);
		assert.equal(headers.get("location"), `${lab.url}/v2/clock`);
		assert.equal((await lab.hand.orders()).length, 0);
	}));

test("control: reset empties the account from outside; the log keeps what was", () =>
	withLab({}, async (lab) => {
		const { body } = await lab.order();
		await lab.orderWhen(body.id, "filled");
		assert.equal((await lab.body("/v2/positions")).length, 1);
		await lab.hand.do("reset");
		assert.deepEqual(await lab.body("/v2/positions"), []);
		assert.equal((await lab.get(`/v2/orders/${body.id}`)).status, 200);
		await lab.hand.do("reset", { forget_orders: true, cash: "5" });
		assert.equal((await lab.get(`/v2/orders/${body.id}`)).status, 404);
		assert.equal((await lab.body("/v2/account")).cash, "5");
		assert.ok((await lab.hand.log({ kind: "order" })).some((entry) => entry.order_id === body.id));
	}));

test("control: refuse closes the port for a while", () =>
	withLab({}, async (lab) => {
		await lab.hand.do("refuse", { ms: 300 });
		await until("nobody listens", async () => {
			const error = await lab.get("/v2/clock").then(() => null, (e) => e);
			return error?.cause?.code === "ECONNREFUSED";
		});
		await until("somebody listens again", async () => (await lab.get("/v2/clock")).status === 200);
	}));

for (const spec of [{ on: ON, do: "explode" }, { do: "429" }, { on: ON, do: "status" }, { on: ON, do: "delay_ms" }, { on: ON, do: "refuse:nothing" },
	{ on: ON, do: "redirect:200" }, { on: ON, do: "echo_differs:colour" }, { on: ON, do: "poisoned" }])
	test(`fault: ${JSON.stringify(spec)} is refused`, () =>
		withLab({}, async (lab) => {
			await assert.rejects(lab.hand.do("fault", spec));
			assert.deepEqual(await lab.hand.read("/sim/fault"), []);
		}));

test("log: the file says what GET /sim/log says, in order, without the secret", async () => {
	const dir = mkdtempSync(join(tmpdir(), "alpacasim-"));
	const file = join(dir, "log.jsonl");
	try {
		await withLab({ log: file }, async (lab) => {
			const { body } = await lab.order();
			await lab.orderWhen(body.id, "filled");
			const shown = await lab.hand.log();
			const text = readFileSync(file, "utf8");
			assert.deepEqual(text.trim().split("\n").map((line) => JSON.parse(line)), shown);
			assert.deepEqual(shown.map((e) => e.seq), shown.map((_, n) => n + 1));
			assert.equal(text.includes(lab.sim.config.secret), false);
			const request = shown.find((e) => e.method === "POST");
			const born = shown.find((e) => e.event === "pending_new");
			assert.equal(born.request_id, request.id);
			assert.equal(request.headers["apca-api-key-id"], lab.sim.config.key_id);
		});
	} finally {
		rmSync(dir, { recursive: true });
	}
});

test("log: a request that breaks off is written down as incomplete and makes no order", () =>
	withLab({}, async (lab) => {
		const broken = request(`${lab.url}/v2/orders`, { method: "POST", headers: { ...lab.keys, "Content-Length": 100 } });
		broken.on("error", () => {});
		broken.write('{"symbol":');
		setTimeout(() => broken.destroy(), 20);
		const [entry] = await until("the entry", async () => {
			const entries = await lab.hand.requests(ON);
			return entries.length > 0 && entries;
		});
		assert.equal(entry.verdict, "incomplete");
		assert.deepEqual(await lab.hand.orders(), []);
	}));

test("control: a call that makes no sense is 400 and says why", () =>
	withLab({}, async (lab) => {
		await assert.rejects(lab.hand.do("price", { price: "1" }), /symbol is missing/);
		await assert.rejects(lab.hand.price("SPY", "-1"), /not a price/);
		await assert.rejects(lab.hand.clock({ now: "yesterday" }), /not an instant/);
		await assert.rejects(lab.hand.do("config", { fill_dely_ms: 1 }), /no such name/);
	}));
