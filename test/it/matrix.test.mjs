// The crash matrix, its chosen cells: each place of an order's and an answer's life (common/sys/failpoint.h) x killed, frozen until
// another has taken over, told that the call failed; with the broker's behaviours going round. The simulator's own list of orders
// is the truth, and after each cell the laws of test/matrix/checker.mjs hold. `make torture` runs every cell.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { run } from "../lib/proc.mjs";
import { ACTIONS, APID, BEHAVIOURS, TRADECTL, allCells, chosenCells } from "../matrix/cells.mjs";
import { runCells } from "../matrix/run.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
const BIN = process.env.BIN_DIR ?? "build/fp/bin";
const LANES = Number(process.env.MATRIX_LANES ?? 5);

const listed = async (daemon) => (await run(daemon, [join(TOP, BIN, daemon), "--failpoints"])).output.split("\n").sort();

test("every failpoint of the binaries is in the matrix, and nothing else", async () => {
	assert.deepEqual(await listed("tradectl"), Object.keys(TRADECTL).sort());
	assert.deepEqual(await listed("apid"), Object.keys(APID).sort());
});

test("a build for use has no failpoint: no name, no list", async () => {
	for (const daemon of ["ingestd", "evald", "tradectl", "apid"]) {
		const binary = join(TOP, "build/bin", daemon);
		const bytes = readFileSync(binary, "latin1");
		for (const name of [...Object.keys(TRADECTL), ...Object.keys(APID), "HYBRIDHUB_FAILPOINTS_FILE", "http.half"])
			assert.ok(!bytes.includes(name), `${daemon} holds ${name}`);
		assert.equal((await run(daemon, [binary, "--failpoints"], { check: false })).code, 64);
	}
	const bytes = readFileSync(join(TOP, BIN, "tradectl"), "latin1");
	assert.ok(bytes.includes("T08.fenced"), "and the test would see one");
});

test("the choice has each place with each action, and each behaviour before, amid and behind the send", () => {
	const chosen = chosenCells();
	assert.ok(chosen.length >= 60, `${chosen.length} cells`);
	const has = (...words) => chosen.some((cell) => words.every((word) => cell.name.split(" x ").includes(word)));
	for (const point of [...Object.keys(TRADECTL), ...Object.keys(APID)])
		for (const action of ACTIONS)
			assert.ok(has(point, action), `${point} x ${action}`);
	for (const behaviour of Object.keys(BEHAVIOURS))
		for (const [where, wanted] of [["before or amid", ["none", "fenced", "half"]], ["behind", ["all"]]])
			assert.ok(chosen.some((c) => c.behaviour === behaviour && wanted.includes(TRADECTL[c.point].sent)), `${behaviour} ${where} the send`);
	assert.ok(allCells().length > 400, "torture has them all");
});

test("the crash matrix", { timeout: 400_000 }, async (t) => {
	const cells = chosenCells();
	const results = [];
	const began = Date.now();
	await runCells(cells, { lanes: LANES, tell: (result) => results.push(result) });
	const failed = results.filter(({ error }) => error);
	const slowest = results.reduce((a, b) => (a.ms > b.ms ? a : b));
	t.diagnostic(`${results.length} cells, ${failed.length} failed, ${Math.round((Date.now() - began) / 1000)} s; slowest: ${slowest.cell.name}, ${slowest.ms} ms`);
	assert.equal(results.length, cells.length);
	for (const { cell, error, log } of failed)
		t.diagnostic(`${cell.name}: ${error.stack}\n${log ?? ""}`);
	assert.deepEqual(failed.map(({ cell, error }) => `${cell.name}: ${error.message}`), []);
});
