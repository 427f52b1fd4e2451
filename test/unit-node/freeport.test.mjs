import assert from "node:assert/strict";
import { createServer } from "node:net";
import test from "node:test";
import { freePort } from "../lib/freeport.mjs";

test("freeport: the wished one where it is free, another where it is taken", async () => {
	const wished = await freePort();
	assert.equal(await freePort(wished), wished);
	const squatter = createServer();
	await new Promise((resolve) => squatter.listen(wished, "127.0.0.1", resolve));
	assert.notEqual(await freePort(wished), wished);
	await new Promise((resolve) => squatter.close(resolve));
});
