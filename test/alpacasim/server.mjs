// HTTP: reads a request whole, has it answered, writes it down, and only then sends (or spoils) the reply.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { dataRoutes } from "./dataroutes.mjs";
import { answerThrough } from "./fault.mjs";
import { stringify } from "./json.mjs";
import { Refusal } from "./refusal.mjs";
import { RouteTable } from "./routetable.mjs";
import { simRoutes } from "./simroutes.mjs";
import { tradingRoutes } from "./tradingroutes.mjs";

const MAX_BODY = 1 << 20;
const BROKER = new RouteTable([...tradingRoutes, ...dataRoutes]);
const CONTROL = new RouteTable(simRoutes);
const DATA_PATH = /^\/(v2\/stocks|v1beta3)\//;
const OPEN_PATH = /^\/v1beta3\/crypto\//;

export function makeServer(sim) {
	const server = open(sim, (serve) => createServer(serve));
	sim.listener = { pause: (ms) => pause(server, ms) };
	return server;
}

// The same broker behind TLS: cert and key are PEM texts.
export function makeTlsServer(sim, cert, key) {
	return open(sim, (serve) => createTlsServer({ cert, key }, serve));
}

function open(sim, make) {
	const server = make((req, res) => {
		const received = monoMs();
		readBody(req).then(
			(text) => answer(sim, req, res, text, received),
			(error) => noteBroken(sim, req, error),
		);
	});
	sim.stream.attach(server);
	// A client that lags must not meet a connection that is being closed for its idleness.
	server.keepAliveTimeout = 120_000;
	return server;
}

// Nobody listens for so long, and then again on the same port.
function pause(server, ms) {
	const { address, port } = server.address();
	server.close(() => setTimeout(() => server.listen(port, address), ms));
	server.closeAllConnections();
}

async function readBody(req) {
	const chunks = [];
	let size = 0;
	for await (const chunk of req) {
		size += chunk.length;
		if (size > MAX_BODY)
			throw new Error("body too long");
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}

// The host's monotonic clock, which all processes share.
function monoMs() {
	return Number(process.hrtime.bigint()) / 1e6;
}

// A request whose body never came whole has not reached the broker.
function noteBroken(sim, req, error) {
	sim.journal.write("request", { ...outline(sim, req), verdict: "incomplete", detail: error.message });
	req.socket.destroy();
}

function answer(sim, req, res, text, received) {
	const url = new URL(req.url, "http://alpacasim");
	const request = {
		sim,
		method: req.method,
		path: url.pathname,
		query: url.searchParams,
		body: parseBody(text),
		id: randomUUID(),
	};
	if (request.path.startsWith("/sim/"))
		return send(req, res, route(CONTROL, request), {});
	const fault = sim.faults.take(request.method, request.path);
	const limit = sim.rateLimit.count(DATA_PATH.test(request.path) ? "data" : "trading");
	const reply = answerThrough(fault, () => act(request, req, limit));
	sim.journal.write("request", {
		...outline(sim, req),
		received_mono_ms: received, // its head
		id: request.id,
		body: request.body ?? (text || undefined),
		verdict: fault ? fault.do : reply.status < 400 ? "served" : "refused",
		status: reply.drop || reply.hang ? null : reply.status,
		...(request.method !== "GET" && { reply: reply.body ?? reply.text }),
	});
	const headers = { ...limit.headers, "X-Request-ID": request.id.replaceAll("-", ""), Date: dateHeader(sim), ...reply.headers };
	if (reply.delay)
		setTimeout(() => send(req, res, reply, headers), reply.delay);
	else
		send(req, res, reply, headers);
}

// The broker acts; the order events that it causes name the request.
function act(request, req, limit) {
	const { sim } = request;
	sim.requestId = request.id;
	try {
		return serveBroker(request, req, limit);
	} finally {
		sim.requestId = null;
	}
}

function outline(sim, req) {
	const headers = { ...req.headers };
	delete headers["apca-api-secret-key"];
	delete headers.authorization;
	return { method: req.method, path: req.url.split("?")[0], query: req.url.split("?")[1] ?? "", headers };
}

// The parsed body; null where it is empty or no JSON.
function parseBody(text) {
	try {
		return text === "" ? null : JSON.parse(text);
	} catch {
		return null;
	}
}

function dateHeader(sim) {
	return new Date(Date.now() + sim.config.date_skew_seconds * 1000).toUTCString();
}

function serveBroker(request, req, limit) {
	if (!limit.allowed)
		return { status: 429, body: { code: 42910000, message: "rate limit exceeded" } };
	return keyRefusal(request, req) ?? route(BROKER, request);
}

// Crypto market data needs no key.
function keyRefusal({ sim, path }, req) {
	const { "apca-api-key-id": id, "apca-api-secret-key": secret } = req.headers;
	if (OPEN_PATH.test(path) || (id === sim.config.key_id && secret === sim.config.secret))
		return null;
	return DATA_PATH.test(path)
		? { status: 401, body: { message: "unauthorized" } }
		: { status: 401, body: { code: 40110000, message: "request is not authorized" } };
}

function route(table, request) {
	try {
		const hit = table.find(request.method, request.path);
		if (!hit)
			return { status: 404, body: { code: 40410000, message: "endpoint not found." } };
		const out = hit.row.serve({ ...request, params: hit.params });
		return hit.row.answers ? out : { status: 200, body: out };
	} catch (error) {
		if (error instanceof Refusal)
			return { status: error.status, body: error.body };
		// A control call that makes no sense; the broker's own paths throw Refusals only.
		return { status: table === CONTROL ? 400 : 500, body: { message: error.message } };
	}
}

function send(req, res, reply, headers) {
	const text = reply.text ?? (reply.body === undefined ? "" : stringify(reply.body));
	if (reply.half)
		res.socket?.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`);
	if (reply.half || reply.raw)
		return res.socket?.end(reply.raw ?? text.slice(0, text.length / 2), () => req.socket.destroy());
	if (reply.hang)
		return;
	if (reply.drop)
		return reply.rst ? req.socket.resetAndDestroy() : req.socket.destroy();
	if (reply.drip || reply.stall !== undefined)
		return trickle(res.socket, reply, head(reply, headers, text) + text);
	const type = text === "" ? {} : { "Content-Type": reply.type ?? "application/json; charset=UTF-8" };
	res.writeHead(reply.status, { ...type, ...(reply.status !== 204 && { "Content-Length": Buffer.byteLength(text) }), ...headers });
	res.end(text);
}

function head(reply, headers, text) {
	const lines = Object.entries({ "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...headers, Connection: "close" });
	return `HTTP/1.1 ${reply.status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

// Byte by byte, or one half, a pause, and the other half.
function trickle(socket, reply, text) {
	const cut = Math.floor(text.length / 2);
	const parts = reply.drip ? [...text] : [text.slice(0, cut), text.slice(cut)];
	const next = () => {
		if (!socket || socket.destroyed)
			return;
		if (parts.length === 0)
			return socket.end();
		socket.write(parts.shift());
		setTimeout(next, reply.drip ?? reply.stall).unref();
	};
	next();
}
