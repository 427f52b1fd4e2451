// alpacasim as a program.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { Program, run } from "../lib/proc.mjs";
import { SimClient } from "../lib/simclient.mjs";

const MAIN = new URL("../alpacasim/main.mjs", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "main-"));
after(() => rmSync(dir, { recursive: true }));

test("alpacasim: one line with its URL, a port file, settings, and a clean end", async () => {
	const portFile = join(dir, "port");
	const args = ["--listen", "127.0.0.1:0", "--port-file", portFile, "--always-open", "--set", 'spread="0"'];
	const program = new Program("alpacasim", [process.execPath, MAIN, ...args]);
	const [url] = await program.waitLine(/^http:\/\/127\.0\.0\.1:\d+$/);
	assert.equal(readFileSync(portFile, "utf8").trim(), new URL(url).port);
	const { latestQuote } = await new SimClient(url).price("SPY", "492");
	assert.deepEqual([latestQuote.bp, latestQuote.ap], [492, 492]);
	assert.equal(program.lines.length, 1);
	assert.deepEqual(await program.stop(), { code: 0, signal: null });
});

for (const [name, args] of [
	["an address that is not loopback", ["--listen", "0.0.0.0:0"]],
	["an unknown flag", ["--lissten", "127.0.0.1:0"]],
	["an unknown setting", ["--set", "spraed=1"]],
	["a seed that is no number", ["--seed", "x"]],
	["a recording that is not there", ["--csv", "/nonexistent.csv"]],
])
	test(`alpacasim: ${name} is a usage error`, async () => {
		const { code, output } = await run("alpacasim", [process.execPath, MAIN, ...args], { check: false });
		assert.equal(code, 64);
		assert.match(output, /^alpacasim: /);
	});
