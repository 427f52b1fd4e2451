// A private Postgres cluster through test/lib/pg-cluster, and the database of the hub in it.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./proc.mjs";
import { Psql } from "./psql.mjs";

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

	url(role = this.env.PGUSER, database = this.database) {
		const { PGHOST, PGPORT } = this.env;
		return `postgresql://${role}@/${database}?host=${encodeURIComponent(PGHOST)}&port=${PGPORT ?? 5432}`;
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
