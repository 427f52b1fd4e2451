// A private cluster with the migrated and staged database, copies of it for each variant and lane, and seeds run in them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "../lib/cluster.mjs";
import { run } from "../lib/proc.mjs";
import { check } from "./check.mjs";
import { Database } from "./database.mjs";
import { VARIANTS } from "./variant.mjs";
import { World } from "./world.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const HERE = new URL("./", import.meta.url).pathname;
// Every seed is rolled back: what it leaves are dead rows.
const VACUUM_EVERY = 50;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

export class Lab {
	async start() {
		this.dir = mkdtempSync("/tmp/hh-tradesim-");
		this.cluster = new Cluster(join(this.dir, "pg"));
		this.onExit = () => {
			this.cluster.stopNow();
			this.cluster.discard();
			rmSync(this.dir, { recursive: true, force: true });
		};
		this.onSignal = () => process.exit(130);
		process.on("exit", this.onExit);
		for (const signal of SIGNALS)
			process.on(signal, this.onSignal);
		await this.cluster.start();
		await this.cluster.makeDatabase();
		await run("sql/migrate up", [join(TOP, "sql/migrate"), "up"], { env: { DATABASE_URL: this.cluster.url() } });
		const database = await new Database(this.url("hub")).open();
		for (const file of ["clock.sql", "stage.sql"])
			await database.run(readFileSync(join(HERE, file), "utf8"));
		await database.run("vacuum analyze");
		await database.close();
		this.admin = await new Database(this.url("postgres")).open();
		this.made = new Map();
		return this;
	}

	url(database) {
		return `${this.cluster.url(undefined, database)}&options=-c%20synchronous_commit%3Doff`;
	}

	// The database of a variant's lane, with what the variant does otherwise. One session uses it, over and over.
	async database(variant, lane) {
		const name = `${variant}_${lane}`;
		if (!this.made.has(name)) {
			await this.admin.run(`create database ${name} template hub`);
			const database = await new Database(this.url(name)).open();
			if (VARIANTS[variant].sql)
				await database.run(readFileSync(join(HERE, "variant", `${variant}.sql`), "utf8"));
			this.made.set(name, database);
		}
		return this.made.get(name);
	}

	// One seed: {seed, found, world}. `story` keeps what happened.
	async seed(seed, { profile, variant, lane = 0, story = false }) {
		const database = await this.database(variant, lane);
		const world = new World(seed, profile, VARIANTS[variant], database);
		world.telling = story;
		let found;
		try {
			await world.run();
			found = await check(world);
		} catch (error) {
			found = [{ rule: "error", what: error.message }];
		}
		await database.run("rollback");
		return { seed, found, world };
	}

	// Many seeds, in lanes side by side; each() hears of every one.
	async seeds(list, { lanes = 2, each = () => {}, ...options }) {
		const left = [...list];
		const results = [];
		await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
			for (let count = 1; left.length > 0; count += 1) {
				const result = await this.seed(left.shift(), { ...options, lane });
				results.push(result);
				each(result);
				if (count % VACUUM_EVERY === 0)
					await (await this.database(options.variant, lane)).run("vacuum");
			}
		}));
		return results;
	}

	async stop() {
		for (const database of this.made?.values() ?? [])
			await database.close();
		await this.admin?.close();
		await this.cluster.stop();
		this.cluster.discard();
		process.off("exit", this.onExit);
		for (const signal of SIGNALS)
			process.off(signal, this.onSignal);
		rmSync(this.dir, { recursive: true, force: true });
	}
}

export const again = (seed, { profile, variant }) =>
	`node test/tradesim/main.mjs --seeds ${seed} --profile ${profile} --variant ${variant} --story`;
