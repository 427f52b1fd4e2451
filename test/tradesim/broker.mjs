// The broker of the model. Its book and its log are the truth that the checker reads. It takes requests that a network has
// lost, kept back or doubled; refuses an id that it has seen (unless `reuse`); and fills, cancels or leaves orders as paper does.
export const PRICE = 50_000;
const FINAL = ["filled", "canceled", "rejected"];

export class Broker {
	constructor(world) {
		this.world = world;
		this.orders = new Map(); // by client_order_id
		this.log = []; // every order that came to be
		this.refused = new Set(); // questions that it refuses, as often as it is asked
	}

	// A POST as it arrives. Returns {status, order}.
	post(request) {
		const { random, faults } = this.world;
		if (this.refused.has(request.question))
			return { status: 403 };
		if (random.chance(faults.throttled))
			return { status: 429 };
		if (this.orders.has(request.client_order_id))
			return { status: 422 };
		if (!this.seen?.has(request.question) && random.chance(faults.refused)) {
			this.refused.add(request.question);
			return { status: 403 };
		}
		(this.seen ??= new Set()).add(request.question);
		const order = this.take(request);
		return random.chance(faults.lies) ? { status: 422 } : { status: 200, order: this.view(order) };
	}

	take({ client_order_id, question, uid, notional }) {
		const { random } = this.world;
		const order = {
			id: `b-${this.log.length + 1}`,
			client_order_id,
			question,
			uid,
			notional,
			at: this.world.now,
			status: "new",
			filled: 0,
			endedAt: Infinity,
		};
		this.orders.set(client_order_id, order);
		this.log.push(order);
		const end = random.of({ rest: 0.03, cancel: 0.1, part: 0.1 }, "fill");
		if (end === "part")
			this.world.after(random.between(200, 5_000), () => this.fill(order, 0.4, "partially_filled"));
		if (end !== "rest")
			this.world.after(random.between(500, 15_000), () => {
				if (end === "cancel" || (end === "part" && random.chance(0.5)))
					this.end(order, "canceled");
				else
					this.fill(order, 1, "filled");
			});
		return order;
	}

	// What has ended does not fill any more.
	fill(order, share, status) {
		if (FINAL.includes(order.status))
			return;
		order.filled = share;
		order.status = status;
		if (status === "filled")
			this.end(order, status);
	}

	end(order, status) {
		order.status = status;
		order.endedAt = this.world.now;
	}

	// As GET shows it.
	view(order) {
		const { id, client_order_id, status, filled, notional, at } = order;
		return {
			id,
			client_order_id,
			status,
			symbol: "BTC/USD",
			asset_class: "crypto",
			side: "buy",
			type: "market",
			time_in_force: "gtc",
			notional: String(notional),
			filled_qty: ((filled * notional) / PRICE).toFixed(9),
			filled_avg_price: filled > 0 ? String(PRICE) : null,
			submitted_at: this.world.time(at),
			created_at: this.world.time(at),
			filled_at: status === "filled" ? this.world.time(order.endedAt) : null,
		};
	}

	get(client_order_id) {
		const order = this.orders.get(client_order_id);
		return order ? { status: 200, order: this.view(order) } : { status: 404 };
	}

	list() {
		return { status: 200, orders: this.log.map((order) => this.view(order)) };
	}

	// What an order counts at a time: all of it while it is open and for two minutes longer, then what was filled.
	counts(order, at) {
		return FINAL.includes(order.status) && order.endedAt <= at - 120_000 ? order.notional * order.filled : order.notional;
	}
}
