// The trade-updates stream at /stream: binary frames that hold JSON (text, or msgpack, where asked), one event for each
// change of an order, nothing again after a reconnect. What can go wrong with it is told by POST /sim/stream (streamhand.mjs).
import { randomUUID } from "node:crypto";
import { decode, encode } from "@msgpack/msgpack";
import { WebSocketServer } from "ws";
import { answerThrough } from "./fault.mjs";
import { stringify } from "./json.mjs";

const PATH = "/stream";
const KNOWN = ["trade_updates"];
const HEARTBEAT = Buffer.from([1]);
const WITH_TIME = new Set(["fill", "partial_fill", "canceled", "expired", "replaced", "rejected"]);

// One connection: who it is, and what it listens to.
class Session {
	constructor(stream, socket, msgpack) {
		this.stream = stream;
		this.socket = socket;
		this.msgpack = msgpack;
		this.authorized = false;
		this.listens = new Set();
		socket.on("message", (bytes) => this.hear(bytes));
		socket.on("close", () => this.end());
		socket.on("error", () => this.end());
		this.beat();
	}

	// One byte now and then, which is no message.
	beat() {
		this.beating = setTimeout(() => {
			if (this.listens.size > 0 && !this.stream.muted)
				this.socket.send(HEARTBEAT, { binary: true });
			this.beat();
		}, this.stream.config.stream_heartbeat_ms);
		this.beating.unref();
	}

	end() {
		clearTimeout(this.beating);
		this.stream.sessions.delete(this);
	}

	hear(bytes) {
		let message;
		try {
			message = this.msgpack ? decode(bytes) : JSON.parse(bytes.toString("utf8"));
		} catch {
			message = {};
		}
		this.stream.journal.write("stream", { heard: message?.action ?? "nonsense" });
		if (message?.action === "authenticate" || message?.action === "auth")
			this.authenticate(message);
		else if (message?.action === "listen")
			this.listen(message.data?.streams);
		else
			this.fail();
	}

	// {"action":"authenticate","data":{"key_id","secret_key"}} of the SDKs, or {"action":"auth","key","secret"} of the page.
	authenticate(message) {
		const { key_id, secret } = this.stream.config;
		const key = message.data?.key_id ?? message.key;
		this.authorized = key === key_id && (message.data?.secret_key ?? message.secret) === secret;
		this.say({ stream: "authorization", data: { status: this.authorized ? "authorized" : "unauthorized", action: "authenticate" } });
	}

	// Replaces the set; unknown names are left out without a word.
	listen(streams) {
		if (!this.authorized)
			return this.say({ stream: "authorization", data: { status: "unauthorized", action: "listen" } });
		this.listens = new Set((Array.isArray(streams) ? streams : []).filter((name) => KNOWN.includes(name)));
		this.say({ stream: "listening", data: { streams: [...this.listens] } });
	}

	fail() {
		this.say({ action: "error", data: { error_message: "internal server error" } });
		this.socket.close(1011);
	}

	say(message) {
		if (this.msgpack)
			return this.socket.send(encode(message));
		this.socket.send(stringify(message), { binary: this.stream.config.stream_binary });
	}
}

export class TradeStream {
	constructor({ config, journal, clock, faults }) {
		this.config = config;
		this.journal = journal;
		this.clock = clock;
		this.faults = faults;
		this.sessions = new Set();
		this.server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
		// What POST /sim/stream has told.
		this.muted = false;
		this.copies = 1;
		this.delayMs = 0;
		this.only = null;
		this.held = null;
	}

	attach(httpServer) {
		httpServer.on("upgrade", (req, socket, head) => this.upgrade(req, socket, head));
	}

	upgrade(req, socket, head) {
		socket.on("error", () => socket.destroy());
		const path = req.url.split("?")[0];
		const fault = this.faults.take("GET", path);
		const refusal = path !== PATH || !this.config.stream ? { status: 404 } : fault ? answerThrough(fault, () => ({})) : {};
		this.journal.write("stream", { upgrade: path, ...(fault && { verdict: fault.do }) });
		if (refusal.hang)
			return;
		if (refusal.drop)
			return socket.destroy();
		if (refusal.status)
			return socket.end(`HTTP/1.1 ${refusal.status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
		const msgpack = req.headers["content-type"] === "application/msgpack";
		this.server.handleUpgrade(req, socket, head, (ws) => this.sessions.add(new Session(this, ws, msgpack)));
	}

	// A change of an order, as it stands at this moment.
	tell(event, order, execution) {
		const data = {
			event,
			...(WITH_TIME.has(event) && { timestamp: execution?.timestamp ?? order.updated_at }),
			...execution,
			order: { ...order.json(), cancel_requested_at: order.cancel_requested_at },
			event_id: randomUUID(),
			at: this.clock.stamp(),
		};
		this.pass({ stream: "trade_updates", data });
	}

	pass(message) {
		if (this.only && !this.only.includes(message.data.event))
			return;
		if (this.held)
			return void this.held.push(message);
		if (this.delayMs > 0)
			return void setTimeout(() => this.send(message), this.delayMs).unref();
		this.send(message);
	}

	// To everybody who listens now; nobody gets it later.
	send(message) {
		const listeners = [...this.sessions].filter((session) => session.listens.has(message.stream));
		if (this.muted)
			return;
		this.journal.write("stream", { told: message.data.event, order_id: message.data.order?.id, listeners: listeners.length });
		for (const session of listeners)
			for (let i = 0; i < this.copies; i++)
				session.say(message);
	}

	json() {
		const sessions = [...this.sessions];
		return {
			connections: sessions.length,
			listening: sessions.filter((session) => session.listens.size > 0).length,
			held: this.held?.map(({ data }) => data.event) ?? [],
		};
	}

	stop() {
		for (const { socket } of this.sessions)
			socket.terminate();
	}
}
