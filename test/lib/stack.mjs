// The whole house on loopback: Postgres, the simulator, the certificates and the four daemons; for the tests and the demo.
//   const stack = await new Stack({ name: "dip" }).start();  try { ... } finally { await stack.stop(); }
// Everything is ended by pid, also when start() fails or this process is interrupted.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { DEFAULTS as SIM } from "../alpacasim/config.mjs";
import { CertsServer } from "./certs-server.mjs";
import { Cluster } from "./cluster.mjs";
import { freePort } from "./freeport.mjs";
import { HubClient } from "./hub.mjs";
import { Person, call } from "./http.mjs";
import { Program, run } from "./proc.mjs";
import { SimClient } from "./simclient.mjs";
import { makeTlsKey } from "./tlskey.mjs";
import { TokenMint } from "./token.mjs";
import { sleep, until } from "./wait.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
export const DAEMONS = ["ingestd", "evald", "apid", "tradectl"];

export class Stack {
	// name: of the mktemp folder under build/.
	// dir: a fixed data folder instead, kept afterwards with all that is in it.
	// pgDir: of the cluster, if not under dir. fresh: the database is made anew.
	// tickSeconds: QUESTION_WORKER_INTERVAL_SECONDS. apidPort: taken when it is free. project: Firebase's.
	// stream: whether the broker tells trade updates; without them every order is polled for, as most faults of REST want it.
	// simArgs: flags of the simulator beside --listen and --log. daemons: which to start.
	// env: settings for all daemons, or {evald: {...}} under a daemon's name.
	// testMode: QUESTION_PIPELINE_TEST_MODE in place of the simulator: no host, no key.
	// standby: a second cluster that follows the first; every DATABASE_URL names both.
	// interrupted: the exit code after SIGINT, SIGTERM or SIGHUP.
	// tls: daemons reach the simulator by TLS alone, whose certificate is in caFile; the tests' own hand does not.
	// durable: Postgres really waits for its disk, as with a fixed dir; otherwise it does not.
	// binDir: where the daemons are (build/bin, or build/asan/bin). keep: leave a mktemp folder too.
	constructor({
		name = "stack",
		dir = null,
		pgDir = null,
		fresh = false,
		tickSeconds = 1,
		apidPort = 0,
		project = "hub-test",
		stream = false,
		simArgs = ["--always-open"],
		daemons = DAEMONS,
		env = {},
		interrupted = 130,
		binDir = "build/bin",
		keep = false,
		testMode = false,
		durable = false,
		tls = false,
		standby = false,
	} = {}) {
		mkdirSync(join(TOP, "build"), { recursive: true });
		this.dir = dir ? resolve(dir) : mkdtempSync(join(TOP, "build", `${name}-`));
		mkdirSync(join(this.dir, "state"), { recursive: true });
		this.keep = keep || dir !== null;
		this.options = { fresh, tickSeconds, apidPort, project, stream, simArgs, daemons, env, binDir, testMode, tls };
		this.cluster = new Cluster(pgDir ? resolve(pgDir) : join(this.dir, "pg"), { fast: dir === null && !durable });
		this.standby = standby ? new Cluster(join(this.dir, "pg2")) : null;
		this.promoted = false;
		this.running = new Map();
		this.stopping = null;
		this.onExit = () => {
			for (const cluster of this.clusters)
				cluster.stopNow();
			this.discardData();
		};
		this.onSignal = () => this.stop().finally(() => process.exit(interrupted));
		process.on("exit", this.onExit);
		for (const signal of SIGNALS)
			process.on(signal, this.onSignal);
	}

	async start() {
		try {
			await this.startGround();
			await this.startDaemons();
			return this;
		} catch (error) {
			await this.stop();
			throw error;
		}
	}

	async startDaemons() {
		await Promise.all(this.options.daemons.map((name) => this.startDaemon(name)));
		await Promise.all(this.options.daemons.map((name) => this.waitReady(name)));
	}

	// All but the daemons.
	async startGround() {
		const { project, simArgs } = this.options;
		await this.startOutside(project, simArgs);
		await this.cluster.start();
		await this.cluster.makeDatabase(this.options.fresh);
		await run("sql/migrate up", [join(TOP, "sql/migrate"), "up"], { env: { DATABASE_URL: this.cluster.url() } });
		await this.standby?.startStandby(this.cluster);
		this.sql = this.cluster.session();
	}

	get clusters() {
		return [this.cluster, this.standby].filter(Boolean);
	}

	get primary() {
		return this.promoted ? this.standby : this.cluster;
	}

	// Of a daemon's role; first: the cluster that is tried first.
	databaseUrl(name, first = this.cluster) {
		return first.url(`hybridhub_${name}`, undefined, this.clusters.filter((cluster) => cluster !== first));
	}

	// Who else is on the network: the broker, and whose certificates sign the tokens.
	async startOutside(project, simArgs) {
		this.mint = new TokenMint(join(this.dir, "key"), project);
		this.certs = await new CertsServer(this.mint.certs()).start();
		if (!this.options.testMode)
			await this.startSim(simArgs);
	}

	async startSim(args) {
		const main = join(TOP, "test/alpacasim/main.mjs");
		const argv = [process.execPath, main, "--listen", "127.0.0.1:0", "--log", join(this.dir, "alpacasim.jsonl"), ...args];
		argv.push("--set", `stream=${this.options.stream}`);
		if (this.options.tls) {
			this.caFile = makeTlsKey(join(this.dir, "tls"));
			argv.push("--tls", join(this.dir, "tls"));
		}
		this.simProgram = new Program("alpacasim", argv, { logFile: join(this.dir, "alpacasim.log") });
		const [url] = await this.simProgram.waitLine(/^http:\/\/\S+$/, 30_000);
		this.sim = new SimClient(url);
		if (this.options.tls)
			[this.tlsUrl] = await this.simProgram.waitLine(/^https:\/\/\S+$/, 30_000);
	}

	// What every daemon is given; the settings of the test come last.
	settings(name, ports, more) {
		const { tickSeconds, project, env } = this.options;
		return {
			DATABASE_URL: this.databaseUrl(name),
			METRICS_LISTEN: `127.0.0.1:${ports.metrics}`,
			TRADING_ENABLED: "true",
			QUESTION_WORKER_INTERVAL_SECONDS: String(tickSeconds),
			...this.broker(),
			FIREBASE_PROJECT_ID: project,
			FIREBASE_CERTS_URL: this.certs.url,
			APID_LISTEN: `127.0.0.1:${ports.http}`,
			TRADECTL_STATE_DIR: join(this.dir, "state"),
			LOG_LEVEL: "debug",
			...Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value !== "object")),
			...env[name],
			...more,
		};
	}

	broker() {
		if (this.options.testMode)
			return { QUESTION_PIPELINE_TEST_MODE: "true" };
		return {
			ALPACA_API_KEY_ID: SIM.key_id,
			ALPACA_API_SECRET_KEY: SIM.secret,
			ALPACA_DATA_BASE_URL: this.tlsUrl ?? this.sim.url,
			ALPACA_TRADING_BASE_URL: this.tlsUrl ?? this.sim.url,
			...(this.caFile && { ALPACA_CA_FILE: this.caFile }),
		};
	}

	// instance tells several of one daemon apart ("evald2"); ports are kept over a restart.
	async startDaemon(name, { instance = name, env = {} } = {}) {
		const before = this.running.get(instance);
		if (before?.program.alive)
			throw new Error(`${instance} runs already`);
		const ports = before?.ports ?? {
			metrics: await freePort(),
			http: name === "apid" ? await freePort(instance === name ? this.options.apidPort : 0) : 0,
		};
		const program = new Program(instance, [this.binary(name)], {
			env: this.settings(name, ports, env),
			logFile: join(this.dir, `${instance}.log`),
			cwd: this.dir,
		});
		this.running.set(instance, { name, ports, program, env });
		if (instance === "apid")
			this.api = `http://127.0.0.1:${ports.http}`;
		return program;
	}

	binary(name) {
		const file = join(TOP, this.options.binDir, name);
		if (!existsSync(file))
			throw new Error(`${file} is not built`);
		return file;
	}

	// /readyz, or the last reason why not with the end of its log.
	async waitReady(instance, ms = 20_000) {
		const { program, ports } = this.running.get(instance);
		try {
			await until(`${instance} ready`, async () => {
				if (!program.alive)
					return { ended: program.exit };
				const { status, body } = await call("GET", `http://127.0.0.1:${ports.metrics}/readyz`);
				if (status !== 200)
					throw new Error(`${status} ${JSON.stringify(body)}`);
				return true;
			}, ms);
		} catch (error) {
			throw new Error(`${error.message}\n${program.tail()}`);
		}
		if (!program.alive)
			throw new Error(`${instance} ended: ${JSON.stringify(program.exit)}\n${program.tail()}`);
	}

	// What /readyz answers: {status, body}; body names what is missing.
	readiness(instance) {
		return call("GET", `http://127.0.0.1:${this.running.get(instance).ports.metrics}/readyz`);
	}

	program(instance) {
		return this.running.get(instance).program;
	}

	// The text of /metrics.
	async metrics(instance) {
		return (await call("GET", `http://127.0.0.1:${this.running.get(instance).ports.metrics}/metrics`)).body;
	}

	async restartDaemon(instance) {
		const { name, env } = this.running.get(instance);
		await this.startDaemon(name, { instance, env });
		await this.waitReady(instance);
	}

	stopDaemon(instance) {
		return this.program(instance).stop();
	}

	// kill -9.
	killDaemon(instance) {
		return this.program(instance).kill();
	}

	// The primary is gone, after outageMs the standby is promoted and the tests' session goes there; when that was, as Date.now().
	async failOver(outageMs) {
		await this.sql.close();
		await this.cluster.kill();
		await sleep(outageMs);
		const at = await this.standby.promote();
		this.promoted = true;
		this.sql = this.primary.session();
		return at;
	}

	// mode: fast, or immediate (a crash). The tests' own session is made anew.
	async restartPostgres(mode) {
		await this.sql.close();
		await this.cluster.restart(mode);
		this.sql = this.cluster.session();
	}

	token(uid) {
		return this.mint.mint(uid);
	}

	person(uid) {
		return new Person(this.api, this.token(uid));
	}

	hub(uid, options) {
		return new HubClient(this.api, () => this.token(uid), options).connect();
	}

	// Ends everything, in the order of the road backwards; may be called twice.
	stop() {
		this.stopping ??= this.stopAll();
		return this.stopping;
	}

	async stopAll() {
		await Promise.all([...this.running.values()].map(({ program }) => program.stop()));
		await this.sql?.close();
		await this.simProgram?.stop();
		await this.certs?.stop();
		for (const cluster of this.clusters.toReversed())
			await cluster.stop();
		process.off("exit", this.onExit);
		for (const signal of SIGNALS)
			process.off(signal, this.onSignal);
		this.discardData();
		if (!this.keep)
			rmSync(this.dir, { recursive: true, force: true });
	}

	discardData() {
		for (const cluster of this.clusters)
			if (!this.keep || cluster.isOutside())
				cluster.discard();
	}
}
