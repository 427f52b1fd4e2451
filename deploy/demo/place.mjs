// Where a demo keeps its things: build/demo and build/pg, or, beside another demo that runs, folders of its own.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { isAlive } from "../../test/lib/proc.mjs";

export const TOP = new URL("../../", import.meta.url).pathname;
export const PROJECT = "hybridhub-demo";
const PORT = 8080;

// {dir, pgDir, first, leave()}: `first` is false beside another demo; leave() gives the place back.
export function takePlace() {
	const dir = join(TOP, "build/demo");
	mkdirSync(dir, { recursive: true });
	const lock = join(dir, "running");
	if (takeLock(lock))
		return { dir, pgDir: join(TOP, "build/pg"), first: true, leave: () => rmSync(lock, { force: true }) };
	const own = mkdtempSync(join(TOP, "build/demo-"));
	return { dir: own, pgDir: join(own, "pg"), first: false, leave: () => rmSync(own, { recursive: true, force: true }) };
}

// The lock holds the pid of its demo; one left behind by a kill is taken over.
function takeLock(lock) {
	try {
		const fd = openSync(lock, "wx");
		writeSync(fd, String(process.pid));
		closeSync(fd);
		return true;
	} catch (error) {
		if (error.code !== "EEXIST")
			throw error;
	}
	const pid = Number(readFileSync(lock, "utf8"));
	if (pid && isAlive(pid))
		return false;
	writeFileSync(lock, String(process.pid));
	return true;
}

// 8080, or 0 (any free port) when that is taken.
export function choosePort() {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.once("error", () => resolve(0));
		probe.listen(PORT, "127.0.0.1", () => probe.close(() => resolve(PORT)));
	});
}

// build/demo/token UID prints a fresh token for this demo's apid.
export function writeTokenProgram(dir) {
	const text = `#!/bin/sh
# Prints a token for the running demo: ${dir}/token UID [LIFETIME_SECONDS]
exec node '${join(TOP, "test/lib/token.mjs")}' '${join(dir, "key")}' '${PROJECT}' "\${1:-demo}" "\${2:-3600}"
`;
	writeFileSync(join(dir, "token"), text, { mode: 0o755 });
}
