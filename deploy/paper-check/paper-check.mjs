// make paper-check: one small order on the user's own paper account, end to end through the real tradectl and a scratch
// Postgres. Open market: 1 USD of SPY. Closed: one share at a limit of 1 USD, which nobody sells for, and its cancel.
// Ends 0 when all went well or there are no keys (SKIP), 1 when not, 78 when asked to go anywhere but to paper.
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "../../test/lib/cluster.mjs";
import { freePort } from "../../test/lib/freeport.mjs";
import { Program, run } from "../../test/lib/proc.mjs";
import { quote } from "../../test/lib/psql.mjs";
import { until } from "../../test/lib/wait.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const UID = "paper-check";
const SYMBOL = "SPY";
const PRICE = "500"; // what the scratch market says; the broker fills at its own
const READY_MS = 60_000;
const END_MS = 90_000;
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];
const { ALPACA_API_KEY_ID: KEY, ALPACA_API_SECRET_KEY: SECRET } = process.env;
const BASE = process.env.ALPACA_TRADING_BASE_URL || "https://paper-api.alpaca.markets";
const BIN = process.env.BIN_DIR || "build/bin";

const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);

function isPaper(text) {
	try {
		const url = new URL(text);
		const bare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
		const paper = url.protocol === "https:" && url.hostname === "paper-api.alpaca.markets" && url.port === "";
		return bare && (paper || (LOOPBACK.includes(url.hostname) && /^https?:$/.test(url.protocol)));
	} catch {
		return false;
	}
}

// One call of ours beside tradectl's: {status, body}.
async function broker(method, path) {
	const response = await fetch(new URL(path, BASE), {
		method,
		headers: { "APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET },
		redirect: "error",
		signal: AbortSignal.timeout(15_000),
	});
	const text = await response.text();
	let body = null;
	try {
		body = text ? JSON.parse(text) : null;
	} catch {
		// a gateway's page
	}
	return { status: response.status, body };
}

async function ask(path, what) {
	const { status, body } = await broker("GET", path);
	if (status === 401 || status === 403)
		throw new Error(`the broker refuses the keys (${status}): are they of the paper account?`);
	if (status !== 200 || body === null)
		throw new Error(`${what}: the broker answers ${status}`);
	return body;
}

const CONFIG = {
	version: 1,
	mode: "paper",
	data_inputs: [{ id: "watch", source: "alpaca", symbols: [SYMBOL] }],
	rules: [{
		id: "check",
		type: "price_below",
		symbol: SYMBOL,
		price: 1000000,
		question_template: "One small order?",
		on_answer_match: { action: "propose_order", side: "buy", notional_usd: 1 },
	}],
	guardrails: { max_orders_per_day: 1, max_notional_usd_per_4h: 1 },
};

const TUNABLES = {
	approve_min: "7", skip_max: "-7", on_ambiguous: "skip", max_follow_ups: 0, max_drift_pct: "20", drift_side: "both",
	on_drift: "cancel", max_reasks: 0, undo_seconds: 0, cooldown_seconds: 0, after_skip: "cooldown", max_fires_per_day: 1,
	question_ttl_seconds: 600, close_buffer_seconds: 0, max_staleness_seconds: 3600,
};

// A person, a fresh price, and a session around now: the scratch database must let the order through, the broker knows better.
async function seed(sql) {
	await sql.rows(`insert into users (firebase_uid) values (${quote(UID)});
		insert into user_trading_config (firebase_uid, config, enabled) values (${quote(UID)}, ${quote(JSON.stringify(CONFIG))}, true);
		insert into market_data_latest (symbol, asset_class, feed, metric, snapshot_id, price, as_of)
		values ('${SYMBOL}', 'us_equity', 'iex', 'last_trade', 1, ${PRICE}, clock_now());
		with t as materialized (select clock_now() as n)
		insert into market_calendar (date, open, close, pre_open, post_close)
		select trading_date(n), n - interval '1 hour', n + interval '1 hour', n - interval '1 hour', n + interval '1 hour' from t`);
}

// Asked and answered with yes, as evald and apid would.
async function approve(sql, open) {
	const id = randomUUID();
	const now = Date.now();
	const size = open
		? { order_type: "market", notional_usd: "1", qty: null, limit_price: null }
		: { order_type: "limit", notional_usd: null, qty: "1", limit_price: "1" };
	const question = {
		id, firebase_uid: UID, kind: "proposal", rule_id: "check", symbol: SYMBOL, asset_class: "us_equity",
		as_of: new Date(now).toISOString(), chain_id: id, attempt: 1, question_text: "One small order?",
		source_tag: "trading:rule:check", pipeline_step: "check:await_confirm", created_at: new Date(now).toISOString(),
		expires_at: new Date(now + 600_000).toISOString(), config_version: 1, template_version: null, mode: "paper",
		broker_account: "paper", metadata: { facts: {}, evidence: [] },
		proposal: { side: "buy", time_in_force: "day", price_asked: PRICE, extended_hours: false, ...size, tunables: TUNABLES },
	};
	const batch = JSON.stringify({ max_queued: 5, asks: [question] });
	const [, asked] = await sql.row(`select question_id, outcome from eval_commit(${quote(batch)}::jsonb)`);
	if (asked !== "asked")
		throw new Error(`the question was not asked: ${asked}`);
	const answered = await asPerson(sql, `question_answer(${quote(id)}, 10, null)`);
	if (answered !== "ok")
		throw new Error(`the answer was not taken: ${answered}`);
	return id;
}

async function asPerson(sql, call) {
	await sql.rows("begin");
	await sql.rows(`set local hybridhub.uid = ${quote(UID)}`);
	const said = await sql.value(`select ${call}`);
	await sql.rows("commit");
	return said;
}

const MOVES = `select e.id, e.to_status, coalesce(m.sentence, ''), coalesce(e.reason, ''), coalesce(e.detail->>'message', '') from trade_order_events e
	left join trade_order_moves m on m.from_status is not distinct from e.from_status and m.to_status = e.to_status order by e.id`;
let told = 0;

async function tell(sql) {
	const moves = await sql.rows(MOVES);
	for (const [, to, sentence, reason, words] of moves.slice(told))
		say(`order is ${to}${[reason, words].filter(Boolean).map((text) => ` (${text})`).join("")}${sentence ? ` - ${sentence}` : ""}`);
	told = moves.length;
	return moves.at(-1)?.[1];
}

const ENDS = ["filled", "canceled", "expired", "rejected", "blocked", "quarantined", "unresolved"];

// Until the order stands in one of these states; a state from which it comes no more is an error.
async function reaches(sql, wanted) {
	let state;
	await until(`the order to be ${wanted.join(" or ")}`, async () => {
		state = await tell(sql);
		return wanted.includes(state) || ENDS.includes(state);
	}, END_MS, 250);
	if (!wanted.includes(state))
		throw new Error(`the order ended as ${state}`);
	return state;
}

async function order(sql, open) {
	const id = await approve(sql, open);
	const client = `h1-${id.replaceAll("-", "")}`;
	try {
		if (open) {
			await reaches(sql, ["filled"]);
		} else {
			await reaches(sql, ["accepted"]);
			say("asking for its cancel");
			await asPerson(sql, `order_cancel(${quote(id)})`);
			await reaches(sql, ["canceled"]);
		}
	} catch (error) {
		await clean(client);
		throw error;
	}
	const there = await ask(`/v2/orders:by_client_order_id?client_order_id=${client}`, "asking for the order by its id");
	const end = open ? "filled" : "canceled";
	if (there.client_order_id !== client || there.symbol !== SYMBOL || there.side !== "buy" || there.status !== end)
		throw new Error(`the broker shows ${there.symbol} ${there.side} ${there.status}, not our order ${end}`);
	const fill = open ? `: ${there.filled_qty} ${SYMBOL} at ${there.filled_avg_price}` : "";
	say(`the broker shows ${client} as ${there.status}${fill}`);
}

// What did not go as it should must not go on working at the broker.
async function clean(client) {
	const { status, body } = await broker("GET", `/v2/orders:by_client_order_id?client_order_id=${client}`).catch(() => ({ status: 0 }));
	if (status === 404 || (status === 200 && body?.filled_at))
		return;
	const canceled = status === 200 ? (await broker("DELETE", `/v2/orders/${body.id}`).catch(() => ({ status: 0 }))).status : 0;
	if (canceled !== 204)
		say(`look at ${client} in the account: it may be working still`);
}

async function startTradectl(dir, cluster) {
	const metrics = `127.0.0.1:${await freePort()}`;
	const program = new Program("tradectl", [join(TOP, BIN, "tradectl")], {
		env: {
			DATABASE_URL: cluster.url("hybridhub_tradectl"),
			TRADING_ENABLED: "true",
			ALPACA_API_KEY_ID: KEY,
			ALPACA_API_SECRET_KEY: SECRET,
			ALPACA_TRADING_BASE_URL: BASE,
			TRADECTL_STATE_DIR: join(dir, "state"),
			METRICS_LISTEN: metrics,
		},
		logFile: join(dir, "tradectl.log"),
		cwd: dir,
	});
	try {
		await until("tradectl to be ready", async () => {
			if (!program.alive)
				return true;
			const reply = await fetch(`http://${metrics}/readyz`);
			if (!reply.ok)
				throw new Error((await reply.text()).trim());
			return true;
		}, READY_MS, 100);
		if (!program.alive)
			throw new Error("tradectl ended");
		return program;
	} catch (error) {
		await program.stop();
		throw new Error(`${error.message}\n${program.tail(10)}`);
	}
}

async function check() {
	const account = await ask("/v2/account", "asking for the account");
	say(`the keys open account ..${String(account.account_number).slice(-4)}, ${account.status}`);
	const { is_open: open } = await ask("/v2/clock", "asking for the clock");
	say(open ? `the market is open: 1 USD of ${SYMBOL} at the market` : `the market is closed: one ${SYMBOL} at a limit of 1 USD, and its cancel`);

	mkdirSync(join(TOP, "build"), { recursive: true });
	const dir = mkdtempSync(join(TOP, "build", "paper-check-"));
	mkdirSync(join(dir, "state"), { mode: 0o700 });
	const cluster = new Cluster(join(dir, "pg"));
	const discard = () => {
		cluster.stopNow();
		cluster.discard();
		rmSync(dir, { recursive: true, force: true });
	};
	process.once("exit", discard);
	for (const signal of ["SIGINT", "SIGTERM"])
		process.once(signal, () => process.exit(130));
	say("a scratch Postgres");
	await cluster.start();
	await cluster.makeDatabase();
	await run("sql/migrate up", [join(TOP, "sql/migrate"), "up"], { env: { DATABASE_URL: cluster.url() } });
	const sql = cluster.session();
	await seed(sql);
	say("tradectl: reconciling with the account");
	const program = await startTradectl(dir, cluster);
	try {
		await order(sql, open);
	} catch (error) {
		throw new Error(`${error.message}\n${program.tail(15)}`);
	} finally {
		await program.stop();
		await sql.close();
	}
}

if (!isPaper(BASE)) {
	console.error(`paper-check: ALPACA_TRADING_BASE_URL is ${BASE}: only https://paper-api.alpaca.markets and loopback are allowed`);
	process.exit(78);
}
if (!KEY || !SECRET) {
	console.log("SKIP paper-check: ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY of a paper account are not set");
	process.exit(0);
}
try {
	await check();
	console.log("paper-check: one order went the whole way, and nothing is left working");
	process.exit(0);
} catch (error) {
	console.error(`paper-check failed: ${error.message}`);
	process.exit(1);
}
