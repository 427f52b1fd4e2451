// How long from the commit of an answer to the broker's receipt of the POST, beside what graphile-worker needs from the commit of an
// added job to the start of its task, on the same Postgres in the same run; what each commit and the handshakes cost; and how many
// claims a second, without and with another session that holds a snapshot all the time.
// Postgres waits for its disk, as it does where orders are real.
//   make bench [ORDERS=200] [CLAIMS=1000] [FSYNC=off]
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";
import pg from "pg";
import { Approvals } from "../it/approvals.mjs";
import { Program } from "../lib/proc.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

const ORDERS = Number(process.env.ORDERS ?? 200);
const CLAIMS = Number(process.env.CLAIMS ?? 1000);
const WARM = 20;
const ROUNDS = 5;
const A_DAY = 50;
const HERE = new URL(".", import.meta.url).pathname;

// Milliseconds of the host's monotonic clock, which all processes share.
const now = () => Number(process.hrtime.bigint()) / 1e6;
const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))];
const show = (name, list) => console.log(`${name.padEnd(58)} p50 ${at(list, 0.5).toFixed(2).padStart(7)} ms   p99 ${at(list, 0.99).toFixed(2).padStart(7)} ms   n ${list.length}`);

async function client(stack, role) {
	const session = new pg.Client({ connectionString: stack.cluster.url(role) });
	await session.connect();
	return session;
}

// One answer at a time, by a person's session as apid has it, and one job in turn: each waits for the last to be at its end, so that
// both meet the same minute of this machine.
async function hops(stack, approvals, count) {
	const worker = new Program("graphile-worker", [process.execPath, `${HERE}hop-worker.mjs`], { env: { DATABASE_URL: stack.cluster.url() } });
	await worker.waitLine(/^ready$/, 30_000);
	const apid = await client(stack, "hybridhub_apid");
	const sql = await client(stack);
	const adder = await client(stack);
	const { ids, uids } = await approvals.questions(WARM + count);
	const seen = new Map();
	const commits = [];
	const jobs = [];
	for (let n = 0; n < ids.length; n += 1) {
		// The account's book of two days as the shipped caps have it, not of an account with hundreds of orders a day.
		if (n % A_DAY === 0)
			await sql.query("update trade_orders set reserved_at = reserved_at - interval '3 days', trade_day = trade_day - 3 where reserved_at > clock_now() - interval '2 days'");
		await apid.query("begin");
		await apid.query("select set_config('hybridhub.uid', $1, true)", [uids[n]]);
		await apid.query("select question_answer($1, 10, null)", [ids[n]]);
		const before = now();
		await apid.query("commit");
		const committed = now();
		if (n >= WARM) {
			seen.set(`h1-${ids[n].replaceAll("-", "")}`, committed);
			commits.push(committed - before);
		}
		await until("the order at the broker", async () => (await sql.query("select 1 from trade_orders where id = $1 and accepted_at is not null", [ids[n]])).rowCount === 1, 30_000, 10);

		await adder.query("begin");
		await adder.query("select graphile_worker.add_job('hop', $1)", [JSON.stringify({ n })]);
		await adder.query("commit");
		const added = now();
		const [, started] = await worker.waitLine(new RegExp(`^started ${n} (\\d+)$`), 30_000);
		if (n >= WARM)
			jobs.push(Number(started) / 1e6 - added);
	}
	worker.signal("SIGTERM");
	await worker.exited;
	const orders = (await stack.sim.requests("POST /v2/orders"))
		.map((entry) => ({ id: (typeof entry.body === "string" ? JSON.parse(entry.body) : entry.body).client_order_id, at: entry.received_mono_ms }))
		.filter(({ id }) => seen.has(id))
		.map(({ id, at: time }) => time - seen.get(id));
	// Where the time goes, by the order's own record.
	const steps = (await sql.query(`select extract(epoch from r.at - o.approved_at) * 1000 as claim, extract(epoch from s.at - r.at) * 1000 as fence
		from trade_orders o join trade_order_events r on r.order_id = o.id and r.to_status = 'reserved'
		join trade_order_events s on s.order_id = o.id and s.to_status = 'submitting' where o.id = any ($1)`, [ids.slice(WARM)])).rows;
	await Promise.all([apid.end(), sql.end(), adder.end()]);
	return { orders, jobs, commits, claim: steps.map((row) => Number(row.claim)), fence: steps.map((row) => Number(row.fence)) };
}

// Claims by one session as fast as they go.
async function claims(stack, approvals, withSnapshot) {
	await approvals.stage(40, CLAIMS / 40);
	const holder = await client(stack);
	if (withSnapshot)
		await holder.query("begin isolation level repeatable read; select count(*) from trade_orders");
	const sql = await client(stack, "hybridhub_tradectl");
	const began = now();
	let count = 0;
	// Behind the last one, as tradectl goes on.
	let place = [null, null];
	for (;;) {
		const { rows: [row] } = await sql.query({ name: "claim", text: "select id, approved_at::text from order_claim('paper', 'bench', $1::timestamptz, $2::uuid)", values: place });
		if (!row)
			break;
		place = [row.approved_at, row.id];
		count += 1;
	}
	const rate = (count * 1000) / (now() - began);
	await holder.end();
	await sql.end();
	// Every round begins alike: nothing counted, nothing dead.
	await stack.sql.rows("update trade_orders set status = 'canceled', reserved_at = null, reserved_usd = null, trade_day = null where status = 'reserved'");
	for (const table of ["trade_orders", "trade_order_events", "broker_account"])
		await stack.sql.rows(`vacuum analyze ${table}`);
	return rate;
}

// A commit by itself, and a connection by itself.
async function commitCost(stack) {
	const sql = await client(stack);
	await sql.query("create table bench_commit (n integer)");
	const took = [];
	for (let n = 0; n < 200; n += 1) {
		await sql.query("begin");
		await sql.query("insert into bench_commit values (1)");
		const before = now();
		await sql.query("commit");
		took.push(now() - before);
	}
	await sql.end();
	return took;
}

// As tradectl keeps the number of a reservation.
async function fileCost(stack) {
	const { open, rename } = await import("node:fs/promises");
	const took = [];
	for (let n = 0; n < 100; n += 1) {
		const before = now();
		const file = await open(`${stack.dir}/bench.new`, "w");
		await file.write(`${n}\n`);
		await file.sync();
		await file.close();
		await rename(`${stack.dir}/bench.new`, `${stack.dir}/bench`);
		const folder = await open(stack.dir, "r");
		await folder.sync();
		await folder.close();
		took.push(now() - before);
	}
	return took;
}

// connect: (onConnected, onError) to a socket.
async function connectCost(connect) {
	const took = [];
	for (let n = 0; n < 200; n += 1) {
		const before = now();
		await new Promise((resolve, reject) => {
			const socket = connect(() => {
				took.push(now() - before);
				socket.destroy();
				resolve();
			});
			socket.once("error", reject);
		});
	}
	return took;
}

const address = (url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

async function withTradectl(stack, url, act) {
	await stack.startDaemon("tradectl", { env: { LOG_LEVEL: "info", ALPACA_TRADING_BASE_URL: url } });
	await stack.waitReady("tradectl");
	const result = await act();
	await stack.stopDaemon("tradectl");
	return result;
}

const stack = new Stack({ name: "bench", daemons: [], tls: true, durable: process.env.FSYNC !== "off" });
try {
	await stack.startGround();
	const approvals = new Approvals(stack);
	await approvals.open();
	console.log(`Postgres ${await stack.sql.value("show server_version")}, fsync ${await stack.sql.value("show fsync")}, synchronous_commit ${await stack.sql.value("show synchronous_commit")}`);

	const { orders, jobs, commits, claim, fence } = await withTradectl(stack, stack.sim.url, () => hops(stack, approvals, ORDERS));
	const { orders: behindTls } = await withTradectl(stack, stack.tlsUrl, () => hops(stack, approvals, ORDERS / 2));

	show("answer committed -> POST received", orders);
	show("graphile-worker: job committed -> task started", jobs);
	console.log(`p50 is ${(at(orders, 0.5) / at(jobs, 0.5)).toFixed(2)} x that hop`);
	show("  of it: answer -> claimed", claim);
	show("  of it: claimed -> last fence (connection and fence)", fence);
	show("  the answer's own commit", commits);
	show("the same with the broker behind TLS (a handshake an order)", behindTls);
	show("one commit by itself", await commitCost(stack));
	show("a small file and its folder by themselves, fsynced", await fileCost(stack));
	show("one TCP connection to the broker by itself", await connectCost((done) => createConnection(address(stack.sim.url), done)));
	const ca = readFileSync(stack.caFile);
	show("one TCP connection and TLS handshake by themselves", await connectCost((done) => connectTls({ ...address(stack.tlsUrl), ca }, done)));

	await stack.sql.rows("select broker_reconciled('paper')");
	await stack.sql.rows("update trade_orders set reserved_at = null, reserved_usd = null, trade_day = null");
	const rates = { without: [], with: [] };
	await claims(stack, approvals, false); // the first one warms up
	for (let n = 0; n < ROUNDS; n += 1)
		for (const holds of n % 2 === 0 ? [false, true] : [true, false])
			rates[holds ? "with" : "without"].push(await claims(stack, approvals, holds));
	const middle = { without: at(rates.without, 0.5), with: at(rates.with, 0.5) };
	console.log(`claims a second, medians of ${ROUNDS} rounds of ${CLAIMS}: ${middle.without.toFixed(0)}; with another session's snapshot held: ${middle.with.toFixed(0)} (${(middle.with / middle.without).toFixed(2)} x)`);
} finally {
	await stack.stop();
}
