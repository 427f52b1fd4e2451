// A private Postgres cluster through test/lib/pg-cluster, and the database of the hub in it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./proc.mjs";
import { Psql } from "./psql.mjs";

const SCRIPT = new URL("pg-cluster", import.meta.url).pathname;

// DIR/env is a shell file of NAME=value lines.
function readEnv(dir) {
	const lines = readFileSync(join(dir, "env"), "utf8").split("\n");
	const pairs = lines.map((line) => /^(?:export )?(PG\w+)=(['"]?)(.*?)\2$/.exec(line.trim())).filter(Boolean);
	return Object.fromEntries(pairs.map(([, name, , value]) => [name, value]));
}

export class Cluster {
	constructor(dir, database = "hub") {
		this.dir = dir;
		this.database = database;
		this.up = false;
	}

	async start() {
		this.up = true;
		await run("pg-cluster start", [SCRIPT, "start", this.dir]);
		this.env = readEnv(this.dir);
	}

	async stop() {
		if (!this.up)
			return;
		await run("pg-cluster stop", [SCRIPT, "stop", this.dir]);
		this.up = false;
	}

	async restart() {
		await run("pg-cluster restart", [SCRIPT, "restart", this.dir]);
	}

	// For an exit that cannot wait.
	stopNow() {
		if (this.up)
			spawnSync(SCRIPT, ["stop", this.dir], { stdio: "ignore" });
		this.up = false;
	}

	url(role = this.env.PGUSER, database = this.database) {
		const { PGHOST, PGPORT } = this.env;
		return `postgresql://${role}@/${database}?host=${encodeURIComponent(PGHOST)}&port=${PGPORT ?? 5432}`;
	}

	// Makes the database where it is missing.
	async makeDatabase() {
		const session = this.session(undefined, "postgres");
		const known = await session.value(`select 1 from pg_database where datname = '${this.database}'`);
		if (!known)
			await session.rows(`create database ${this.database}`);
		await session.close();
	}

	session(role, database) {
		return new Psql(this.url(role, database));
	}
}
