// The broker behind TLS, as it is outside: orders, polls and trade updates go through, and a certificate that nobody vouches for
// stops everything before an order is claimed. The simulator's own log is the truth.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Stack } from "../lib/stack.mjs";
import { makeTlsKey } from "../lib/tlskey.mjs";
import { until } from "../lib/wait.mjs";
import { Desk, POST } from "./desk.mjs";

let stack;
let desk;

before(async () => {
	stack = new Stack({ name: "tls", stream: true, tls: true, daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
});

after(() => stack?.stop());

test("a certificate that nobody vouches for: not ready, the reason is named, and no order is claimed", { timeout: 120_000 }, async () => {
	await stack.startDaemon("tradectl", { env: { ALPACA_CA_FILE: makeTlsKey(join(stack.dir, "other")) } });
	const id = await desk.approve();
	const { body } = await until("the reason", async () => {
		const answer = await stack.readiness("tradectl");
		return answer.status === 503 && /certificate/i.test(JSON.stringify(answer.body)) && answer;
	}, 30_000);
	assert.match(JSON.stringify(body), /broker/);
	assert.deepEqual(await desk.row(id, "status, fence"), ["approved", "0"]);
	assert.deepEqual((await stack.sim.log({ kind: "request" })).map(({ path }) => path), [], "something went through");
	await stack.stopDaemon("tradectl");
});

test("with its own: claimed, sent once, heard of by the stream and filled", { timeout: 120_000 }, async () => {
	await stack.startDaemon("tradectl", { env: { ALPACA_CA_FILE: stack.caFile } });
	await stack.waitReady("tradectl");
	await until("tradectl to listen", async () => (await stack.sim.read("/sim/stream")).listening === 1, 45_000);
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	const posts = (await stack.sim.requests(POST)).filter((entry) => JSON.stringify(entry.body).includes(id.replaceAll("-", "")));
	assert.equal(posts.length, 1);
	assert.ok(Number(await stack.sql.value(`select count(*) from trade_fills where order_id = '${id}'`)) > 0, "no fill came by the stream");
});
