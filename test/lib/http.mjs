// HTTP with a token: JSON in, JSON out, a refusal is an answer and not an exception.

// {status, headers, body}; body is parsed where the answer says that it is JSON, else text. A string body is sent as it is.
export async function call(method, url, { token, body, headers = {}, timeoutMs = 10_000 } = {}) {
	const sent = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
	const response = await fetch(url, {
		method,
		headers: {
			...(token && { Authorization: `Bearer ${token}` }),
			...(sent !== undefined && { "Content-Type": "application/json" }),
			...headers,
		},
		body: sent,
		redirect: "manual",
		signal: AbortSignal.timeout(timeoutMs),
	});
	const text = await response.text();
	const json = /^application\/([\w.+-]+\+)?json\b/.test(response.headers.get("content-type") ?? "");
	return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text };
}

// One person's view of the API: get, put and post with that token.
export class Person {
	constructor(base, token) {
		this.base = base;
		this.token = token;
	}

	get(path, options) {
		return call("GET", this.base + path, { token: this.token, ...options });
	}

	post(path, body, options) {
		return call("POST", this.base + path, { token: this.token, body, ...options });
	}

	put(path, body, options) {
		return call("PUT", this.base + path, { token: this.token, body, ...options });
	}

	questions(status) {
		return this.get(`/v1/me/questions${status ? `?status=${status}` : ""}`);
	}

	answer(id, answer, shown) {
		return this.post(`/v1/me/questions/${id}/answer`, { answer, ...(shown !== undefined && { shown }) });
	}

	orders() {
		return this.get("/v1/me/trading/orders");
	}

	putConfig(override) {
		return this.put("/v1/me/trading/config", override);
	}
}
