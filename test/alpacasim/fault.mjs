// What can go wrong between a request and its reply, on demand. A fault is armed by POST /sim/fault:
//   {on: "POST /v2/orders", do: "accept_drop", times: 1, skip: 0, after_ms: 0, ...}
// `on` may end in *; times -1 stays armed (a storm); after_ms holds the reply back. README.md has the list.
import { REFUSALS } from "./faultword.mjs";

const HTML_504 = "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway Time-out</h1></body></html>";
const GATEWAY = { status: 504, text: HTML_504, type: "text/html" };
const DUPLICATE = REFUSALS.duplicate;
const LATE_MS = 45_000;
const FULL_PAGE = 500;

// A fault's function gets the fault, and serve(): what the broker would do and answer now. Those that never call it keep the
// request away from the broker's books.
const KINDS = {
	drop_before: () => ({ drop: true }),
	rst_before: () => ({ drop: true, rst: true }),
	hang_before: () => ({ hang: true }),
	status: (f) => ({ status: f.status, body: bodyOf(f, { code: f.code ?? f.status * 100000, message: "injected" }) }),
	refuse: (f) => ({ status: REFUSALS[f.of].status, body: bodyOf(f, REFUSALS[f.of].body) }),
	403: (f) => ({ status: 403, body: bodyOf(f, { code: 40310000, message: "insufficient buying power" }) }),
	422: (f) => ({ status: 422, body: bodyOf(f, { code: 42210000, message: "unprocessable" }) }),
	429: throttle,
	redirect: (f) => ({ status: Number(f.of ?? 307), body: {}, headers: { Location: f.to ?? "http://127.0.0.1:1/elsewhere" } }),
	null_200: () => ({ status: 200, text: "null" }),
	// The gateway gives up; the broker gets to it later all the same.
	late_504: (f, serve) => {
		setTimeout(serve, f.ms ?? LATE_MS).unref();
		return GATEWAY;
	},

	accept_drop: (f, serve) => ({ ...serve(), drop: true }),
	accept_rst: (f, serve) => ({ ...serve(), drop: true, rst: true }),
	accept_hang: (f, serve) => ({ ...serve(), hang: true }),
	accept_then_504: (f, serve) => (serve(), GATEWAY),
	accept_then_422: (f, serve) => (serve(), { status: 422, body: bodyOf(f, { code: 42210000, message: "unprocessable" }) }),
	// A copy of the request came first, and this is the answer to the other.
	duplicate_id: (f, serve) => (serve(), { status: DUPLICATE.status, body: bodyOf(f, DUPLICATE.body) }),
	// The first copy's answer; the second comes behind it.
	delivered_twice: (f, serve) => {
		const reply = serve();
		setTimeout(serve, f.ms ?? 0).unref();
		return reply;
	},
	delay_ms: (f, serve) => ({ ...serve(), delay: f.ms }),
	drip: (f, serve) => ({ ...serve(), drip: f.ms ?? 10 }),
	stall: (f, serve) => ({ ...serve(), stall: f.ms }),
	half_header: (f, serve) => ({ ...serve(), drop: true, raw: "HTTP/1.1 200 OK\r\nContent-Ty" }),
	half_body: (f, serve) => ({ ...serve(), drop: true, half: true }),
	garbage_200: (f, serve) => (serve(), { status: 200, text: '{"id": "half an ord' }),
	echo_differs: (f, serve) => {
		const reply = serve();
		return { ...reply, body: { ...reply.body, ...(f.change ?? (f.of ? DIFFERENT(f.of) : DIFFERENT("client_order_id"))) } };
	},
	// A list that begins again: its first full page comes for ever. Not so what shows the one symbol only.
	same_page: (f, serve) => {
		const reply = serve();
		if (reply.body.length >= FULL_PAGE)
			f.first ??= reply.body;
		return f.first && !reply.body.every((order) => order.symbol === f.symbol) ? { ...reply, body: f.first } : reply;
	},
	// An answer that would show this symbol cannot be given: one delisted symbol spoils the whole list.
	poisoned: (f, serve) => {
		const reply = serve();
		return shows(reply.body, f.symbol) ? { status: Number(f.of ?? 502), text: HTML_504, type: "text/html" } : reply;
	},
};

const OTHER = {
	client_order_id: "not-yours",
	id: "00000000-0000-4000-8000-00000000beef",
	symbol: "ETH/USD",
	side: "sell",
	notional: "10000",
	qty: "7",
	type: "limit",
	time_in_force: "ioc",
};
const DIFFERENT = (member) => ({ [member]: OTHER[member] });

function shows(body, symbol) {
	return [body ?? []].flat().some((order) => order.symbol === symbol || order.symbol === symbol.replace("/", ""));
}

function bodyOf(fault, fallback) {
	return { ...fallback, ...(fault.code && { code: fault.code }), ...(fault.message && { message: fault.message }), ...fault.extras };
}

// reset_in: seconds to the reset that the headers name; without it they say what the simulator's own limit says.
function throttle(fault) {
	const body = bodyOf(fault, { code: 42910000, message: "rate limit exceeded" });
	if (fault.reset_in === undefined)
		return { status: 429, body };
	const reset = Math.ceil(Date.now() / 1000 + fault.reset_in);
	return { status: 429, body, headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(reset) } };
}

// What a kind needs, and what of it is missing or wrong.
const NEEDS = {
	status: (f) => (f.status >= 200 && f.status <= 599 ? null : "status is missing"),
	refuse: (f) => (f.of in REFUSALS ? null : `no such refusal: ${f.of}`),
	redirect: (f) => ([301, 302, 303, 307, 308].includes(Number(f.of ?? 307)) ? null : `no redirect: ${f.of}`),
	echo_differs: (f) => (f.change || (f.of ?? "id") in OTHER ? null : `no such member: ${f.of}`),
	delay_ms: (f) => (f.ms >= 0 ? null : "ms is missing"),
	stall: (f) => (f.ms >= 0 ? null : "ms is missing"),
	same_page: (f) => (f.symbol ? null : "symbol is missing"),
	poisoned: (f) => (f.symbol ? null : "symbol is missing"),
};

export class Faults {
	constructor() {
		this.armed = [];
	}

	arm(spec) {
		// "status:504" is short for {do: "status", status: 504}, "refuse:short" for {do: "refuse", of: "short"}.
		const [kind, of] = String(spec.do).split(":");
		const fault = { times: 1, skip: 0, ...spec, do: kind, ...(of && (kind === "status" ? { status: Number(of) } : { of })) };
		if (!fault.on || !(fault.do in KINDS))
			throw new Error(`fault: no such kind: ${spec.do}`);
		const wrong = NEEDS[fault.do]?.(fault);
		if (wrong)
			throw new Error(`fault: ${wrong}`);
		this.armed.push(fault);
		return fault;
	}

	clear() {
		this.armed = [];
	}

	// The fault that this request runs into, used up by one; null: none.
	take(method, path) {
		for (const fault of this.armed) {
			if (!fits(fault.on, `${method} ${path}`))
				continue;
			if (fault.skip > 0) {
				fault.skip -= 1;
				continue;
			}
			if (fault.times > 0)
				fault.times -= 1;
			this.armed = this.armed.filter((f) => f.times !== 0);
			return fault;
		}
		return null;
	}
}

function fits(on, request) {
	return on.endsWith("*") ? request.startsWith(on.slice(0, -1)) : request === on;
}

// The reply as the client will (or will not) get it.
export function answerThrough(fault, serve) {
	if (!fault)
		return serve();
	const reply = KINDS[fault.do](fault, serve);
	return fault.after_ms ? { ...reply, delay: fault.after_ms } : reply;
}
