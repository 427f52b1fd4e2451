// Programs under test, and psql sessions, end the way they should.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { Program, isAlive, leftOver, run } from "../lib/proc.mjs";
import { sleep, until } from "../lib/wait.mjs";

const dir = mkdtempSync(join(tmpdir(), "proc-"));
after(() => rmSync(dir, { recursive: true }));

const shell = (script, options) => new Program("sh", ["sh", "-c", script], options);

test("proc: lines of both outputs are kept, waited for and written down", async () => {
	const logFile = join(dir, "lines.log");
	const program = shell("echo one; echo two >&2; echo port 4711; exec sleep 30", { logFile });
	const [, port] = await program.waitLine(/^port (\d+)$/);
	assert.equal(port, "4711");
	assert.equal((await program.waitLine(/^two$/))[0], "two");
	await program.kill();
	await until("the log", () => readFileSync(logFile, "utf8").includes("port 4711"));
});

test("proc: the environment is what was given", async () => {
	process.env.LEAKED = "1";
	const { output } = await run("env", ["env"], { env: { GIVEN: "x" } });
	assert.match(output, /^GIVEN=x$/m);
	assert.doesNotMatch(output, /LEAKED/);
});

test("proc: TERM, then KILL for one that does not listen", async () => {
	assert.deepEqual(await shell("exec sleep 30").stop(), { code: null, signal: "SIGTERM" });
	const deaf = shell("trap '' TERM; echo deaf; while :; do sleep 0.1; done");
	await deaf.waitLine(/deaf/);
	assert.deepEqual(await deaf.stop(100), { code: null, signal: "SIGKILL" });
	assert.equal(isAlive(deaf.pid), false);
});

test("proc: a paused program says nothing until it is resumed", async () => {
	const program = shell("while :; do echo tick; sleep 0.02; done");
	await program.waitLine(/tick/);
	program.pause();
	await sleep(50);
	const count = program.lines.length;
	await sleep(100);
	assert.equal(program.lines.length, count);
	program.resume();
	await program.nextLine(/tick/);
	await program.stop();
});

test("proc: a grandchild that holds the pipes does not hold up the end", async () => {
	const program = shell("sleep 3 & echo started; wait");
	await program.waitLine(/started/);
	const began = Date.now();
	await program.kill();
	assert.ok(Date.now() - began < 2_000);
});

test("proc: waiting for a line of one that ends says how it ended", async () => {
	await assert.rejects(shell("echo bye; exit 7").waitLine(/never/), /"code":7[^]*bye/);
	await assert.rejects(new Program("none", ["/nonexistent/program"]).waitLine(/never/), /"code":127[^]*No such file/);
});

test("proc: run fails loudly unless told not to", async () => {
	await assert.rejects(run("false", ["sh", "-c", "echo why; exit 3"]), /ended with 3\nwhy/);
	assert.equal((await run("false", ["false"], { check: false })).code, 1);
});

// Its command line is empty once it has ended, reaped or not.
function commandLine(pid) {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8");
	} catch {
		return "";
	}
}

test("proc: a kill -9 of this process ends what it started", async () => {
	const script = `import { Program } from ${JSON.stringify(new URL("../lib/proc.mjs", import.meta.url).href)};
		console.log("sleeper", new Program("sleep", ["sleep", "30"]).pid);`;
	const parent = new Program("parent", [process.execPath, "--input-type=module", "-e", script]);
	const [, pid] = await parent.waitLine(/^sleeper (\d+)$/);
	await until("the sleeper runs", () => commandLine(pid).startsWith("sleep\0"));
	await parent.kill();
	await until("the sleeper ends", () => commandLine(pid) === "");
});

test("proc: nothing is left", () => assert.deepEqual(leftOver(), []));
