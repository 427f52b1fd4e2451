// The official npm client, pointed at the simulator: it must find its own model in what we answer.
import assert from "node:assert/strict";
import test from "node:test";
import { marketData, trading } from "@alpacahq/alpaca-trade-api";
import { until } from "../lib/wait.mjs";
import { withLab } from "./lab.mjs";

function apis(lab) {
	// The client leaves its deadline running after a 204, and that keeps this process alive.
	const timeoutMs = 1_000;
	const options = { basePath: lab.url, keyId: lab.sim.config.key_id, secret: lab.sim.config.secret, timeoutMs };
	const trade = new trading.Configuration(options);
	const data = new marketData.Configuration(options);
	return {
		orders: new trading.OrdersApi(trade),
		accounts: new trading.AccountsApi(trade),
		positions: new trading.PositionsApi(trade),
		clock: new trading.ClockApi(trade),
		calendar: new trading.CalendarApi(trade),
		assets: new trading.AssetsApi(trade),
		stocks: new marketData.StockApi(data),
		crypto: new marketData.CryptoApi(data),
	};
}

const NEW_ORDER = { symbol: "SPY", notional: "10", side: "buy", type: "market", timeInForce: "day", clientOrderId: "h1-sdk" };

test("official client: one order, from posted to filled, and its position", () =>
	withLab({}, async (lab) => {
		const { orders, positions, accounts } = apis(lab);
		const posted = await orders.postOrder({ postOrderRequest: NEW_ORDER });
		assert.equal(posted.status, "pending_new");
		assert.equal(posted.clientOrderId, "h1-sdk");
		const filled = await until("filled", async () => {
			const order = await orders.getOrderByClientOrderId({ clientOrderId: "h1-sdk" });
			return order.status === "filled" && order;
		});
		assert.deepEqual([filled.id, filled.filledQty, filled.filledAvgPrice, filled.notional], [posted.id, "0.02032479", "492.01", "10"]);
		assert.ok(filled.filledAt instanceof Date || typeof filled.filledAt === "string");
		const all = await orders.getAllOrders({ status: "all" });
		assert.deepEqual(all.map((o) => o.id), [posted.id]);
		const [position] = await positions.getAllOpenPositions();
		assert.deepEqual([position.symbol, position.qty], ["SPY", "0.02032479"]);
		const account = await accounts.getAccount();
		assert.deepEqual([account.status, account.cash], ["ACTIVE", "99990"]);
	}));

test("official client: a refusal keeps its status and its body", () =>
	withLab({}, async (lab) => {
		const { orders } = apis(lab);
		await orders.postOrder({ postOrderRequest: NEW_ORDER });
		await assert.rejects(orders.postOrder({ postOrderRequest: NEW_ORDER }), (error) => {
			assert.match(JSON.stringify(error, Object.getOwnPropertyNames(error)), /422/);
			assert.match(JSON.stringify(error, Object.getOwnPropertyNames(error)), /client_order_id must be unique/);
			return true;
		});
	}));

test("official client: a cancel", () =>
	withLab({}, async (lab) => {
		const { orders } = apis(lab);
		const limit = { ...NEW_ORDER, notional: undefined, qty: "1", type: "limit", limitPrice: "400" };
		const { id } = await orders.postOrder({ postOrderRequest: limit });
		await orders.deleteOrderByOrderID({ orderId: id });
		await lab.orderWhen(id, "canceled");
	}));

test("official client: stock snapshots, bars and latest trades", () =>
	withLab({ alwaysOpen: false, empty: true }, async (lab) => {
		await lab.hand.clock({ now: "2026-10-08T15:00:10Z" });
		await lab.hand.price("SPY", "492", { prev_close: "500" });
		await lab.hand.clock({ now: "2026-10-08T15:01:10Z" });
		const { stocks } = apis(lab);
		const snapshots = await stocks.stockSnapshots({ symbols: "SPY", feed: "iex" });
		assert.deepEqual([snapshots.SPY.latestTrade.p, snapshots.SPY.minuteBar.c, snapshots.SPY.prevDailyBar.c], [492, 492, 500]);
		const trades = await stocks.stockLatestTrades({ symbols: "SPY", feed: "iex" });
		assert.equal(trades.trades.SPY.p, 492);
		const bars = await stocks.stockBars({ symbols: "SPY", timeframe: "1Day", start: new Date("2026-10-01T04:00:00Z"), feed: "iex" });
		assert.deepEqual(bars.bars.SPY.map((bar) => bar.c), [500, 492]);
	}));

test("official client: crypto snapshots", () =>
	withLab({ empty: true }, async (lab) => {
		await lab.hand.price("BTC/USD", "6685.02", { prev_close: "6900" });
		const { snapshots } = await apis(lab).crypto.cryptoSnapshots({ loc: "us", symbols: "BTC/USD" });
		assert.deepEqual([snapshots["BTC/USD"].latestTrade.p, snapshots["BTC/USD"].prevDailyBar.c], [6685.02, 6900]);
	}));

test("official client: clock, calendar and assets", () =>
	withLab({ alwaysOpen: false }, async (lab) => {
		await lab.hand.clock({ now: "2026-11-27T15:00:00Z" });
		const { clock, calendar, assets } = apis(lab);
		const now = await clock.legacyClock();
		assert.equal(now.isOpen, true);
		assert.equal(new Date(now.nextClose).toISOString(), "2026-11-27T18:00:00.000Z");
		const [day] = await calendar.legacyCalendar({ start: new Date("2026-11-27"), end: new Date("2026-11-27") });
		assert.deepEqual([day.open, day.close], ["09:30", "13:00"]);
		const asset = await assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: "SPY" });
		assert.deepEqual([asset.symbol, asset.tradable, asset.fractionable], ["SPY", true, true]);
	}));
