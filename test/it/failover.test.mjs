// Postgres goes away: a lossy failover to a standby through the two hosts of DATABASE_URL, every session ended, a stop and a
// start. All daemons, two tradectl on two "hosts" (each has a state folder of its own). The simulator's own log is the truth.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { Desk, POST, clientId } from "./desk.mjs";

const TRADECTLS = ["tradectl", "tradectl2"];
const OTHERS = ["ingestd", "evald", "apid"];
const ALL = [...OTHERS, ...TRADECTLS];
const LONG_MS = 30_000;

// The figures that are promised.
const BACK_AFTER_PROMOTION_MS = 10_000;
const BACK_AFTER_LOSS_MS = 5_000;
const CPU_MOST = 0.04; // of one core, with the sanitizers, while there is no database; who tries without a pause takes more

const OUTAGE_MS = 2_000;
const QUARANTINE_S = 6;
const LATE_MS = 5_000; // when the broker executes what was under way: behind the first listing, within the quarantine
const PEOPLE = 20;
const TICKS_A_SECOND = 100;

let stack;
let desk;
let people; // each for one question; evald knows them all before anything is asked

before(async () => {
	stack = new Stack({ name: "failover", daemons: [], standby: true, keep: process.env.KEEP === "1", binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack, { rule: { type: "price_below_pct_of_ref", ref_metric: "prev_close", threshold_pct: -50 } });
	await desk.open();
	await stack.sql.rows(`update broker_account set quarantine_seconds = ${QUARANTINE_S}, approval_ttl_seconds = 600`);
	people = [];
	while (people.length < PEOPLE)
		people.push(await desk.person());
	await Promise.all(ALL.map(start));
	await ready();
});

after(() => stack?.stop());

// Half of them try the standby's host first.
function start(instance) {
	if (instance !== "tradectl2")
		return stack.startDaemon(instance, { env: instance === "evald" ? { DATABASE_URL: stack.databaseUrl("evald", stack.standby) } : {} });
	const state = join(stack.dir, "state2");
	mkdirSync(state, { recursive: true });
	return stack.startDaemon("tradectl", { instance, env: { TRADECTL_STATE_DIR: state, DATABASE_URL: stack.databaseUrl("tradectl", stack.standby) } });
}

const ready = (instances = ALL) => Promise.all(instances.map((instance) => stack.waitReady(instance, LONG_MS)));
const places = () => Object.fromEntries(ALL.map((instance) => [instance, desk.lineCount(instance)]));
const linesOf = (instance, from, event) => stack.program(instance).lines.slice(from[instance]).filter((line) => line.includes(`event=${event} `));

const ask = () => desk.ask({ uid: people.pop() });

// The person's yes through apid, again until it is taken; the answer may come when nobody hears it.
async function yes({ uid, id }) {
	await until(`the yes to ${id}`, async () => {
		const { status, body } = await stack.person(uid).answer(id, 10);
		if (status !== 200)
			throw new Error(`${status} ${JSON.stringify(body)}`);
		return true;
	}, LONG_MS);
	return id;
}

async function approved() {
	return yes(await ask());
}

async function postsOf(id) {
	const entries = await stack.sim.requests(POST);
	return entries.filter((entry) => JSON.stringify(entry.body ?? "").includes(clientId(id))).length;
}

// Seconds of CPU that it has used so far.
function cpu(instance) {
	const fields = readFileSync(`/proc/${stack.program(instance).pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

// How much of a core each takes from now until stop(), {instance: share}.
function watchCpu() {
	const from = Object.fromEntries(ALL.map((instance) => [instance, cpu(instance)]));
	const began = Date.now();
	return () => Object.fromEntries(ALL.map((instance) => [instance, (cpu(instance) - from[instance]) / ((Date.now() - began) / 1000)]));
}

function assertIdle(t, shares) {
	t.diagnostic(`CPU of a core: ${Object.entries(shares).map(([name, share]) => `${name} ${(share * 100).toFixed(1)} %`).join(", ")}`);
	for (const [name, share] of Object.entries(shares))
		assert.ok(share < CPU_MOST, `${name} took ${share} of a core while there was no database`);
}

// The sessions of ours, "role application" each, but those with these pids.
async function sessions(except = []) {
	const rows = await stack.sql.rows(`select usename || ' ' || application_name, pid from pg_stat_activity
		where usename like 'hybridhub\\_%' and not pid = any (array[${except.join(",")}]::int[]) order by 1`);
	return { names: rows.map(([name]) => name), pids: rows.map(([, pid]) => pid) };
}

// Every session of everybody: said once that it is down and once that it is up again.
async function oneLineEach(from) {
	const sessionsOf = (instance, event) => linesOf(instance, from, event).map((line) => / session=(\S+)/.exec(line)[1]).sort();
	for (const instance of ALL) {
		const down = sessionsOf(instance, "db.down");
		assert.ok(down.length > 0, `${instance} has lost a session`);
		assert.deepEqual(down, [...new Set(down)], `${instance} says each loss once`);
		// Ready does not mean that all sessions stand.
		await until(`${instance} to say of ${down.join(" ")} that they are up`, () => sessionsOf(instance, "db.up").length >= down.length, LONG_MS);
		assert.deepEqual(sessionsOf(instance, "db.up"), down, `${instance} says once of each session that it stands again`);
		assert.deepEqual(sessionsOf(instance, "db.down"), down, `${instance} loses none again`);
	}
}

async function noSecondOrder() {
	await desk.noSecondOrder();
	for (const [id] of await stack.sql.rows("select id from trade_orders"))
		assert.ok((await postsOf(id)) <= 1, `${id} was sent once at most`);
}

test("a failover that lost the last commits: no second order, no overshoot, reconciled within 10 s, first claim after the quarantine", async (t) => {
	const kept = [await approved(), await approved()];
	for (const id of kept)
		await desk.becomes(id, "filled");

	// The standby gets to know: two yeses nobody has claimed yet, and questions that are open.
	await Promise.all(TRADECTLS.map((instance) => stack.stopDaemon(instance)));
	const standing = [await approved(), await approved()];
	const open = [await ask(), await ask()];
	const late = await ask();
	const next = [await ask(), await ask()];
	const cap = kept.length + standing.length + open.length + 1 + 1;
	await stack.sql.rows(`update hard_limits set max_orders_per_day = ${cap} where scope = 'global'`);
	await stack.standby.caughtUp(stack.cluster);
	await stack.standby.unlink();

	// What it will never hear of: claims, yeses, and an order that is under way when the primary goes.
	await Promise.all(TRADECTLS.map(start));
	const answered = await Promise.all(open.map(yes));
	const forgotten = [...standing, ...answered];
	for (const id of forgotten)
		await desk.becomes(id, "filled");
	await ready();
	await stack.sim.fault(POST, "late_504", { ms: LATE_MS });
	await yes(late);
	await until("its request to be at the broker", async () => (await postsOf(late.id)) === 1, LONG_MS);
	const highest = Number(await stack.sql.value("select reserve_seq from broker_account where account = 'paper'"));

	const from = places();
	const load = watchCpu();
	const promoted = await stack.failOver(OUTAGE_MS);
	const [remembered, timeline] = await stack.sql.row("select reserve_seq, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int from broker_account where account = 'paper'");
	assert.equal(Number(timeline), 2);
	t.diagnostic(`reserve_seq ${highest} before, ${remembered} as the new primary knew it or has been told by now`);

	const took = await Promise.all(TRADECTLS.map(async (instance) => {
		await desk.logged("event=broker.reconciled", from[instance], instance);
		return Date.now() - promoted;
	}));
	t.diagnostic(`reconciled ${took.join(" and ")} ms after the promotion`);
	for (const ms of took)
		assert.ok(ms <= BACK_AFTER_PROMOTION_MS, `reconciled ${ms} ms after the promotion`);
	await ready(OTHERS);
	t.diagnostic(`the other daemons ready ${Date.now() - promoted} ms after the promotion`);
	assertIdle(t, load());

	// People see their questions again, and new ones; all say yes, within the quarantine.
	for (const question of [...next, late, ...open])
		await yes(question);
	await ready();
	const quarantined = new Date(await stack.sql.value("select quarantine_until from broker_account where account = 'paper'")).getTime();
	assert.ok(quarantined >= promoted + QUARANTINE_S * 1000 - 1000, "there is a quarantine, and it begins with the promotion");
	for (const id of [...forgotten, late.id])
		await desk.becomes(id, "filled");
	const ends = await until("the new yeses' ends", async () => {
		const seen = await Promise.all(next.map(({ id }) => desk.status(id)));
		if (seen.some((status) => !["filled", "blocked"].includes(status)))
			throw new Error(seen.join(" "));
		return seen.sort();
	}, LONG_MS);

	assert.deepEqual(ends, ["blocked", "filled"], "what was forgotten counts: one more fits");
	assert.equal((await stack.sim.orders()).length, cap);
	await noSecondOrder();
	const claimed = await stack.sql.rows(`select order_id, extract(epoch from at) * 1000 from trade_order_events where to_status = 'reserved' and at > to_timestamp(${promoted / 1000}) order by at`);
	// Where time ran out for a fence there is another claim, and it may be the other one's.
	for (const [id] of claimed)
		assert.ok(next.some((question) => question.id === id), `only what is new was claimed, and not ${id}`);
	t.diagnostic(`${claimed.length} claims of it: ${(await desk.moves(claimed[0][0])).join(" ")}`);
	assert.ok(Number(claimed[0][1]) >= quarantined, "the first claim is behind the quarantine");
	t.diagnostic(`first claim ${Math.round(Number(claimed[0][1]) - quarantined)} ms after the quarantine's end`);
	const posts = (await stack.sim.requests(POST)).filter((entry) => Date.parse(entry.at) > promoted);
	assert.equal(posts.length, 1);
	assert.ok(Date.parse(posts[0].at) >= quarantined, "nothing was sent in the quarantine");
	for (const id of [...forgotten, late.id])
		assert.ok(!(await desk.moves(id)).includes("reserved"), `${id} was adopted`);
	const by = await stack.sql.rows(`select distinct answered_by from questions where id in (${answered.map(quote)})`);
	assert.deepEqual(by, [["broker"]]);
	assert.ok(Number(await stack.sql.value("select reserve_seq from broker_account where account = 'paper'")) > highest);
	assert.equal(await desk.haltLevel(), "active");
	for (const instance of TRADECTLS)
		assert.ok(linesOf(instance, from, "database.rewound").length <= 2, "said once by each of its two signs");
	assert.ok(TRADECTLS.some((instance) => linesOf(instance, from, "database.rewound").length > 0));
	await oneLineEach(from);
	await stack.sql.rows("update hard_limits set max_orders_per_day = 10000 where scope = 'global'");
});

test("every session ended by pg_terminate_backend: back within 5 s, no CPU, one line down and one up for each", async (t) => {
	await ready();
	const before_ = await sessions();
	assert.ok(before_.names.length >= ALL.length, before_.names.join(", "));
	const from = places();
	const load = watchCpu();
	const ended = Date.now();
	await stack.sql.rows(`select pg_terminate_backend(pid) from unnest(array[${before_.pids}]) pid`);
	await until("all sessions again", async () => {
		const { names } = await sessions(before_.pids);
		assert.deepEqual(names, before_.names);
		return true;
	}, LONG_MS);
	const sessionsMs = Date.now() - ended;
	await ready();
	const readyMs = Date.now() - ended;
	t.diagnostic(`${before_.names.length} sessions again after ${sessionsMs} ms, all ready after ${readyMs} ms`);
	assert.ok(readyMs <= BACK_AFTER_LOSS_MS, `all ready ${readyMs} ms after the loss`);
	await sleep(Math.max(0, BACK_AFTER_LOSS_MS - readyMs));
	assertIdle(t, load());
	assert.deepEqual((await sessions(before_.pids)).names, before_.names);
	await oneLineEach(from);
	await desk.becomes(await approved(), "filled");
});

for (const mode of ["fast", "immediate"])
	test(`stopped (${mode}) and started again: not ready meanwhile and says why, no CPU, one line each, nothing lost`, async (t) => {
		await ready();
		const question = await ask();
		const given = await approved();
		const from = places();
		await stack.sql.close();
		await stack.primary.kill(mode);
		const load = watchCpu();
		await Promise.all(ALL.map((instance) => desk.notReady("database", instance)));
		const refused = await stack.person(question.uid).answer(question.id, 10);
		assert.equal(refused.status, 503, JSON.stringify(refused.body));
		await sleep(OUTAGE_MS);
		assertIdle(t, load());
		await stack.primary.restart();
		const started = Date.now();
		stack.sql = stack.primary.session();
		await ready();
		t.diagnostic(`all ready ${Date.now() - started} ms after the start`);
		await desk.becomes(given, "filled");
		await desk.becomes(await yes(question), "filled");
		await noSecondOrder();
		assert.equal(await stack.sql.value("select quarantine_until is null or quarantine_until < clock_now() from broker_account where account = 'paper'"), "t");
		await oneLineEach(from);
		for (const instance of ALL)
			assert.deepEqual(linesOf(instance, from, "db.warning"), [], "how the server says goodbye is in the line of the loss");
	});
