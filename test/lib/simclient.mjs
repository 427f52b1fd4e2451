// The tests' hand on the simulator: its control API and its log.
import { call } from "./http.mjs";

export class SimClient {
	constructor(url) {
		this.url = url;
	}

	// A verb of test/alpacasim/control.mjs; a refusal is an exception.
	async do(verb, body = {}) {
		const { status, body: answer } = await call("POST", `${this.url}/sim/${verb}`, { body });
		if (status !== 200)
			throw new Error(`/sim/${verb}: ${status} ${JSON.stringify(answer)}`);
		return answer;
	}

	async read(path) {
		return (await call("GET", this.url + path)).body;
	}

	price(symbol, price, more = {}) {
		return this.do("price", { symbol, price, ...more });
	}

	clock(body) {
		return this.do("clock", body);
	}

	fault(on, kind, more = {}) {
		return this.do("fault", { on, do: kind, ...more });
	}

	async clearFaults() {
		await call("DELETE", `${this.url}/sim/fault`);
	}

	orders() {
		return this.read("/sim/orders");
	}

	// kind: request or order; after: only entries with a higher seq.
	log({ kind, after = 0 } = {}) {
		return this.read(`/sim/log?after=${after}${kind ? `&kind=${kind}` : ""}`);
	}

	// The requests that arrived for "POST /v2/orders", say.
	async requests(on) {
		const entries = await this.log({ kind: "request" });
		return entries.filter((e) => `${e.method} ${e.path}` === on);
	}
}
