// POST /v2/orders and what becomes of an order, as the real paper broker does it (facts: recorded error bodies).
import assert from "node:assert/strict";
import test from "node:test";
import { sleep, until } from "../lib/wait.mjs";
import { marketOrder, withLab } from "./lab.mjs";

const OPEN = "2026-10-08T15:00:00Z";
const CLOSED = "2026-10-08T22:00:00Z";

const REFUSED = [
	["neither size", { notional: undefined }, 422, 40010001, "qty or notional is required"],
	["both sizes", { qty: "1" }, 422, 40010001, "only one of qty or notional is accepted"],
	["three decimals", { notional: "10.001" }, 422, 42210000, "notional value must be limited to 2 decimal places"],
	["under a dollar", { notional: "0.99" }, 403, 40310000, "cost basis must be >= minimal amount of order 1"],
	["a fraction under a dollar", { notional: undefined, qty: "0.001" }, 403, 40310000, "cost basis must be >= minimal amount of order 1"],
	["notional gtc", { time_in_force: "gtc" }, 422, 42210000, "fractional orders must be DAY orders"],
	["no time in force", { time_in_force: undefined }, 422, 40010001, "invalid time_in_force"],
	["no side", { side: undefined }, 422, 40010001, "invalid side"],
	["zero", { notional: "0" }, 422, 40010001, "invalid notional"],
	["no number", { notional: "ten" }, 422, 40010001, "invalid notional"],
	["limit without a price", { type: "limit" }, 422, 42210000, "limit orders require limit price"],
	[
		"sub-penny limit",
		{ type: "limit", notional: undefined, qty: "1", limit_price: "290.123" },
		422,
		42210000,
		"invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria",
	],
	["market order with a limit price", { limit_price: "490" }, 422, 42210000, "market orders must not have limit or stop price"],
	["extended hours market", { extended_hours: true }, 422, 42210000, "extended hours order must be DAY or GTC limit orders"],
	["unknown symbol", { symbol: "ZZZ" }, 422, 42210000, 'asset "ZZZ" not found'],
	["more than the buying power", { notional: "500000" }, 403, 40310000, "insufficient buying power"],
	["a sale of nothing", { side: "sell" }, 403, 40310000, "account is not allowed to short"],
	["an id of 129", { client_order_id: "x".repeat(129) }, 422, 40010001, "client_order_id must be no more than 128 characters"],
	["crypto for the day", { symbol: "BTC/USD" }, 422, 42210000, "invalid crypto time_in_force"],
	[
		"crypto under ten dollars",
		{ symbol: "BTC/USD", time_in_force: "gtc", notional: "9.99" },
		403,
		40310000,
		"cost basis must be >= minimal amount of order 10",
	],
];

for (const [name, change, status, code, message] of REFUSED)
	test(`order refused: ${name}`, () =>
		withLab({}, async (lab) => {
			const answer = await lab.order(change);
			assert.equal(answer.status, status);
			assert.equal(answer.body.code, code);
			assert.equal(answer.body.message, message);
			assert.deepEqual(await lab.hand.orders(), []);
		}));

const TAKEN = [
	["a numeric notional", { notional: 10 }],
	["two decimals", { notional: "10.25" }],
	["one dollar", { notional: "1" }],
	["whole shares gtc", { notional: undefined, qty: "1", time_in_force: "gtc" }],
	["four decimals under a dollar", { notional: undefined, qty: "1", type: "limit", limit_price: "0.1234" }],
	["an id of 128", { client_order_id: "x".repeat(128) }],
];

for (const [name, change] of TAKEN)
	test(`order taken: ${name}`, () => withLab({}, async (lab) => assert.equal((await lab.order(change)).status, 200)));

test("order: a body that is no JSON is 400", () =>
	withLab({}, async (lab) => {
		const answer = await lab.request("POST", "/v2/orders", "{not json");
		assert.equal(answer.status, 400);
		assert.equal(answer.body.code, 40010000);
	}));

test("order: wrong keys are 401 and make no order", () =>
	withLab({}, async (lab) => {
		const answer = await lab.request("POST", "/v2/orders", marketOrder(), { "APCA-API-SECRET-KEY": "wrong" });
		assert.equal(answer.status, 401);
		assert.deepEqual(answer.body, { code: 40110000, message: "request is not authorized" });
		assert.deepEqual(await lab.hand.orders(), []);
	}));

test("order: the reply is the recorded object, pending_new, decimals as strings", () =>
	withLab({}, async (lab) => {
		const { body, headers } = await lab.order({ client_order_id: "h1-abc" });
		assert.deepEqual(Object.keys(body), [
			...["id", "client_order_id", "created_at", "updated_at", "submitted_at", "filled_at", "expired_at", "expires_at"],
			...["canceled_at", "failed_at", "replaced_at", "replaced_by", "replaces", "asset_id", "symbol", "asset_class"],
			...["notional", "qty", "filled_qty", "filled_avg_price", "order_class", "order_type", "type", "side"],
			...["position_intent", "time_in_force", "limit_price", "stop_price", "status", "extended_hours", "legs"],
			...["trail_percent", "trail_price", "hwm", "subtag", "source"],
		]);
		assert.equal(body.status, "pending_new");
		assert.equal(body.client_order_id, "h1-abc");
		assert.deepEqual([body.notional, body.qty, body.filled_qty, body.filled_avg_price], ["10", null, "0", null]);
		assert.ok(headers.get("x-request-id"));
		assert.equal(headers.get("x-ratelimit-limit"), "10000");
		assert.ok(Math.abs(Date.parse(headers.get("date")) - Date.now()) < 5_000);
	}));

test("order: a notional fills exactly, in the steps pending_new, new, fill", () =>
	withLab({}, async (lab) => {
		const { body } = await lab.order();
		const filled = await lab.orderWhen(body.id, "filled");
		assert.equal(filled.filled_qty, "0.02032479");
		assert.equal(filled.filled_avg_price, "492.01");
		assert.equal(filled.qty, null);
		const events = await lab.hand.log({ kind: "order" });
		assert.deepEqual(events.map((e) => e.event), ["pending_new", "new", "fill"]);
		const [position] = await lab.body("/v2/positions");
		assert.deepEqual(
			[position.symbol, position.qty, position.avg_entry_price, position.cost_basis],
			["SPY", "0.02032479", "492.01", "9.999999927"],
		);
	}));

test("order: an id is unique for ever, also after the fill", () =>
	withLab({}, async (lab) => {
		const { body } = await lab.order({ client_order_id: "once" });
		await lab.orderWhen(body.id, "filled");
		const again = await lab.order({ client_order_id: "once" });
		assert.equal(again.status, 422);
		assert.deepEqual(again.body, { code: 40010001, message: "client_order_id must be unique" });
		assert.equal((await lab.hand.orders()).length, 1);
	}));

test("order: found by both ids, 404 otherwise", () =>
	withLab({}, async (lab) => {
		const { body } = await lab.order({ client_order_id: "a:b/c d" });
		const byClient = await lab.get(`/v2/orders:by_client_order_id?client_order_id=${encodeURIComponent("a:b/c d")}`);
		assert.equal(byClient.body.id, body.id);
		for (const path of ["/v2/orders:by_client_order_id?client_order_id=none", "/v2/orders/none"]) {
			const missing = await lab.get(path);
			assert.equal(missing.status, 404);
			assert.deepEqual(missing.body, { code: 40410000, message: "order not found" });
		}
	}));

test("order: a haircut leaves a part of the notional unspent", () =>
	withLab({ config: { notional_haircut: "0.002", spread: "0" } }, async (lab) => {
		const { body } = await lab.order();
		assert.equal((await lab.orderWhen(body.id, "filled")).filled_qty, "0.020284552");
	}));

test("order: partial fills follow the plan and add up exactly", () =>
	withLab({ config: { fill_plan: ["0.25", "0.25", "1"] } }, async (lab) => {
		const { body } = await lab.order({ notional: undefined, qty: "3" });
		const filled = await lab.orderWhen(body.id, "filled");
		assert.equal(filled.filled_qty, "3");
		const fills = (await lab.hand.log({ kind: "order" })).filter((e) => e.execution);
		assert.deepEqual(
			fills.map((e) => [e.event, e.execution.qty, e.order.filled_qty]),
			[["partial_fill", "0.75", "0.75"], ["partial_fill", "0.75", "1.5"], ["fill", "1.5", "3"]],
		);
		assert.equal((await lab.body("/v2/account/activities/FILL")).length, 3);
	}));

test("order: what the plan holds back waits for a fill by hand", () =>
	withLab({ config: { fill_plan: ["0.5", "hold"] } }, async (lab) => {
		const { body } = await lab.order({ notional: undefined, qty: "2" });
		await lab.orderWhen(body.id, "partially_filled");
		await sleep(30);
		assert.equal((await lab.body(`/v2/orders/${body.id}`)).filled_qty, "1");
		const done = await lab.hand.do("fill", { order: body.id, price: "490" });
		assert.deepEqual([done.status, done.filled_qty, done.filled_avg_price], ["filled", "2", "491.005"]);
	}));

test("order: a closed market accepts, and routes at the open", () =>
	withLab({ alwaysOpen: false }, async (lab) => {
		await lab.hand.clock({ now: CLOSED });
		const { body } = await lab.order();
		assert.equal(body.status, "accepted");
		await sleep(30);
		assert.equal((await lab.body(`/v2/orders/${body.id}`)).status, "accepted");
		await lab.hand.clock({ now: "2026-10-09T13:30:00Z" });
		await lab.orderWhen(body.id, "filled");
	}));

test("order: a day order that nothing fills expires at the close", () =>
	withLab({ alwaysOpen: false }, async (lab) => {
		await lab.hand.clock({ now: OPEN });
		const { body } = await lab.order({ notional: undefined, qty: "1", type: "limit", limit_price: "400" });
		assert.equal(body.expires_at, "2026-10-08T20:00:00Z");
		await lab.orderWhen(body.id, "new");
		await lab.hand.clock({ now: "2026-10-08T20:00:00Z" });
		assert.ok((await lab.orderWhen(body.id, "expired")).expired_at);
	}));

test("order: a limit waits for its price, ioc does not", () =>
	withLab({}, async (lab) => {
		const limit = { notional: undefined, qty: "1", type: "limit", limit_price: "480" };
		const waiting = (await lab.order(limit)).body;
		const fleeting = (await lab.order({ ...limit, time_in_force: "ioc" })).body;
		await lab.orderWhen(fleeting.id, "canceled");
		await lab.orderWhen(waiting.id, "new");
		await lab.hand.price("SPY", "479");
		assert.equal((await lab.orderWhen(waiting.id, "filled")).filled_avg_price, "479.01");
	}));

test("order: DELETE is 204, then pending_cancel, then canceled; a filled order is 422", () =>
	withLab({ config: { cancel_delay_ms: 30 } }, async (lab) => {
		const { body } = await lab.order({ notional: undefined, qty: "1", type: "limit", limit_price: "400" });
		await lab.orderWhen(body.id, "new");
		const gone = await lab.request("DELETE", `/v2/orders/${body.id}`);
		assert.deepEqual([gone.status, gone.body], [204, ""]);
		assert.equal((await lab.body(`/v2/orders/${body.id}`)).status, "pending_cancel");
		await lab.orderWhen(body.id, "canceled");
		assert.equal((await lab.request("DELETE", `/v2/orders/${body.id}`)).status, 204);
		const filled = (await lab.order()).body;
		await lab.orderWhen(filled.id, "filled");
		const late = await lab.request("DELETE", `/v2/orders/${filled.id}`);
		assert.equal(late.status, 422);
		assert.deepEqual(late.body, { code: 42210000, message: 'order is already in "filled" state' });
	}));

test("order: a cancel that is pending can still fill", () =>
	withLab({ config: { cancel_delay_ms: 60 } }, async (lab) => {
		const { body } = await lab.order({ notional: undefined, qty: "1", type: "limit", limit_price: "480" });
		await lab.orderWhen(body.id, "new");
		await lab.request("DELETE", `/v2/orders/${body.id}`);
		await lab.hand.price("SPY", "470");
		await lab.orderWhen(body.id, "filled");
		await sleep(80);
		assert.equal((await lab.body(`/v2/orders/${body.id}`)).status, "filled");
	}));

test("order: a sale takes the shares and no more than there are", () =>
	withLab({}, async (lab) => {
		await lab.hand.do("account", { positions: [{ symbol: "SPY", qty: "1.5", cost: "700" }] });
		const tooMany = await lab.order({ side: "sell", notional: undefined, qty: "1.6" });
		assert.equal(tooMany.status, 403);
		assert.deepEqual(tooMany.body, {
			code: 40310000,
			message: "insufficient qty available for order (requested: 1.6, available: 1.5)",
			available: "1.5",
			existing_qty: "1.5",
			held_for_orders: "0",
			symbol: "SPY",
		});
		const all = await lab.order({ side: "sell", notional: undefined, qty: "1.5" });
		await lab.orderWhen(all.body.id, "filled");
		assert.deepEqual(await lab.body("/v2/positions"), []);
		assert.equal((await lab.body("/v2/account")).cash, "100737.98");
		assert.equal((await lab.get("/v2/positions/SPY")).status, 404);
	}));

test("order: the opposite side of an open order is a wash trade", () =>
	withLab({}, async (lab) => {
		await lab.hand.do("account", { positions: [{ symbol: "SPY", qty: "1", cost: "500" }] });
		const sell = (await lab.order({ side: "sell", notional: undefined, qty: "1", type: "limit", limit_price: "600" })).body;
		const buy = await lab.order();
		assert.equal(buy.status, 403);
		assert.equal(buy.body.message, "potential wash trade detected. use complex orders");
		assert.equal(buy.body.existing_order_id, sell.id);
	}));

test("order: crypto fills when stocks are closed, and its position has no slash", () =>
	withLab({ alwaysOpen: false }, async (lab) => {
		await lab.hand.clock({ now: "2026-10-10T03:00:00Z" });
		await lab.hand.price("BTC/USD", "60000");
		const { body } = await lab.order({ symbol: "BTC/USD", time_in_force: "gtc" });
		assert.equal((await lab.orderWhen(body.id, "filled")).symbol, "BTC/USD");
		assert.equal((await lab.body("/v2/positions"))[0].symbol, "BTCUSD");
	}));

test("order: lists are open, newest first, unless asked otherwise", () =>
	withLab({}, async (lab) => {
		const limit = { notional: undefined, qty: "1", type: "limit", limit_price: "400" };
		const ids = [];
		for (let n = 0; n < 3; n++)
			ids.push((await lab.order(limit)).body.id);
		const filled = (await lab.order()).body;
		await lab.orderWhen(filled.id, "filled");
		const list = async (query) => (await lab.body(`/v2/orders?${query}`)).map((o) => o.id);
		assert.deepEqual(await list(""), [...ids].reverse());
		assert.deepEqual(await list("direction=asc&limit=2"), ids.slice(0, 2));
		assert.deepEqual(await list("status=closed"), [filled.id]);
		assert.equal((await list("status=all")).length, 4);
		assert.deepEqual(await list("status=all&symbols=AAPL"), []);
		const second = (await lab.body(`/v2/orders/${ids[1]}`)).created_at;
		assert.equal((await list(`status=open&after=${second}`)).includes(ids[1]), false);
		assert.equal((await lab.get("/v2/orders?limit=501")).status, 422);
	}));

test("order: the exchange's late rejection is announced", () =>
	withLab({ config: { fill_plan: ["hold"] } }, async (lab) => {
		const { body } = await lab.order();
		await lab.orderWhen(body.id, "new");
		assert.ok((await lab.hand.do("end", { order: body.id, status: "rejected" })).failed_at);
		assert.equal((await lab.hand.log({ kind: "order" })).at(-1).event, "rejected");
	}));

test("order: a user who suspended trading is refused by that name", () =>
	withLab({ config: { trade_suspended_by_user: true } }, async (lab) => {
		const answer = await lab.order();
		assert.equal(answer.status, 403);
		assert.equal(answer.body.message, "new orders are rejected by user request");
		await until("the account says so", async () => (await lab.body("/v2/account")).trade_suspended_by_user === true);
	}));
