// Faults between the request and its reply, and the log that tells what really happened.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
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

for (const spec of [{ on: ON, do: "explode" }, { do: "429" }, { on: ON, do: "status" }, { on: ON, do: "delay_ms" }])
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
