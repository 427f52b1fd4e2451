// Halts against living tradectl: two instances over many approvals, while four hands flip every switch at random moments. Who
// was first, a halt or a last fence, is told three times: by Postgres' commit times of both, by the clock of the hand behind its
// COMMIT, and by what the simulator received. A fence that reads no halt must be seen to slip.
// SEED chooses the moments, HALTD_ORDERS how many orders.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import pg from "pg";
import { Random } from "../tradesim/random.mjs";
import { Approvals } from "./approvals.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const SEED = Number(process.env.SEED ?? 1);
const ORDERS = Number(process.env.HALTD_ORDERS ?? 1000);
const PEOPLE = 25;
const EACH = 18; // approvals to buy for each of them in a round
const SELLS = 2;
const ROUNDS_MOST = 12;
const OPEN = ["approved", "reserved", "submitting", "unknown", "unresolved", "accepted", "partially_filled"];
const INSTANCES = ["tradectl", "tradectl2"];
const MORE = ["tradectl3", "tradectl4"];

const READS = "    v_level := halt_level_locked(v_order.firebase_uid, v_order.broker_account);\n";
const READS_NOT = "    v_level := 'active';\n";

let stack;
let approvals;
let stock; // the people who have something to sell
const clients = [];

// role: of a daemon or of the operator; none: the owner.
async function session(role) {
	const client = new pg.Client({ connectionString: stack.cluster.url(role) });
	await client.connect();
	clients.push(client);
	return client;
}

before(async () => {
	stack = new Stack({ name: "haltd", daemons: [], binDir: process.env.BIN_DIR ?? "build/bin" });
	await stack.startGround();
	await stack.sql.rows("alter system set track_commit_timestamp = on");
	await stack.restartPostgres("fast");
	approvals = new Approvals(stack);
	await approvals.open();
	await start(INSTANCES);
	stock = (await approvals.stage(PEOPLE, 0)).round;
	await ended(await approvals.approve(stock, 4, "buy", 100));
});

after(async () => {
	await Promise.all(clients.map((client) => client.end()));
	await stack?.stop();
});

async function start(instances) {
	await Promise.all(instances.map((instance) => stack.startDaemon("tradectl", { instance, env: { LOG_LEVEL: "info" } })));
	await Promise.all(instances.map((instance) => stack.waitReady(instance)));
	return instances;
}

const list = (ids) => `(${ids.map((id) => `'${id}'`).join(", ")})`;

async function ended(ids) {
	await until("every order at its end", async () => {
		const rows = await stack.sql.rows(`select status, count(*) from trade_orders where id in ${list(ids)} group by 1`);
		if (rows.some(([status]) => OPEN.includes(status)))
			throw new Error(rows.map((row) => row.join(" ")).join(", "));
		return rows.length > 0;
	}, 120_000, 100);
}

// One hand on one kind of switch, until stop(): sets, waits, loosens. It writes down when the switch stood for sure: from when
// its COMMIT had returned to just before it asked for the next change; in whole milliseconds, the narrower way.
class Hand {
	constructor(scope, turn, { keys = [""], stands, rests }, random) {
		Object.assign(this, { scope, turn, keys, stands, rests, random });
		this.stood = [];
		this.over = false;
	}

	async run() {
		while (!this.over) {
			const { random, scope } = this;
			await sleep(random.between(...this.rests));
			const [key, level] = [random.pick(this.keys), random.pick(["halted", "halted", "reducing"])];
			await this.turn("halt", key, level);
			const from = Date.now() + 1;
			await sleep(random.between(...this.stands));
			const to = Date.now();
			await this.turn("resume", key, "active");
			this.stood.push({ scope, key, level, from, to });
		}
	}
}

// `tradectl halt` and `tradectl resume`, as the operator types them.
function typed(args) {
	const child = spawn(stack.binary("tradectl"), args, {
		env: { PATH: process.env.PATH, DATABASE_URL: stack.cluster.url("hybridhub_operator") },
		stdio: ["ignore", "ignore", "pipe"],
	});
	let said = "";
	child.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`tradectl ${args.join(" ")}: ${code} ${said}`))));
	});
}

async function hands(random, people) {
	const [owner, operator, apid] = [await session(), await session("hybridhub_operator"), await session("hybridhub_apid")];
	const own = async (key, level) => {
		await apid.query("begin");
		await apid.query("select set_config('hybridhub.uid', $1, true)", [key]);
		await apid.query("select self_halt($1, 'a race')", [level]);
		await apid.query("commit");
	};
	return [
		new Hand("global", (verb, key, level) => owner.query("select halt_set('global', '', $1, 'a race', 'test', false)", [level]),
			{ stands: [0, 15], rests: [20, 80] }, random),
		new Hand("account", (verb, key, level) => typed([verb, "--account", key, "--reason", "a race", "--level", level]),
			{ keys: ["paper"], stands: [0, 20], rests: [100, 400] }, random),
		new Hand("user", (verb, key, level) => operator.query("select operator_halt('test', $1, 'user', $2, $3, 'a race')", [verb, key, level]),
			{ keys: people, stands: [0, 30], rests: [2, 15] }, random),
		new Hand("self", (verb, key, level) => own(key, level), { keys: people, stands: [0, 30], rests: [2, 15] }, random),
	];
}

// One round: so many orders, a tenth of them sells, while the hands are at work: {ids, stood, behind}; behind: where the
// simulator's log stood before.
async function round(random, each) {
	const behind = (await stack.sim.log()).at(-1)?.seq ?? 0;
	const { round: buyers, ids } = await approvals.stage(PEOPLE, each);
	const people = (await stack.sql.rows(`select firebase_uid from users where firebase_uid like 'r${buyers}-%' or firebase_uid like 'r${stock}-%'`)).flat();
	const working = await hands(random, people);
	const runs = working.map((hand) => hand.run());
	try {
		ids.push(...await approvals.approve(stock, SELLS, "sell", 10));
		await ended(ids);
	} finally {
		working.forEach((hand) => { hand.over = true; });
		await Promise.all(runs);
	}
	return { ids, stood: working.flatMap((hand) => hand.stood), behind };
}

// Fences of these orders that committed although a switch over them that stops them had committed before and stood.
const BEHIND = (ids) => `
	with halts as (select scope, key, to_level, pg_xact_commit_timestamp(xmin) as at from trading_halt_events)
	select o.id, o.side, s.scope, h.to_level, f.at - h.at
	from (select order_id, pg_xact_commit_timestamp(xmin) as at from trade_order_events where to_status = 'submitting') f
	join trade_orders o on o.id = f.order_id
	cross join lateral (values ('global', ''), ('account', o.broker_account), ('user', o.firebase_uid), ('self', o.firebase_uid)) s (scope, key)
	cross join lateral (select h.* from halts h where h.scope = s.scope and h.key = s.key and h.at < f.at order by h.at desc limit 1) h
	where o.id in ${list(ids)} and (h.to_level = 'halted' or (h.to_level = 'reducing' and o.side = 'buy'))`;

// What became of a round: the slips by commit order and by the hands' clocks, and what only the simulator can say.
async function truth({ ids, stood, behind }) {
	const slips = (await stack.sql.rows(BEHIND(ids))).map((row) => row.join(" "));
	const rows = await stack.sql.rows(`select o.client_order_id, o.firebase_uid, o.side, o.status, o.reason,
		(select json_agg(extract(epoch from e.at) * 1000 order by e.id) from trade_order_events e where e.order_id = o.id and e.to_status = 'submitting'),
		(select count(*) from trade_order_events e where e.order_id = o.id and e.from_status = 'submitting' and e.to_status = 'approved'),
		exists (select from trade_order_events e where e.order_id = o.id and e.from_status = 'reserved' and e.to_status = 'blocked')
		from trade_orders o where o.id in ${list(ids)}`);
	const seen = { slips, clock: [], wrong: [], went: 0, stopped: 0, atFence: 0 };
	const posts = new Map();
	for (const entry of await stack.sim.log({ kind: "request", after: behind }))
		if (entry.method === "POST" && entry.path === "/v2/orders")
			posts.set(entry.body.client_order_id, [...posts.get(entry.body.client_order_id) ?? [], entry]);
	const book = new Map((await stack.sim.orders()).map((order) => [order.client_order_id, order]));
	for (const [id, uid, side, status, reason, fences, unsent, atFence] of rows) {
		const fenced = JSON.parse(fences) ?? [];
		for (const at of fenced)
			for (const halt of stood)
				if (at > halt.from && at < halt.to && binds(halt, uid, side))
					seen.clock.push(`${id} ${side} ${halt.scope} ${halt.level}`);
		const received = posts.get(id) ?? [];
		// The broker refuses a sell that would meet an open buy of the same account; it has been sent all the same.
		const washed = status === "rejected" && reason === "BROKER_WASH_TRADE";
		seen.went += status === "filled" || washed ? 1 : 0;
		seen.stopped += status === "blocked" ? 1 : 0;
		seen.atFence += atFence === "t" ? 1 : 0;
		// Sent once, behind its fence; or stopped by a halt, and the simulator has never heard of it. A fence may be passed and
		// then nothing sent, for want of time, which the order's events say.
		const right = fenced.length - Number(unsent) === received.length && (status === "filled" || washed
			? received.length === 1 && book.has(id) !== washed && Date.parse(received[0].at) + 1 > fenced.at(-1)
			: status === "blocked" && reason === "HALTED" && received.length === 0 && !book.has(id));
		if (!right)
			seen.wrong.push(`${id} ${status} ${reason}: ${fenced.length} fences, ${received.length} requests`);
	}
	return seen;
}

function binds({ scope, key, level }, uid, side) {
	return (scope === "global" || scope === "account" || key === uid) && (level === "halted" || side === "buy");
}

test(`${ORDERS} orders while every switch is flipped: none whose fence came behind a halt`, { timeout: 600_000 }, async () => {
	const random = new Random(SEED);
	const sum = { orders: 0, went: 0, stopped: 0, atFence: 0, halts: 0 };
	for (let n = 0; n < ROUNDS_MOST && (sum.orders < ORDERS || sum.atFence < 5 || sum.went < ORDERS / 10); n += 1) {
		const done = await round(random, EACH);
		const { slips, clock, wrong, ...counts } = await truth(done);
		assert.deepEqual({ slips, clock, wrong }, { slips: [], clock: [], wrong: [] }, `SEED=${SEED}, round ${n + 1}`);
		sum.orders += done.ids.length;
		sum.halts += done.stood.length;
		for (const key of Object.keys(counts))
			sum[key] += counts[key];
	}
	console.log(`# ${JSON.stringify(sum)}`);
	assert.ok(sum.atFence >= 5 && sum.went >= ORDERS / 10 && sum.stopped >= ORDERS / 10, `${JSON.stringify(sum)}: too one-sided to prove anything`);
	const left = await stack.sql.rows(`select id, status from trade_orders where status in (${OPEN.map((status) => `'${status}'`).join(", ")})`);
	assert.deepEqual(left, []);
});

// Lines of an instance since mark() whose event matches.
const mark = (instances) => new Map(instances.map((instance) => [instance, stack.program(instance).lines.length]));
const said = (marks, instance, event) => stack.program(instance).lines.slice(marks.get(instance)).filter((line) => new RegExp(` event=${event} `).test(line));

// Until the last that each instance has said about its claims is that they pass.
const claiming = (instances) => until("claims of every instance to pass", () => instances.every((instance) => {
	const word = stack.program(instance).lines.findLast((line) => / event=claim\.(failed|back) /.test(line));
	return word === undefined || word.includes("claim.back");
}), 30_000, 50);

// Of a process, so far.
function cpuMs(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

// Halts of somebody else, each held open for so long before it commits, until stop.over.
async function holdHalts(client, uid, heldMs, stop) {
	while (!stop.over) {
		await client.query("begin");
		await client.query("select halt_set('user', $1, 'reducing', 'held open', 'test', false)", [uid]);
		stop.holding();
		await sleep(heldMs);
		await client.query("commit");
		await sleep(300);
	}
}

for (const { heldMs, holders, spanMs } of [{ heldMs: 1900, holders: 2, spanMs: 9000 }, { heldMs: 6000, holders: 1, spanMs: 5000 }])
	test(`${holders} at a time that hold a halt open for ${heldMs} ms: no session is lost, and claims go on behind them`, { timeout: 120_000 }, async () => {
		const all = [...INSTANCES, ...MORE];
		if (!stack.running.has(MORE[0]))
			await start(MORE);
		const { round: people } = await approvals.stage(PEOPLE, 0);
		const other = (await approvals.stage(1, 0)).round;
		await claiming(all);
		const marks = mark(all);
		const cpu = new Map(all.map((instance) => [instance, cpuMs(stack.program(instance).pid)]));

		const stop = { over: false };
		const held = new Promise((resolve) => { stop.holding = resolve; });
		const holding = [];
		for (let n = 0; n < holders; n += 1)
			holding.push(holdHalts(await session(), `r${other}-1`, heldMs, stop));
		await held;
		const ids = await approvals.approve(people, 2, "buy", 10);
		await sleep(spanMs); // the time that the halts are held for: nothing is waited for here
		for (const instance of all)
			assert.ok(cpuMs(stack.program(instance).pid) - cpu.get(instance) < spanMs / 5, `${instance} is busy`);
		stop.over = true;
		await Promise.all(holding);
		const from = Date.now();
		await ended(ids);
		console.log(`# held ${heldMs} ms: all ${ids.length} orders at their end ${Date.now() - from} ms behind the last`);
		await claiming(all);

		for (const instance of all) {
			assert.deepEqual(said(marks, instance, "db.down"), [], `${instance} lost a session`);
			assert.deepEqual(said(marks, instance, "broker.reconciled"), [], `${instance} reconciled again`);
			const changes = said(marks, instance, "claim.(failed|back)").map((line) => / event=(\S+)/.exec(line)[1]);
			assert.ok(changes.every((word, n) => word !== changes[n - 1]), `${instance}: ${changes} is not one line a change`);
		}
		assert.ok(all.some((instance) => said(marks, instance, "claim.failed").length > 0), "no claim met a halt that is held open: this shows nothing");
		const sent = await stack.sql.rows(`select status, count(*) from trade_orders where id in ${list(ids)} group by 1`);
		assert.deepEqual(sent, [["filled", String(ids.length)]]);
	});

test("with a last fence that reads no halt the same slips: this test can see it", { timeout: 600_000 }, async () => {
	const fence = readFileSync(`${TOP}sql/function/order_begin_send.sql`, "utf8");
	assert.ok(fence.includes(READS), "order_begin_send.sql has changed: take the halt out here too");
	await stack.sql.rows(fence.replace(READS, READS_NOT));
	try {
		const random = new Random(SEED);
		const found = { slips: 0, clock: 0 };
		for (let n = 0; n < ROUNDS_MOST && (found.slips === 0 || found.clock === 0); n += 1) {
			const { slips, clock } = await truth(await round(random, EACH));
			found.slips += slips.length;
			found.clock += clock.length;
		}
		console.log(`# ${JSON.stringify(found)}`);
		assert.ok(found.slips > 0, "by commit order nothing slipped");
		assert.ok(found.clock > 0, "by the hands' clocks nothing slipped");
	} finally {
		await stack.sql.rows(fence);
	}
});
