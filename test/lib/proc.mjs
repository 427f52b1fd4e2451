// Programs under test: started with a known environment, listened to line by line, ended by pid. Whatever this process
// started and still runs when it exits is killed then; the kernel does it when this process is killed itself.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

const running = new Set();
// From util-linux; an exec, so the pid is the program's own.
const DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"];
const LINES_KEPT = 20_000;
const PIPES_MS = 500;

process.on("exit", () => {
	for (const program of running)
		program.signal("SIGKILL");
});

export class Program {
	// env is the whole environment but for PATH and HOME; logFile receives both outputs.
	constructor(name, argv, { env = {}, logFile, cwd } = {}) {
		this.name = name;
		this.lines = [];
		this.waiters = new Set();
		this.exit = null;
		this.child = spawn(DIES_WITH_US[0], [...DIES_WITH_US.slice(1), ...argv], {
			cwd,
			env: { PATH: process.env.PATH, HOME: process.env.HOME ?? "/", ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.pid = this.child.pid;
		running.add(this);
		const log = logFile ? createWriteStream(logFile, { flags: "a" }) : null;
		for (const stream of [this.child.stdout, this.child.stderr])
			createInterface({ input: stream }).on("line", (line) => this.hear(line, log));
		this.exited = new Promise((resolve) => {
			this.child.once("error", (error) => this.end({ code: null, signal: null, error: error.message }, log, resolve));
			this.child.once("close", (code, signal) => this.end({ code, signal }, log, resolve));
			// A grandchild may hold the pipes open for long; its words are not this program's.
			this.child.once("exit", (code, signal) =>
				setTimeout(() => this.end({ code, signal }, log, resolve), PIPES_MS).unref());
		});
	}

	hear(line, log) {
		if (!this.alive)
			return;
		log?.write(line + "\n");
		this.lines.push(line);
		if (this.lines.length > LINES_KEPT)
			this.lines.shift();
		for (const waiter of this.waiters)
			waiter(line);
	}

	end(how, log, resolve) {
		if (this.exit)
			return;
		this.exit = how;
		running.delete(this);
		log?.end();
		for (const waiter of this.waiters)
			waiter(null);
		resolve(how);
	}

	get alive() {
		return this.exit === null;
	}

	// The first line, said or still to come, that matches; its match is returned.
	waitLine(pattern, ms = 10_000) {
		for (const line of this.lines) {
			const match = pattern.exec(line);
			if (match)
				return Promise.resolve(match);
		}
		return this.nextLine(pattern, ms);
	}

	// As waitLine, from now on.
	nextLine(pattern, ms = 10_000) {
		return new Promise((resolve, reject) => {
			const fail = (why) => finish(() => reject(new Error(`${this.name}: ${why} before ${pattern}\n${this.tail()}`)));
			const timer = setTimeout(() => fail(`${ms} ms passed`), ms);
			const hear = (line) => {
				const match = line === null ? null : pattern.exec(line);
				if (match)
					finish(() => resolve(match));
				else if (line === null)
					fail(`ended (${JSON.stringify(this.exit)})`);
			};
			const finish = (act) => {
				clearTimeout(timer);
				this.waiters.delete(hear);
				act();
			};
			this.waiters.add(hear);
			if (!this.alive)
				hear(null);
		});
	}

	tail(count = 30) {
		return this.lines.slice(-count).join("\n");
	}

	// By pid, and only while it is ours: a pid that has ended may be somebody else's by now.
	signal(name) {
		if (this.alive && this.pid !== undefined)
			this.child.kill(name);
	}

	async kill() {
		this.signal("SIGKILL");
		return this.exited;
	}

	pause() {
		this.signal("SIGSTOP");
	}

	resume() {
		this.signal("SIGCONT");
	}

	// SIGTERM, and SIGKILL when that is not heard; returns how it ended.
	async stop(graceMs = 10_000) {
		this.resume();
		this.signal("SIGTERM");
		const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
		const how = await this.exited;
		clearTimeout(timer);
		return how;
	}
}

// Runs to its end: {code, output}. A failure is an exception unless check is false.
export async function run(name, argv, options = {}) {
	const program = new Program(name, argv, options);
	const { code, signal, error } = await program.exited;
	if (code !== 0 && options.check !== false)
		throw new Error(`${name}: ended with ${error ?? signal ?? code}\n${program.tail()}`);
	return { code, output: program.lines.join("\n") };
}

export function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

// What this process started and still runs: [{name, pid}].
export function leftOver() {
	return [...running].map(({ name, pid }) => ({ name, pid }));
}
