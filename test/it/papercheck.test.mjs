// make paper-check against the simulator: an open market, a closed one, keys that are refused, and where it never goes.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { Program, run } from "../lib/proc.mjs";
import { SimClient } from "../lib/simclient.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const KEYS = { ALPACA_API_KEY_ID: SIM.key_id, ALPACA_API_SECRET_KEY: SIM.secret };
const RUN_MS = 120_000;

let dir;
const programs = [];

async function simulator(...more) {
	const program = new Program("alpacasim", [process.execPath, join(TOP, "test/alpacasim/main.mjs"), "--listen", "127.0.0.1:0", ...more]);
	programs.push(program);
	const [url] = await program.waitLine(/^http:\/\/\S+$/, 30_000);
	const sim = new SimClient(url);
	await sim.price("SPY", "500", { prev_close: "500" });
	return sim;
}

const check = (env) => run("paper-check", [process.execPath, join(TOP, "deploy/paper-check/paper-check.mjs")],
	{ env: { BIN_DIR: process.env.BIN_DIR ?? "build/bin", PG_FAST: "1", ...env }, check: false, cwd: dir });

before(() => {
	dir = mkdtempSync(join(TOP, "build", "papercheck-"));
});

after(async () => {
	await Promise.all(programs.map((program) => program.stop()));
	rmSync(dir, { recursive: true, force: true });
});

test("an open market: one market order of 1 USD, filled", { timeout: RUN_MS }, async () => {
	const sim = await simulator("--always-open");
	const { code, output } = await check({ ...KEYS, ALPACA_TRADING_BASE_URL: sim.url });
	assert.equal(code, 0, output);
	assert.match(output, /order is filled/);
	assert.match(output, /went the whole way/);
	const posts = await sim.requests("POST /v2/orders");
	assert.deepEqual(posts.map(({ body: { symbol, notional, type, side } }) => [symbol, Number(notional), type, side]), [["SPY", 1, "market", "buy"]]);
});

test("a closed market: one share at a limit of 1 USD, accepted and canceled", { timeout: RUN_MS }, async () => {
	const sim = await simulator();
	await sim.clock({ now: "2026-11-28T15:00:00Z", speed: 1 }); // a Saturday
	const { code, output } = await check({ ...KEYS, ALPACA_TRADING_BASE_URL: sim.url });
	assert.equal(code, 0, output);
	assert.match(output, /the market is closed/);
	const orders = await sim.orders();
	assert.deepEqual(orders.map(({ type, limit_price, qty, status }) => [type, Number(limit_price), Number(qty), status]), [["limit", 1, 1, "canceled"]]);
});

test("keys that are refused end it with a word about them, and no order", { timeout: RUN_MS }, async () => {
	const sim = await simulator("--always-open");
	const { code, output } = await check({ ALPACA_API_KEY_ID: "wrong", ALPACA_API_SECRET_KEY: "wrong", ALPACA_TRADING_BASE_URL: sim.url });
	assert.equal(code, 1);
	assert.match(output, /refuses the keys/);
	assert.deepEqual(await sim.requests("POST /v2/orders"), []);
});

test("anything but paper and loopback is refused with 78 before a byte is sent", async () => {
	for (const url of ["https://api.alpaca.markets", "https://paper-api.alpaca.markets.example.com", "http://paper-api.alpaca.markets",
		"https://paper-api.alpaca.markets:8443", "https://user@paper-api.alpaca.markets", "https://paper-api.alpaca.markets/v2", "paper"]) {
		const { code, output } = await check({ ...KEYS, ALPACA_TRADING_BASE_URL: url });
		assert.equal(code, 78, `${url}: ${output}`);
		assert.match(output, /only https:\/\/paper-api\.alpaca\.markets and loopback/);
	}
});

test("without keys one line says SKIP, and that is no failure", async () => {
	const script = await check({});
	const target = await run("make paper-check", ["make", "-s", "-C", TOP, "paper-check"], { check: false });
	for (const { code, output } of [script, target]) {
		assert.equal(code, 0, output);
		assert.match(output, /^SKIP paper-check: [^\n]*$/);
	}
});
