// No daemon works on a schema that is not its release's: each ends with 69, the supervisor's sign not to start it again.
//   node --test test/it/schema.test.mjs
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DAEMONS, Stack } from "../lib/stack.mjs";

let stack;

before(async () => {
	stack = new Stack({ name: "schema", daemons: [], binDir: process.env.BIN_DIR });
	await stack.start();
});

after(() => stack?.stop());

async function ends(daemon) {
	const program = await stack.startDaemon(daemon);
	await program.exited;
	assert.deepEqual(program.exit, { code: 69, signal: null }, program.tail());
	assert.ok(program.lines.some((line) => /level=error .*event=schema\.misfit/.test(line)), program.tail());
}

describe("a schema of another release", () => {
	for (const daemon of DAEMONS) {
		it(`${daemon} ends on a newer one`, async () => {
			await stack.sql.rows("insert into schema_steps (number, name, checksum) values (999, '999_later.sql', 'x')");
			await ends(daemon);
			await stack.sql.rows("delete from schema_steps where number = 999");
		});

		it(`${daemon} ends where there is none`, async () => {
			await stack.sql.rows("alter view schema_version rename to hidden");
			await ends(daemon);
			await stack.sql.rows("alter view hidden rename to schema_version");
		});

		it(`${daemon} works on its own`, async () => {
			await stack.startDaemon(daemon);
			await stack.waitReady(daemon);
			await stack.stopDaemon(daemon);
		});
	}
});
