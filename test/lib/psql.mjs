// One Postgres session: a psql child that lives as long as the session, asked through its stdin. After each query psql is
// told to echo a sentinel on both outputs; what came before it is the answer.
import { spawn } from "node:child_process";

const FIELD = "\x1f";
const RECORD = "\x1e";
const NULL = "\x02";
const NOTIFICATION = /^Asynchronous notification "([^"]*)"(?: with payload "(.*)")? received from server process with PID \d+\.$/;
const ERROR = /^(?:psql:.*?: )?(ERROR|FATAL|PANIC): {2}([0-9A-Z]{5}): (.*)$/m;

export class SqlError extends Error {
	constructor(state, message, sql) {
		super(`${state}: ${message} in: ${sql.slice(0, 200)}`);
		this.state = state;
	}
}

export class Psql {
	// url: as libpq takes it; env adds to it (PGHOST ...).
	constructor(url, env = {}) {
		this.asked = [];
		this.count = 0;
		this.out = "";
		this.err = "";
		this.notices = [];
		this.notifications = [];
		this.child = spawn(
			"psql",
			["-X", "-q", "-A", "-t", "-F", FIELD, "-R", RECORD, "-P", `null=${NULL}`, "-v", "VERBOSITY=verbose", "-d", url],
			{ env: { PATH: process.env.PATH, PGAPPNAME: "test", PGCLIENTENCODING: "UTF8", ...env }, stdio: "pipe" },
		);
		this.pid = this.child.pid;
		this.child.stdout.setEncoding("utf8").on("data", (text) => this.heard("out", text));
		this.child.stderr.setEncoding("utf8").on("data", (text) => this.heard("err", text));
		this.child.stdin.on("error", () => {});
		this.closed = new Promise((resolve) => this.child.once("close", () => resolve(this.lost())));
		this.child.once("error", () => this.lost());
	}

	// Rows as arrays of text (null for NULL) of the one statement in sql that returns any. Errors are exceptions.
	rows(sql, ms = 30_000) {
		this.count += 1;
		const mark = `--answered-${this.count}--`;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				// An open quote would wait for ever: this session is of no use any more.
				this.child.kill("SIGKILL");
				reject(new Error(`no answer in ${ms} ms: ${sql.slice(0, 200)}`));
			}, ms);
			this.asked.push({ sql, mark, resolve, reject, timer });
			this.child.stdin.write(`${sql}\n;\n\\echo ${mark}\n\\warn ${mark}\n`);
		});
	}

	// The first row, or undefined.
	async row(sql) {
		return (await this.rows(sql))[0];
	}

	// The first column of the first row.
	async value(sql) {
		return (await this.row(sql))?.[0];
	}

	heard(which, text) {
		this[which] += text;
		while (this.asked.length > 0 && this.answerOne())
			;
	}

	// Takes the oldest query's answer once both sentinels are there.
	answerOne() {
		const { sql, mark, resolve, reject, timer } = this.asked[0];
		const outEnd = this.out.indexOf(`${mark}\n`);
		const errEnd = this.err.indexOf(`${mark}\n`);
		if (outEnd < 0 || errEnd < 0)
			return false;
		const out = this.takeNotifications(this.out.slice(0, outEnd));
		const err = this.err.slice(0, errEnd);
		this.out = this.out.slice(outEnd + mark.length + 1);
		this.err = this.err.slice(errEnd + mark.length + 1);
		this.asked.shift();
		clearTimeout(timer);
		const failed = ERROR.exec(err);
		this.notices.push(...err.split("\n").filter((line) => /^(psql:.*: )?(NOTICE|WARNING|INFO):/.test(line)));
		if (failed)
			reject(new SqlError(failed[2], failed[3], sql));
		else
			resolve(parseRows(out));
		return true;
	}

	// psql prints notifications after a query's rows.
	takeNotifications(out) {
		const lines = out.split("\n");
		const kept = lines.filter((line) => {
			const match = NOTIFICATION.exec(line);
			if (match)
				this.notifications.push({ channel: match[1], payload: match[2] ?? "" });
			return !match;
		});
		return kept.join("\n");
	}

	lost() {
		for (const { reject, timer, sql } of this.asked.splice(0)) {
			clearTimeout(timer);
			reject(new SqlError("08006", `session lost: ${this.err.trim()}`, sql));
		}
	}

	async close() {
		this.child.stdin.end("\\q\n");
		const timer = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
		await this.closed;
		clearTimeout(timer);
	}

	async kill() {
		this.child.kill("SIGKILL");
		await this.closed;
	}
}

// psql ends the last record with a newline, whatever separates the others.
function parseRows(out) {
	if (out === "")
		return [];
	const text = out.endsWith("\n") ? out.slice(0, -1) : out;
	return text.split(RECORD).map((record) => record.split(FIELD).map((field) => (field === NULL ? null : field)));
}

// A literal; the sessions run with standard_conforming_strings.
export function quote(value) {
	return value === null || value === undefined ? "NULL" : `'${String(value).replaceAll("'", "''")}'`;
}
