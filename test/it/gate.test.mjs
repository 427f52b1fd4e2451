// The live gate: every combination of what live trading needs, and exactly one sends. The program is a build of its own (BUILD=live)
// in which the name `localhost` is the live host; in the released ones all of loopback is paper, which is asserted here too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Approvals } from "./approvals.mjs";
import { Program } from "../lib/proc.mjs";
import { SimClient } from "../lib/simclient.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

const BOTH = [true, false];
const TOP = new URL("../../", import.meta.url).pathname;
const POST = "POST /v2/orders";

let stack;
let paperUrl;
let liveUrl;
let liveSim; // a broker account of its own
let stopOther;
let round = 0;

before(async () => {
	stack = new Stack({ name: "gate", daemons: [], binDir: "build/live/bin" });
	await stack.startGround();
	await new Approvals(stack).open();
	paperUrl = stack.sim.url;
	const other = new Program("alpacasim-live", [process.execPath, "test/alpacasim/main.mjs", "--listen", "127.0.0.1:0", "--always-open", "--log", `${stack.dir}/alpacasim-live.jsonl`], { cwd: TOP });
	const [url] = await other.waitLine(/^http:\/\/\S+$/, 30_000);
	liveSim = new SimClient(url);
	await liveSim.price("BTC/USD", "50000", { prev_close: "50000" });
	liveUrl = url.replace("127.0.0.1", "localhost");
	stopOther = () => other.stop();
});

after(async () => {
	await stopOther?.();
	await stack?.stop();
});

// A person for each {mode, own, account} with one approved order: the mode of the document in force, hard_limits of that person, and the
// account that was frozen when it was asked. Returns [{id, mode, own, account}].
async function stage() {
	round += 1;
	const made = [];
	for (const mode of ["live", "paper"])
		for (const own of BOTH)
			for (const account of ["live", "paper"]) {
				const uid = `g${round}-${mode}-${own}-${account}`;
				const config = JSON.stringify({ ...JSON.parse(new Approvals(stack).config(10)), mode });
				await stack.sql.rows(`insert into users values ('${uid}');
					insert into user_trading_config (firebase_uid, config, enabled) values ('${uid}', '${config}', true);
					insert into hard_limits (scope, firebase_uid, live_allowed) values ('user', '${uid}', ${own});
					insert into questions (firebase_uid, question_text, kind, status, answer, answered_by) values ('${uid}', 'Buy?', 'proposal', 'answered', 10, 'person');
					insert into trade_proposals (question_id, firebase_uid, rule_id, symbol, asset_class, side, order_type, notional_usd,
						time_in_force, price_asked, mode, broker_account, chain_id, attempt, max_staleness_seconds)
					select id, firebase_uid, 'dip', 'BTC/USD', 'crypto', 'buy', 'market', 10, 'gtc', 50000, '${account}', '${account}', id, 1, 86400
					from questions where firebase_uid = '${uid}'`);
				const id = await stack.sql.value(`select id from questions where firebase_uid = '${uid}'`);
				await stack.sql.rows(`select order_approve('${id}', clock_now(), 'test')`);
				made.push({ id, mode, own, account });
			}
	return made;
}

async function postedIds(sim) {
	const bodies = (await sim.requests(POST)).map(({ body }) => (typeof body === "string" ? JSON.parse(body) : body));
	return new Set(bodies.map(({ client_order_id }) => client_order_id));
}

test("a host that may not be used is refused at the start", { timeout: 60_000 }, async () => {
	const program = await stack.startDaemon("tradectl", { instance: "refused", env: { ALPACA_TRADING_BASE_URL: liveUrl, ALPACA_ALLOW_LIVE: "false" } });
	assert.deepEqual(await program.exited, { code: 78, signal: null });
});

test("64 combinations, one sends", { timeout: 240_000 }, async () => {
	const sends = [];
	let combinations = 16; // those of the live host without ALPACA_ALLOW_LIVE: nothing runs
	for (const [url, allow] of [[liveUrl, true], [paperUrl, true], [paperUrl, false]])
		for (const everybody of BOTH) {
			await stack.sql.rows(`update hard_limits set live_allowed = ${everybody} where scope = 'global'`);
			const orders = await stage();
			const served = url === liveUrl ? "live" : "paper";
			const instance = `tradectl-${round}`;
			await stack.startDaemon("tradectl", { instance, env: { ALPACA_TRADING_BASE_URL: url, ALPACA_ALLOW_LIVE: String(allow) } });
			await stack.waitReady(instance);
			const mine = orders.filter(({ account }) => account === served).map(({ id }) => `'${id}'`);
			await until("the orders of its account at an end", async () =>
				Number(await stack.sql.value(`select count(*) from trade_orders where id in (${mine}) and status in ('approved', 'reserved', 'submitting', 'unknown', 'accepted')`)) === 0, 60_000);
			await stack.stopDaemon(instance);
			const posted = await postedIds(url === liveUrl ? liveSim : stack.sim);
			for (const { id, mode, own, account } of orders) {
				combinations += 1;
				if (posted.has(`h1-${id.replaceAll("-", "")}`) && (account === "live" || url === liveUrl))
					sends.push({ url, allow, mode, everybody, own, account });
			}
			const halts = await stack.sql.rows("select scope, key, level, reason from trading_halts where level <> 'active'");
			assert.deepEqual(halts, []);
			const reasons = await stack.sql.rows(`select distinct reason from trade_orders where id in (${mine}) and status = 'blocked'`);
			assert.deepEqual(reasons.flat(), ["LIVE_NOT_ALLOWED"]);
			await stack.sql.rows(`update trade_orders set status = 'expired' where status = 'approved' and firebase_uid like 'g${round}-%'`);
		}
	assert.equal(combinations, 64);
	assert.deepEqual(sends, [{ url: liveUrl, allow: true, mode: "live", everybody: true, own: true, account: "live" }]);
});

test("in a released build loopback is paper by every name", { timeout: 60_000 }, async () => {
	stack.options.binDir = process.env.BIN_DIR ?? "build/bin";
	const program = await stack.startDaemon("tradectl", { instance: "released", env: { ALPACA_TRADING_BASE_URL: liveUrl, ALPACA_ALLOW_LIVE: "true" } });
	const [, account] = await program.waitLine(/event=tradectl\.started .*account=(\w+)/, 20_000);
	assert.equal(account, "paper");
	await stack.stopDaemon("released");
});
