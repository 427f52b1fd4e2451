// What must hold when all is quiet again. The broker's own log is the truth. Returns [{rule, what}].
const LIMITS = { money: { user: 30, account: 50 }, count: { user: 3, account: 5 } };

const AT_REST = ["accepted", "partially_filled", "filled", "canceled", "expired", "rejected", "blocked", "unresolved"];
const AT_BROKER = ["accepted", "partially_filled", "filled", "canceled", "expired", "rejected"];

export async function check(world) {
	const found = [];
	const violated = (rule, what) => found.push({ rule, what });
	const { database } = world;
	const orders = (await database.rows(`select id, client_order_id, alpaca_order_id, status, filled_qty from trade_orders`))
		.map(([id, client, broker, status, filled]) => ({ id, client, broker, status, filled: Number(filled) }));
	const orphans = new Set((await database.rows("select client_order_id from orphan_orders")).map(([id]) => id));

	duplicates(world, violated);
	overshoot(world, violated);
	for (const held of world.broker.log) {
		const order = orders.find(({ broker, client }) => broker === held.id && client === held.client_order_id)
			?? orders.find(({ broker }) => broker === held.id);
		if (!order ? !orphans.has(held.client_order_id) : !AT_BROKER.includes(order.status))
			violated("unknown_to_us", `${held.client_order_id} of ${held.question} is ${order?.status ?? "nowhere"} here`);
	}
	for (const { id, status, broker } of orders) {
		if (!AT_REST.includes(status))
			violated("no_rest", `${id} is ${status}`);
		if (broker !== null && !world.broker.log.some((held) => held.id === broker))
			violated("invented", `${id} has ${broker}, which the broker does not know`);
	}
	for (const id of world.acknowledged.keys())
		if (!orders.some((order) => order.id === id) && world.failovers === 0)
			violated("lost", `the yes to ${id} was acknowledged and made no order`);
	for (const [id, from, to, before] of await database.rows(`select order_id, from_status, to_status, before from (
			select e.*, lag(e.to_status) over (partition by order_id order by e.id) as before from trade_order_events e) e
			where from_status is distinct from before
				or not exists (select from trade_order_moves m where m.from_status is not distinct from e.from_status and m.to_status = e.to_status)`))
		violated("illegal_move", `${id}: ${from} -> ${to} behind ${before}`);
	return found;
}

function duplicates({ broker }, violated) {
	const seen = new Map();
	for (const { question } of broker.log)
		seen.set(question, (seen.get(question) ?? 0) + 1);
	for (const [question, count] of seen)
		if (count > 1)
			violated("duplicate", `${count} orders at the broker for ${question}`);
}

// At each order's birth at the broker: what then counted, it included.
function overshoot({ broker, byMoney }, violated) {
	const limits = byMoney ? LIMITS.money : LIMITS.count;
	for (const held of broker.log) {
		const until = broker.log.filter(({ at }) => at <= held.at);
		const sum = (list) => list.reduce((total, order) => total + (byMoney ? broker.counts(order, held.at) : 1), 0);
		const own = sum(until.filter(({ uid }) => uid === held.uid));
		if (own > limits.user)
			violated("over_user", `${held.uid}: ${own} of ${limits.user} with ${held.client_order_id}`);
		if (sum(until) > limits.account)
			violated("over_account", `${sum(until)} of ${limits.account} with ${held.client_order_id}`);
	}
}
