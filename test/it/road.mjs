// One stack for the tests of the whole road, and what they do again and again: a person, a dip, an answer, the order's end.
import assert from "node:assert/strict";
import { makePerson, retirePerson } from "../lib/person.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

export const TEXT = "SPY is down 1.6% vs yesterday. Swipe +10 to approve a small buy, -10 to skip.";
export const CLOSE = "500";
export const DIP = "492";

const WATCH = {
	version: 1,
	data_inputs: [{ id: "watch", source: "alpaca", symbols: ["SPY"], feed: "iex", poll_interval_seconds: 5 }],
};

export class Road {
	constructor(name, options = {}) {
		// HYBRIDHUB_BIN: build/asan/bin, say.
		this.stack = new Stack({ name, tickSeconds: 1, stream: true, binDir: process.env.HYBRIDHUB_BIN ?? "build/bin", ...options });
	}

	async start() {
		await this.stack.startGround();
		for (const [symbol, close] of [["SPY", CLOSE], ["AAPL", "231"], ["MSFT", "512"]])
			await this.stack.sim.price(symbol, close, { prev_close: close });
		// Somebody without rules keeps the prices coming, also while nobody else is there.
		await makePerson(this.sql, { name: "watcher", template: null, override: WATCH });
		await this.stack.startDaemons();
		return this;
	}

	get sql() {
		return this.stack.sql;
	}

	price(text) {
		return this.stack.sim.price("SPY", text);
	}

	// A fresh person while the market is calm.
	async person(more) {
		await this.price(CLOSE);
		await until("a calm market", async () => (await this.lastTrade()) === CLOSE, 15_000);
		return makePerson(this.sql, more);
	}

	lastTrade() {
		return this.sql.value("select trim_scale(price)::text from market_data_latest where symbol = 'SPY' and metric = 'last_trade'");
	}

	async dip() {
		await this.price(DIP);
	}

	question(uid, ms = 15_000) {
		return until(`a question for ${uid}`, async () => {
			const row = await this.sql.row(`select id, question_text, status, kind from questions where firebase_uid = '${uid}' and kind <> 'notice' order by created_at desc, id limit 1`);
			return row && { id: row[0], text: row[1], status: row[2], kind: row[3] };
		}, ms);
	}

	async count(table, uid) {
		return Number(await this.sql.value(`select count(*) from ${table} where firebase_uid = '${uid}'`));
	}

	orderStatus(id) {
		return this.sql.value(`select status from trade_orders where id = '${id}'`);
	}

	ends(id, status, ms = 20_000) {
		return until(`order ${id} ${status}`, async () => ((await this.orderStatus(id)) ?? "no order") === status || null, ms).catch(async (error) => {
			const history = await this.sql.rows(`select to_status, reason, detail from trade_order_events where order_id = '${id}' order by id`);
			throw new Error(`${error.message}\n${history.map((row) => row.join(" ")).join("\n")}\n${this.stack.program("tradectl").tail(15)}`);
		});
	}

	// What the broker received and holds under that order's id: the simulator's own log is the truth.
	async atBroker(id) {
		const client = `h1-${id.replaceAll("-", "")}`;
		const posts = (await this.stack.sim.requests("POST /v2/orders")).filter((entry) => JSON.stringify(entry.body).includes(client));
		const orders = (await this.stack.sim.orders()).filter((order) => order.client_order_id === client);
		return { posts: posts.length, orders: orders.length, order: orders[0], post: posts[0] };
	}

	async answer(uid, id, answer) {
		const reply = await this.stack.person(uid).answer(id, answer);
		assert.equal(reply.status, 200, JSON.stringify(reply.body));
		return reply.body;
	}

	async finish(uid) {
		await retirePerson(this.sql, uid);
	}
}
