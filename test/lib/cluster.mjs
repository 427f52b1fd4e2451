// A private Postgres cluster through test/lib/pg-cluster, and the database of the hub in it.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./proc.mjs";
import { Psql } from "./psql.mjs";
import { until } from "./wait.mjs";

const SCRIPT = new URL("pg-cluster", import.meta.url).pathname;

// DIR/env is a shell file of NAME=value lines.
function readEnv(dir) {
	const lines = readFileSync(join(dir, "env"), "utf8").split("\n");
	const pairs = lines.map((line) => /^(?:export )?(PG\w*)=(['"]?)(.*?)\2$/.exec(line.trim())).filter(Boolean);
	return Object.fromEntries(pairs.map(([, name, , value]) => [name, value]));
}

export class Cluster {
	// fast: without fsync, for tests.
	constructor(dir, { database = "hub", fast = true } = {}) {
		this.dir = dir;
		this.fast = fast;
		this.database = database;
		this.up = false;
	}

	async start() {
		this.up = true;
		await this.script("start");
		this.env = readEnv(this.dir);
	}

	async stop() {
		if (this.up)
			await this.script("stop");
		this.up = false;
	}

	// mode: fast or immediate (a crash).
	restart(mode = "fast") {
		return this.script("restart", mode);
	}

	script(action, ...more) {
		return run(`pg-cluster ${action}`, [SCRIPT, action, this.dir, ...more], { env: this.fast ? { PG_FAST: "1" } : {} });
	}

	// It is away until the next restart; its address stays. mode: immediate (a crash) or fast.
	kill(mode = "immediate") {
		return this.script("kill", mode);
	}

	// In place of start: a streaming standby of a primary that runs, asynchronous.
	async startStandby(primary) {
		this.up = true;
		await this.script("standby", primary.dir);
		this.env = readEnv(this.dir);
	}

	// A standby: until it has replayed all that the primary has written so far.
	async caughtUp(primary) {
		const [there, here] = [primary.session(), this.session()];
		const lsn = await there.value("select pg_current_wal_lsn()");
		await until("the standby to catch up", async () => (await here.value(`select pg_last_wal_replay_lsn() >= '${lsn}'`)) === "t", 30_000);
		await Promise.all([there.close(), here.close()]);
	}

	// A standby that hears no more of its primary: what is committed there from now on is lost with it.
	async unlink() {
		const session = this.session();
		await session.rows("alter system set primary_conninfo = ''");
		await session.rows("select pg_reload_conf()");
		await until("the link to be cut", async () => (await session.value("select count(*) from pg_stat_wal_receiver")) === "0", 30_000);
		await session.close();
	}

	// Makes a standby the primary; when it is one, as Date.now().
	async promote() {
		const session = this.session();
		await session.value("select 1");
		await this.script("promote");
		await until("the promotion", async () => (await session.value("select pg_is_in_recovery()")) === "f", 60_000, 5);
		const at = Date.now();
		await session.close();
		return at;
	}

	// For an exit that cannot wait.
	stopNow() {
		if (this.up)
			spawnSync(SCRIPT, ["stop", this.dir], { stdio: "ignore" });
		this.up = false;
	}

	// The data may stand outside dir, where the server's own user can reach it; nobody would look for it there.
	isOutside() {
		return this.env !== undefined && !this.env.PGDATA_DIR.startsWith(this.dir + "/");
	}

	discard() {
		if (this.env)
			rmSync(this.env.PGDATA_DIR, { recursive: true, force: true });
	}

	// more: further clusters that may be the primary, in the order in which they are tried.
	url(role = this.env.PGUSER, database = this.database, more = []) {
		const of = (name) => [this, ...more].map(({ env }) => env[name]).join(",");
		return `postgresql://${role}@/${database}?host=${encodeURIComponent(of("PGHOST"))}&port=${of("PGPORT")}`;
	}

	// Makes the database where it is missing; fresh: drops what an earlier run left, and whoever still uses it.
	async makeDatabase(fresh = false) {
		const session = this.session(undefined, "postgres");
		if (fresh)
			await session.rows(`drop database if exists ${this.database} with (force)`);
		const known = await session.value(`select 1 from pg_database where datname = '${this.database}'`);
		if (!known)
			await session.rows(`create database ${this.database}`);
		await session.close();
	}

	session(role, database) {
		return new Psql(this.url(role, database));
	}
}
