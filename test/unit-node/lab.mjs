// A simulator in this process, on a free port, for one test.
import { makeServer } from "../alpacasim/server.mjs";
import { Sim } from "../alpacasim/sim.mjs";
import { call } from "../lib/http.mjs";
import { SimClient } from "../lib/simclient.mjs";
import { until } from "../lib/wait.mjs";

export class Lab {
	constructor(sim, server) {
		this.sim = sim;
		this.server = server;
		this.url = `http://127.0.0.1:${server.address().port}`;
		this.hand = new SimClient(this.url);
		this.keys = {
			"APCA-API-KEY-ID": sim.config.key_id,
			"APCA-API-SECRET-KEY": sim.config.secret,
		};
	}

	request(method, path, body, headers = {}) {
		return call(method, this.url + path, { body, headers: { ...this.keys, ...headers } });
	}

	get(path) {
		return this.request("GET", path);
	}

	async body(path) {
		return (await this.get(path)).body;
	}

	// A market order of 10 USD of SPY, unless told otherwise.
	order(more = {}) {
		return this.request("POST", "/v2/orders", marketOrder(more));
	}

	orderWhen(id, status) {
		return until(`order ${status}`, async () => {
			const { body } = await this.get(`/v2/orders/${id}`);
			return body.status === status && body;
		});
	}
}

// undefined takes a member away.
export function marketOrder(more = {}) {
	return { symbol: "SPY", side: "buy", type: "market", time_in_force: "day", notional: "10", ...more };
}

// Gives the lab to use() and takes it away afterwards. Open around the clock and SPY at 492 (500 yesterday), if not told
// otherwise.
export async function withLab(options, use) {
	const sim = new Sim({ alwaysOpen: true, ...options });
	const server = makeServer(sim);
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const lab = new Lab(sim, server);
	try {
		if (options.empty !== true)
			await lab.hand.price("SPY", "492", { prev_close: "500" });
		await use(lab);
	} finally {
		sim.stop();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
}
