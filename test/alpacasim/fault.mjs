// What can go wrong between a request and its reply, on demand. A fault is armed by POST /sim/fault:
//   {on: "POST /v2/orders", do: "accept_drop", times: 1, skip: 0, ...}
// `on` may end in *; times -1 stays armed. Kinds that begin with accept_, and those of AFTER, let the broker act first.

const HTML_504 = "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway Time-out</h1></body></html>";

// Nothing reaches the broker's books.
const BEFORE = {
	drop_before: () => ({ drop: true }),
	status: (f) => ({ status: f.status, body: bodyOf(f, { code: f.code ?? f.status * 100000, message: "injected" }) }),
	403: (f) => ({ status: 403, body: bodyOf(f, { code: 40310000, message: "insufficient buying power" }) }),
	422: (f) => ({ status: 422, body: bodyOf(f, { code: 42210000, message: "unprocessable" }) }),
	429: (f) => ({ status: 429, body: bodyOf(f, { code: 42910000, message: "rate limit exceeded" }) }),
};

// The broker has acted; this is what becomes of its reply.
const AFTER = {
	accept_drop: (f, reply) => ({ ...reply, drop: true }),
	accept_then_504: () => ({ status: 504, text: HTML_504, type: "text/html" }),
	accept_then_422: (f) => ({ status: 422, body: bodyOf(f, { code: 42210000, message: "unprocessable" }) }),
	delay_ms: (f, reply) => ({ ...reply, delay: f.ms }),
	half_header: (f, reply) => ({ ...reply, drop: true, raw: "HTTP/1.1 200 OK\r\nContent-Ty" }),
	half_body: (f, reply) => ({ ...reply, drop: true, half: true }),
	garbage_200: () => ({ status: 200, text: '{"id": "half an ord' }),
	echo_differs: (f, reply) => ({ ...reply, body: { ...reply.body, ...(f.change ?? { client_order_id: "not-yours" }) } }),
};

function bodyOf(fault, fallback) {
	return { ...fallback, ...(fault.code && { code: fault.code }), ...(fault.message && { message: fault.message }), ...fault.extras };
}

export class Faults {
	constructor() {
		this.armed = [];
	}

	arm(spec) {
		// "status:504" is short for {do: "status", status: 504}.
		const [kind, status] = String(spec.do).split(":");
		const fault = { times: 1, skip: 0, ...spec, do: kind, ...(status && { status: Number(status) }) };
		if (!fault.on || !(fault.do in BEFORE || fault.do in AFTER))
			throw new Error(`fault: no such kind: ${spec.do}`);
		if (fault.do === "status" && !(fault.status >= 200 && fault.status <= 599))
			throw new Error("fault: status is missing");
		if (fault.do === "delay_ms" && !(fault.ms >= 0))
			throw new Error("fault: ms is missing");
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

// The reply that stands in for the broker's, which then never sees the request; null where it does.
export function replyInstead(fault) {
	return fault && fault.do in BEFORE ? BEFORE[fault.do](fault) : null;
}

export function spoilReply(fault, reply) {
	return fault && fault.do in AFTER ? AFTER[fault.do](fault, reply) : reply;
}
