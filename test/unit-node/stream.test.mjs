// The trade-updates stream of the simulator, by a bare WebSocket and by the official client.
import assert from "node:assert/strict";
import test from "node:test";
import { streaming } from "@alpacahq/alpaca-trade-api";
import { decode } from "@msgpack/msgpack";
import WebSocket from "ws";
import { until } from "../lib/wait.mjs";
import { withLab } from "./lab.mjs";

class Listener {
	constructor(lab, options = {}) {
		this.frames = [];
		this.keys = { key_id: lab.sim.config.key_id, secret_key: lab.sim.config.secret };
		this.socket = new WebSocket(`${lab.url.replace("http", "ws")}/stream`, options);
		this.socket.on("message", (data, binary) => this.frames.push({ data, binary }));
		this.socket.on("error", (error) => (this.error = error.message));
		this.closed = new Promise((resolve) => this.socket.on("close", resolve));
	}

	get messages() {
		return this.frames.filter(({ data }) => data.length > 1).map(({ data }) => JSON.parse(data));
	}

	get events() {
		return this.messages.filter((m) => m.stream === "trade_updates").map((m) => m.data.event);
	}

	async open() {
		await until("open", () => this.socket.readyState === WebSocket.OPEN);
		return this;
	}

	send(message) {
		this.socket.send(JSON.stringify(message));
	}

	async next(count) {
		await until(`${count} messages`, () => this.messages.length >= count);
		return this.messages[count - 1];
	}

	async listening() {
		await this.open();
		this.send({ action: "authenticate", data: this.keys });
		this.send({ action: "listen", data: { streams: ["trade_updates"] } });
		await this.next(2);
		return this;
	}
}

const LISTEN = { action: "listen", data: { streams: ["trade_updates", "wishes"] } };

test("both ways to authenticate; listen replaces the set and wants authorization first", () =>
	withLab({}, async (lab) => {
		const a = await new Listener(lab).open();
		a.send(LISTEN);
		assert.deepEqual(await a.next(1), { stream: "authorization", data: { status: "unauthorized", action: "listen" } });
		a.send({ action: "authenticate", data: { key_id: "x", secret_key: "y" } });
		assert.deepEqual(await a.next(2), { stream: "authorization", data: { status: "unauthorized", action: "authenticate" } });
		a.send({ action: "auth", key: a.keys.key_id, secret: a.keys.secret_key });
		assert.deepEqual(await a.next(3), { stream: "authorization", data: { status: "authorized", action: "authenticate" } });
		a.send(LISTEN);
		assert.deepEqual(await a.next(4), { stream: "listening", data: { streams: ["trade_updates"] } });
		a.send({ action: "listen", data: { streams: [] } });
		assert.deepEqual(await a.next(5), { stream: "listening", data: { streams: [] } });
		assert.ok(a.frames.every(({ binary }) => binary));
		a.send({ action: "what" });
		assert.deepEqual(await a.next(6), { action: "error", data: { error_message: "internal server error" } });
		assert.equal(await a.closed, 1011);
	}));

test("the life of an order: each change with the order as it then stood, fills with their execution", () =>
	withLab({ config: { fill_plan: ["0.5", "1"] } }, async (lab) => {
		const a = await new Listener(lab).listening();
		const { body } = await lab.order();
		await lab.orderWhen(body.id, "filled");
		await until("the fill", () => a.events.includes("fill"));
		assert.deepEqual(a.events, ["pending_new", "new", "partial_fill", "fill"]);
		const [, , part, fill] = a.messages.slice(2).map(({ data }) => data);
		assert.equal(part.order.status, "partially_filled");
		assert.equal(part.qty, part.order.filled_qty);
		assert.notEqual(part.execution_id, fill.execution_id);
		assert.equal(fill.order.status, "filled");
		assert.equal(fill.position_qty, fill.order.filled_qty);
		assert.ok(fill.timestamp && fill.price && fill.event_id);
		const late = await new Listener(lab).listening();
		assert.deepEqual(late.events, []);
	}));

test("cancel and its races, expiry, a late rejection, replaced", () =>
	withLab({ config: { fill_plan: ["hold"], cancel_delay_ms: -1 } }, async (lab) => {
		const a = await new Listener(lab).listening();
		const one = (await lab.order()).body;
		await lab.orderWhen(one.id, "new");
		await lab.request("DELETE", `/v2/orders/${one.id}`);
		await lab.hand.do("fill", { order: one.id });
		await lab.orderWhen(one.id, "filled");
		assert.equal((await lab.request("DELETE", `/v2/orders/${one.id}`)).status, 422);
		for (const status of ["expired", "rejected", "replaced", "canceled"]) {
			const order = (await lab.order()).body;
			await lab.orderWhen(order.id, "new");
			await lab.hand.do("end", { order: order.id, status });
		}
		await until("the last", () => a.events.includes("canceled"));
		assert.deepEqual(a.events, [
			"pending_new", "new", "pending_cancel", "fill",
			...["expired", "rejected", "replaced", "canceled"].flatMap((end) => ["pending_new", "new", end]),
		]);
		const replaced = a.messages.find((m) => m.data.event === "replaced").data.order;
		assert.ok(replaced.replaced_by && replaced.replaced_at);
		assert.ok(a.messages.find((m) => m.data.event === "pending_cancel").data.order.cancel_requested_at);
	}));

test("what goes wrong on demand", () =>
	withLab({ config: { fill_plan: ["hold"], stream_heartbeat_ms: 20 } }, async (lab) => {
		const a = await new Listener(lab).listening();
		await until("a heartbeat", () => a.frames.some(({ data }) => data.length === 1 && data[0] === 1));
		await lab.hand.do("stream", { hold: true });
		const order = (await lab.order()).body;
		await lab.orderWhen(order.id, "new");
		await lab.hand.do("fill", { order: order.id });
		assert.deepEqual(await lab.hand.do("stream", {}), { connections: 1, listening: 1, held: ["pending_new", "new", "fill"] });
		await lab.hand.do("stream", { copies: 2, release: [2, 0] });
		await until("four", () => a.events.length === 4);
		assert.deepEqual(a.events, ["fill", "fill", "pending_new", "pending_new"]);
		await lab.hand.do("stream", { copies: 1, hold: false, emit: { order: order.id, event: "on_mars", change: { status: "lost" } } });
		await until("the event of our making", () => a.events.at(-1) === "on_mars");
		await lab.hand.do("stream", { mute: true });
		const beats = a.frames.length;
		const other = (await lab.order()).body;
		await lab.orderWhen(other.id, "new");
		assert.deepEqual(a.events.slice(5), []);
		assert.ok(a.frames.length <= beats + 1);
		await lab.hand.do("stream", { mute: false, only: ["fill"] });
		const last = (await lab.order()).body;
		await lab.orderWhen(last.id, "new");
		await lab.hand.do("fill", { order: last.id });
		await until("the fill alone", () => a.events.at(-1) === "fill");
		assert.deepEqual(a.events.slice(5), ["fill"]);
		await lab.hand.do("stream", { drop: 1001 });
		assert.equal(await a.closed, 1001);
		await assert.rejects(lab.hand.do("stream", { sing: true }), /no such verb/);
	}));

test("an upgrade that is refused, and msgpack where it is asked for", () =>
	withLab({}, async (lab) => {
		await lab.hand.fault("GET /stream", "status:429");
		const a = new Listener(lab);
		await a.closed;
		assert.match(a.error, /429/);
		const b = await new Listener(lab, { headers: { "Content-Type": "application/msgpack" } }).open();
		b.socket.send((await import("@msgpack/msgpack")).encode({ action: "authenticate", data: b.keys }));
		await until("an answer", () => b.frames.length === 1);
		assert.deepEqual(decode(b.frames[0].data), { stream: "authorization", data: { status: "authorized", action: "authenticate" } });
	}));

test("official client: authenticates, listens and reads a fill", () =>
	withLab({}, async (lab) => {
		const seen = [];
		const { key_id: keyId, secret } = lab.sim.config;
		const stream = new streaming.TradingStream({
			credentials: { keyId, secret },
			url: `${lab.url.replace("http", "ws")}/stream`,
			reconnect: false,
		});
		stream.onTradeUpdate((update) => seen.push(update));
		stream.subscribeTradeUpdates();
		await stream.connect();
		try {
			await until("it listens", async () => (await lab.hand.read("/sim/stream")).listening === 1);
			const { body } = await lab.order();
			await until("the fill", () => seen.some((update) => update.event === "fill"));
			const fill = seen.find((update) => update.event === "fill");
			assert.equal(fill.order.id, body.id);
			assert.deepEqual(seen.map((update) => update.event), ["pending_new", "new", "fill"]);
		} finally {
			stream.disconnect();
		}
	}));
