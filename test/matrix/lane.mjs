// One lane of the matrix: a database, a simulator and daemons of its own; the lanes share a Postgres cluster and run side by
// side, since a cell mostly waits. The database's clock is stepped where a lease or an approval must run out.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../lib/proc.mjs";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";
import { SYMBOL, clientId } from "../it/desk.mjs";
import { askBoth, makeUser, sayYes } from "./approval.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
export const POST = "POST /v2/orders";
export const HTTP_TIMEOUT_MS = 1000;
const LEASE_SECONDS = 3;
const TTL_SECONDS = 300;
// So long nothing moves before the clock is stepped: longer than any request of a daemon.
const STUCK_MS = 1300;
const ENDS = new Set(["filled", "canceled", "expired", "rejected", "blocked", "unresolved", "quarantined"]);

// What every lane's database is copied from: migrated, with short times, no cap of the account in the way, and a clock that
// runs with the host's, ahead of it by as much as the test says. It begins at ten in New York: a day that ended amid a cell
// would free the cap of one order a day.
export async function prepareGround(cluster) {
	await cluster.start();
	await cluster.makeDatabase();
	await run("sql/migrate up", [join(TOP, "sql/migrate"), "up"], { env: { DATABASE_URL: cluster.url() } });
	const sql = cluster.session();
	await sql.rows(`create table test_clock (ahead interval not null);
		insert into test_clock select case when x.ten < clock_timestamp() then x.ten + interval '1 day' else x.ten end - clock_timestamp()
			from (select (date_trunc('day', clock_timestamp() at time zone 'America/New_York') + interval '10 hours')
				at time zone 'America/New_York' as ten) x;
		create or replace function clock_now() returns timestamptz language sql stable security definer
			set search_path = pg_catalog, public, pg_temp
			as 'select clock_timestamp() + (select ahead from public.test_clock)';
		update broker_account set http_timeout_ms = ${HTTP_TIMEOUT_MS}, lease_seconds = ${LEASE_SECONDS},
			approval_ttl_seconds = ${TTL_SECONDS}, missing_after_seconds = 2, unresolved_after_seconds = 1;
		update hard_limits set max_orders_per_day = 100000, max_notional_usd_per_4h = 10000000 where scope = 'global'`);
	await sql.close();
}

// The cluster as one lane sees it: its own database, and not its to stop.
function lend(cluster, database) {
	return Object.assign(Object.create(cluster), { database, stop: async () => {}, stopNow() {}, discard() {}, isOutside: () => false });
}

export class Lane extends Stack {
	constructor(cluster, name, options = {}) {
		super({ name: `matrix-${name}`, binDir: process.env.BIN_DIR ?? "build/fp/bin", ...options });
		this.ground = cluster;
		this.name = name;
		this.persons = 0;
		this.seq = 0;
	}

	async startGround() {
		this.cluster = lend(this.ground, `lane_${this.name}`);
		const owner = this.ground.session(undefined, "postgres");
		await owner.rows(`create database ${this.cluster.database} template ${this.ground.database}`);
		await owner.close();
		const { project, simArgs } = this.options;
		await this.startOutside(project, simArgs);
		this.sql = this.cluster.session();
		await this.sim.clock({ offset: Number(await this.sql.value("select extract(epoch from ahead) from test_clock")) });
		await this.sim.price(SYMBOL, "50000", { prev_close: "51000" });
		const as_of = await this.sql.value("select to_json(clock_now()) #>> '{}'");
		const price = { symbol: SYMBOL, asset_class: "crypto", feed: "us", metric: "last_trade", price: "50000", as_of, session: "none" };
		await this.sql.rows("select market_data_partitions()");
		await this.sql.rows(`select market_data_store(gen_random_uuid(), ${quote(JSON.stringify([price]))}::jsonb)`);
	}

	// An instance of a daemon with a list of armed failpoints of its own.
	startArmed(name, instance) {
		return this.startDaemon(name, { instance, env: { HYBRIDHUB_FAILPOINTS_FILE: this.fpFile(instance) } });
	}

	fpFile(instance) {
		return join(this.dir, `${instance}.fp`);
	}

	// lines: ["T05.connecting kill"]
	arm(instance, lines) {
		const file = this.fpFile(instance);
		writeFileSync(`${file}.new`, lines.map((line) => `${line}\n`).join(""));
		renameSync(`${file}.new`, file);
		rmSync(`${file}.hit`, { force: true });
	}

	disarm(instance) {
		rmSync(this.fpFile(instance), { force: true });
	}

	hits(instance) {
		const file = `${this.fpFile(instance)}.hit`;
		return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(" ")[0]) : [];
	}

	// That the place was reached: without it a cell would prove nothing.
	waitHit(instance, point) {
		return until(`${point} to be reached by ${instance}`, () => this.hits(instance).includes(point), 30_000);
	}

	// SIGSTOP has been taken.
	waitStopped(instance) {
		const { pid } = this.program(instance);
		return until(`${instance} to stand still`, () => / T /.test(readFileSync(`/proc/${pid}/stat`, "latin1").replace(/\(.*\)/, "")), 10_000);
	}

	async newUser() {
		const uid = `${this.name}-${++this.persons}`;
		await makeUser(this.sql, uid);
		return uid;
	}

	// With a question of each rule; from here on posts() counts.
	async newPerson(uid) {
		this.seq = (await this.sim.log({ kind: "request", after: this.seq })).at(-1)?.seq ?? this.seq;
		return askBoth(this.sql, uid ?? (await this.newUser()));
	}

	yes(uid, id) {
		return sayYes(this.sql, uid, id);
	}

	step(seconds) {
		return this.sql.rows(`update test_clock set ahead = ahead + interval '${seconds} seconds'`);
	}

	// Every lease has run out.
	stepLease() {
		return this.step(LEASE_SECONDS + 1);
	}

	stepApproval() {
		return this.step(TTL_SECONDS + 5);
	}

	// What is unresolved by now is not asked for any more while the next cells step the clock: the places on that way are theirs.
	retire() {
		return this.sql.rows("update trade_orders set next_check_at = clock_now() + interval '1 day' where status = 'unresolved'");
	}

	// The account's level; it is resumed, as an operator would.
	async takeHalt() {
		const where = "scope = 'account' and key = 'paper'";
		const level = await this.sql.value(`select level from trading_halts where ${where}`);
		if (level !== "active")
			await this.sql.rows(`update trading_halts set level = 'active', reason = null where ${where}`);
		return level;
	}

	status(id) {
		return this.sql.value(`select status from trade_orders where id = ${quote(id)}`);
	}

	async posts(id) {
		const entries = await this.sim.log({ kind: "request", after: this.seq });
		return entries.filter((e) => `${e.method} ${e.path}` === POST && e.body?.client_order_id === clientId(id));
	}

	async atBroker(id) {
		return (await this.sim.orders()).some((order) => order.client_order_id === clientId(id));
	}

	// late: the broker will execute it some time: until then its approval does not run out.
	async settle(id, { late = false } = {}) {
		let seen = null;
		let since = Date.now();
		return until(`order ${id} to end`, async () => {
			const status = await this.status(id);
			if (ENDS.has(status))
				return status;
			if (status !== seen)
				[seen, since] = [status, Date.now()];
			if (Date.now() - since < STUCK_MS || (late && (await this.posts(id)).length > 0 && !(await this.atBroker(id))))
				throw new Error(status);
			since = Date.now();
			// A look at the broker is due, or the approval has run out.
			await (status === "unknown" ? this.stepApproval() : this.stepLease());
			throw new Error(status);
		}, 40_000, 40);
	}

	// An order that reached the broker after it was given up is found by the next look, minutes later.
	async settleLate(id, { late = false } = {}) {
		if ((await this.status(id)) !== "unresolved")
			return;
		// One that was sent after it was given up may still be on its way.
		if (late && (await this.posts(id)).length > 0)
			await until(`order ${id} to be executed late`, () => this.atBroker(id), 20_000);
		if (!(await this.atBroker(id)))
			return;
		await this.step(301);
		await until(`order ${id} to be found late`, async () => (await this.status(id)) === "filled", 20_000);
	}

	// Its daemons drain (the sanitizers have the last word), and leave no session behind.
	async finish() {
		const alive = [...this.running.values()].filter(({ program }) => program.alive);
		for (const { program } of alive) {
			const { code } = await program.stop(20_000);
			if (code !== 0)
				throw new Error(`${program.name} ended with ${code}\n${program.tail()}`);
		}
		await until("every session to be gone", async () => {
			const left = await this.sql.value("select count(*) from pg_stat_activity where datname = current_database() and application_name like 'hybridhub-%'");
			return left === "0";
		});
	}

	// The broker has filled what it has: a status may be behind by a poll.
	settlePolls() {
		return until("every poll to have been made", async () => {
			const open = await this.sql.value("select count(*) from trade_orders where status in ('accepted', 'partially_filled')");
			return open === "0";
		}, 20_000);
	}
}
