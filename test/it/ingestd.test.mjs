// ingestd for real: rows of market data and of the broker's calendar from the simulator, through faults and restarts.
//   node --test test/it/ingestd.test.mjs
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";

const STOCKS = "GET /v2/stocks/snapshots";
let stack;

// The documents' shortest interval, and room for what comes after it.
const POLL_MS = 5_000;
const PATIENCE_MS = 6 * POLL_MS;

function input(symbols, more = {}) {
	return { id: "watch", source: "alpaca", symbols, poll_interval_seconds: 5, ...more };
}

async function store(uid, config, { template = null, enabled = true } = {}) {
	await stack.sql.rows(`insert into users (firebase_uid) values (${quote(uid)}) on conflict do nothing`);
	await stack.sql.rows(`insert into user_trading_config (firebase_uid, template_name, config, enabled)
		values (${quote(uid)}, ${quote(template)}, ${quote(JSON.stringify(config))}, ${enabled})
		on conflict (firebase_uid) do update set config = excluded.config, enabled = excluded.enabled`);
}

const latest = (symbol, metric) => stack.sql.value(
	`select price::float8 from market_data_latest where symbol = ${quote(symbol)} and metric = ${quote(metric)}`);

const count = (what) => stack.sql.value(`select count(*) from ${what}`).then(Number);

// The symbols of every call that reached the host since entry `seq`.
async function asked(seq = 0) {
	const entries = await stack.sim.log({ kind: "request", after: seq });
	return entries.filter((e) => e.path === "/v2/stocks/snapshots")
		.map((e) => new URLSearchParams(e.query ?? e.url?.split("?")[1] ?? "").get("symbols"));
}

async function lastSeq() {
	const entries = await stack.sim.log();
	return entries.at(-1)?.seq ?? 0;
}

// A poll that began after this call has been stored, or has ended as `end` says. Keys that are read again bring one at
// once: nothing here waits for an interval, but where that is the point.
async function nextPoll(instance = "ingestd", end = /event=poll\.stored .*feed=iex/) {
	const program = stack.program(instance);
	const from = program.lines.length;
	program.signal("SIGHUP");
	return until(`a poll of ${instance} that ends in ${end}`, () => {
		const lines = program.lines.slice(from);
		const begun = lines.findIndex((line) => line.includes("event=credentials.read"));
		return begun >= 0 && lines.slice(begun).map((line) => end.exec(line)).find(Boolean);
	}, PATIENCE_MS);
}

// Not ready, for a reason that is named.
const missing = (instance, pattern) => until(`${instance} to miss ${pattern}`, async () => {
	const { status, body } = await stack.readiness(instance);
	return status === 503 && pattern.test(String(body));
}, PATIENCE_MS);

before(async () => {
	stack = new Stack({ name: "ingestd", daemons: [], binDir: process.env.BIN_DIR });
	await stack.start();
	await stack.sim.price("SPY", "492", { prev_close: "500" });
	await stack.sim.price("BTC/USD", "7259", { prev_close: "7412.2" });
	await store("anna", { data_inputs: [{ id: "primary_watchlist", poll_interval_seconds: 5 }] },
		{ template: "default_paper_watchlist" });
	await stack.startDaemon("ingestd");
	await stack.waitReady("ingestd");
});

after(() => stack?.stop());

describe("what a poll stores", () => {
	it("the last trade and the close before it", async () => {
		await until("SPY", async () => (await latest("SPY", "last_trade")) === "492", PATIENCE_MS);
		assert.equal(await latest("SPY", "prev_close"), "500");
		const [asOf, created, session, feed, raw] = await stack.sql.row(
			`select as_of, created_at, session, feed, raw->>'p' from market_data_snapshots
			where symbol = 'SPY' and metric = 'last_trade' order by id desc limit 1`);
		assert.ok(asOf <= created, "the exchange's time, not ours");
		assert.equal(session, "regular");
		assert.equal(feed, "iex");
		assert.equal(Number(raw), 492);
	});

	it("of the calendar and the clock", async () => {
		await until("the calendar", async () => (await count("market_calendar")) > 20);
		await until("the clock", async () => (await count("broker_clock")) === 1);
		assert.equal(await count("market_calendar where open >= close or pre_open > open or close > post_close"), 0);
		assert.ok(await count("market_calendar where date < clock_now()::date") >= 5);
	});

	it("the union in one call", async () => {
		assert.deepEqual([...new Set(await asked())], ["AAPL,MSFT,SPY"]);
	});

	// A minute that ends moves the daily bar's age, and nothing else.
	const NEWS = "market_data_snapshots where metric <> 'daily_bar'";

	it("nothing when nothing has changed", async () => {
		await nextPoll();
		const rows = await count(NEWS);
		await nextPoll();
		assert.equal(await count(NEWS), rows);
	});

	it("one batch when a price has changed, by itself after the interval", async () => {
		const batches = `(select distinct batch_id from ${NEWS}) b`;
		const before = await count(batches);
		await stack.sim.price("SPY", "491.5");
		await until("the new price", async () => (await latest("SPY", "last_trade")) === "491.5", PATIENCE_MS);
		assert.equal(await count(batches), before + 1);
		assert.equal(await latest("SPY", "prev_close"), "500");
	});

	it("when each input was fetched", async () => {
		await until("the input", async () =>
			(await count("ingest_inputs where firebase_uid = 'anna' and input_id = 'primary_watchlist'")) === 1);
	});
});

describe("what documents ask for", () => {
	it("crypto, by its own call, keeps UTC days", async () => {
		await store("bert", { version: 1, data_inputs: [input(["BTC/USD"], { asset_class: "crypto" })] });
		await until("BTC/USD", async () => (await latest("BTC/USD", "last_trade")) === "7259", PATIENCE_MS);
		assert.equal(await latest("BTC/USD", "prev_close"), "7412.2");
		assert.equal(await count(`market_data_latest where symbol = 'BTC/USD' and metric = 'prev_close'
			and session_date = (clock_now() at time zone 'UTC')::date - 1`), 1);
	});

	it("a symbol more is fetched soon, a switched-off user's is not fetched any more", async () => {
		await stack.sim.price("TSLA", "200", { prev_close: "199" });
		await store("carl", { version: 1, data_inputs: [input(["TSLA"])] });
		await until("TSLA", async () => (await latest("TSLA", "last_trade")) === "200", PATIENCE_MS);
		await store("carl", { version: 1, data_inputs: [input(["TSLA"])] }, { enabled: false });
		await until("the end of TSLA's gauge", async () => !/symbol="TSLA"/.test(await stack.metrics("ingestd")), PATIENCE_MS);
		await nextPoll(); // drops one that was begun before
		const seq = await lastSeq();
		await nextPoll();
		assert.deepEqual([...new Set(await asked(seq))], ["AAPL,MSFT,SPY"]);
	});

	it("a document that does not validate stops nobody else", async () => {
		await store("dora", { version: 1, rulez: [] });
		await stack.program("ingestd").waitLine(/event=config\.unusable .*uid=dora/);
		await nextPoll();
		await stack.waitReady("ingestd");
	});
});

// A fault is met by the next poll, whoever asks for it: the line is looked for from before the fault was set.
const metBy = (from, pattern, instance = "ingestd") => until(`a poll that meets ${pattern}`, () =>
	stack.program(instance).lines.slice(from).map((line) => pattern.exec(line)).find(Boolean), PATIENCE_MS);
const linesNow = (instance = "ingestd") => stack.program(instance).lines.length;

describe("what feeds may answer", () => {
	it("one bad symbol is left out, the others go on", async () => {
		const seq = await lastSeq();
		const from = linesNow();
		await stack.sim.fault(STOCKS, "status:400", { times: 1, message: "invalid symbol: MSFT" });
		stack.program("ingestd").signal("SIGHUP");
		await metBy(from, /event=symbol\.refused .*symbol=MSFT/);
		const refused = await lastSeq();
		await until("the others", async () => (await asked(seq)).includes("AAPL,SPY"), PATIENCE_MS);
		await nextPoll();
		assert.equal((await asked(refused)).filter((s) => s.includes("MSFT")).length, 0);
	});

	it("failures are logged, waited out and forgotten", async () => {
		const faults = [["status:500", "failed"], ["half_body", "failed"], ["garbage_200", "unreadable"],
			["status:403", "denied", { message: "forbidden" }], ["drop_before", "failed"]];
		for (const [kind, name, more] of faults) {
			const from = linesNow();
			await stack.sim.fault(STOCKS, kind, { times: -1, ...more });
			stack.program("ingestd").signal("SIGHUP");
			const [, seen] = await metBy(from, /event=poll\.failed .*kind=(\w+)/);
			assert.equal(seen, name, kind);
			await missing("ingestd", /^feed iex: /);
			await stack.sim.clearFaults();
			await metBy(from, /event=poll\.recovered/);
		}
		await stack.waitReady("ingestd");
	});

	it("each failure in a row doubles the wait", async () => {
		const from = linesNow();
		await stack.sim.fault(STOCKS, "status:500", { times: 3 });
		const waits = await until("three failures", () => {
			const found = stack.program("ingestd").lines.slice(from)
				.map((l) => /event=poll\.failed .*wait_ms=(\d+)/.exec(l)?.[1]).filter(Boolean);
			return found.length === 3 && found.map(Number);
		}, PATIENCE_MS);
		for (const [i, wait] of waits.entries())
			assert.ok(wait >= 500 * 2 ** i && wait <= 1000 * 2 ** i, `${waits}`);
	});

	it("without the broker's calendar its clock is read all the same", async () => {
		await stack.sim.fault("GET /v2/calendar", "status:500", { times: -1 });
		await stack.sql.rows("delete from broker_clock");
		await nextPoll();
		await until("the clock", async () => (await count("broker_clock")) === 1, PATIENCE_MS);
		await missing("ingestd", /^broker's calendar: /);
		const from = linesNow();
		await stack.sim.clearFaults();
		await metBy(from, /event=broker\.recovered/);
		await stack.waitReady("ingestd");
	});

	it("its metrics say so", async () => {
		const metrics = await stack.metrics("ingestd");
		assert.match(metrics, /hybridhub_ingest_rows_total\{metric="last_trade"\} [1-9]/);
		assert.match(metrics, /hybridhub_ingest_errors_total\{kind="bad_symbol"\} 1/);
		assert.match(metrics, /hybridhub_ingest_lag_seconds\{symbol="SPY"\} \d/);
	});
});

describe("its life", () => {
	it("a restart of Postgres delays it and no more", async () => {
		await stack.sql.close();
		await stack.cluster.script("kill");
		await missing("ingestd", /^database: /);
		await stack.sim.price("SPY", "470");
		await stack.cluster.restart();
		stack.sql = stack.cluster.session();
		await until("the price after the restart", async () => (await latest("SPY", "last_trade")) === "470", PATIENCE_MS);
		await stack.waitReady("ingestd");
	});

	it("of two one leads, and the other takes over", async () => {
		await stack.startDaemon("ingestd", { instance: "ingestd2" });
		await stack.waitReady("ingestd2");
		await stack.program("ingestd2").waitLine(/event=leader\.stands_by/);
		stack.program("ingestd2").signal("SIGHUP");
		await nextPoll();
		assert.ok(!/ingest_rows_total/.test(await stack.metrics("ingestd2")), "only one of them polls");
		assert.match(await stack.metrics("ingestd2"), /hybridhub_leading 0/);

		await stack.killDaemon("ingestd");
		await stack.sim.price("SPY", "460");
		await stack.program("ingestd2").waitLine(/event=leader\.gained/, PATIENCE_MS);
		await until("the heir's price", async () => (await latest("SPY", "last_trade")) === "460", PATIENCE_MS);
	});

	it("too many requests wait for the reset", async () => {
		const from = linesNow("ingestd2");
		await stack.sim.fault(STOCKS, "429", { times: 1 });
		stack.program("ingestd2").signal("SIGHUP");
		const [, at, wait] = await metBy(from, /^ts=(\S+) .*event=poll\.throttled .*wait_ms=(\d+)/, "ingestd2");
		assert.ok(Number(wait) <= 60_000, `until the minute is over, not ${wait} ms`);
		const seq = await lastSeq();
		stack.program("ingestd2").signal("SIGHUP");
		await sleep(1_000);
		const over = Date.parse(at) + Number(wait) - 50; // the two read the same clock, each in whole milliseconds
		const early = (await stack.sim.log({ kind: "request", after: seq })).filter((e) => e.path === "/v2/stocks/snapshots" && Date.parse(e.at) < over);
		assert.deepEqual(early, []);
		await stack.waitReady("ingestd2");
	});

	it("SIGTERM drains with 0", async () => {
		await stack.stopDaemon("ingestd2");
		assert.deepEqual(stack.program("ingestd2").exit, { code: 0, signal: null });
	});

	it("switched off it is up, ready and idle", async () => {
		const seq = await lastSeq();
		await stack.startDaemon("ingestd", { instance: "idle", env: { TRADING_ENABLED: "false", ALPACA_API_KEY_ID: "" } });
		await stack.waitReady("idle");
		assert.equal((await stack.readiness("idle")).body, "ready, idle: TRADING_ENABLED is false\n");
		await sleep(1_000);
		assert.deepEqual((await stack.sim.log({ kind: "request", after: seq })).length, 0);
		await stack.stopDaemon("idle");
	});

	it("without keys it is not ready and says why", async () => {
		await stack.startDaemon("ingestd", { instance: "keyless", env: { ALPACA_API_KEY_ID: "" } });
		await missing("keyless", /^ALPACA_API_KEY_ID is not set/);
		await stack.stopDaemon("keyless");
	});
});
