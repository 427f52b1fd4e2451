// What POST /sim/stream does to the trade-updates stream. Several at once are taken in this order; all but drop, error, raw,
// emit and release last until they are told otherwise.
import { randomUUID } from "node:crypto";

const VERBS = {
	// Open sockets, answered pings, no events, no heartbeat.
	mute: (stream, on) => (stream.muted = on),
	// Every event so many times.
	copies: (stream, count) => (stream.copies = count),
	// Every event so much later.
	delay_ms: (stream, ms) => (stream.delayMs = ms),
	// Only events of these names; null: all. ["fill"] makes a fill the first that anyone hears.
	only: (stream, names) => (stream.only = names),
	// Events wait; release lets them go.
	hold: (stream, on) => (stream.held = on ? (stream.held ?? []) : null),
	// "order", "reverse", or the positions in which the held ones go; those not named are lost.
	release: (stream, how) => release(stream, how),
	// An event that the books know nothing of: {order, event, change, execution}.
	emit: (stream, spec, sim) => emit(stream, spec, sim),
	// These bytes as a frame, to everybody: text, or {hex}.
	raw: (stream, bytes) => {
		for (const { socket } of stream.sessions)
			socket.send(bytes.hex === undefined ? bytes : Buffer.from(bytes.hex, "hex"), { binary: bytes.hex !== undefined });
	},
	error: (stream) => [...stream.sessions].forEach((session) => session.fail()),
	// true: broken off; a number: closed with that code.
	drop: (stream, how) => {
		for (const { socket } of stream.sessions)
			how === true ? socket.terminate() : socket.close(how);
	},
};

function release(stream, how) {
	const held = stream.held ?? [];
	const order = how === "order" ? held : how === "reverse" ? [...held].reverse() : how.map((at) => held[at]);
	stream.held = [];
	for (const message of order)
		stream.send(message);
}

function emit(stream, { order: id, event, change = {}, execution = {} }, sim) {
	const order = sim.broker.orders.find((o) => o.id === id || o.client_order_id === id);
	if (!order)
		throw new Error(`no such order: ${id}`);
	const at = sim.clock.stamp();
	stream.pass({
		stream: "trade_updates",
		data: { event, timestamp: at, ...execution, order: { ...order.json(), ...change }, event_id: randomUUID(), at },
	});
}

export function stream(sim, body) {
	const unknown = Object.keys(body).find((name) => !(name in VERBS));
	if (unknown)
		throw new Error(`stream: no such verb: ${unknown}`);
	for (const [name, act] of Object.entries(VERBS))
		if (body[name] !== undefined)
			act(sim.stream, body[name], sim);
	return sim.stream.json();
}
