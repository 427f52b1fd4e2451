// What a living tradectl cannot do is known to whoever asks the database: the operator's `tradectl status` and the person's
// status at apid name the cause and what to do, and are well again when it is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { Desk, LIST } from "./desk.mjs";

const CLOCK = "GET /v2/clock";
const ACCOUNT = "GET /v2/account";
const WITHIN_MS = 45_000; // back-off ends at 30 s

let stack;
let desk;
let uid;

async function person() {
	const { body } = await stack.person(uid).get("/v1/me/trading/status");
	return body;
}

function operator() {
	const { status, stdout, stderr } = spawnSync(stack.binary("tradectl"), ["status", "--json"], {
		env: { PATH: process.env.PATH, DATABASE_URL: stack.cluster.url("hybridhub_operator") },
		encoding: "utf8",
		timeout: 30_000,
	});
	assert.equal(status, 0, stderr);
	return JSON.parse(stdout).accounts.find(({ account }) => account === "paper").state;
}

const ordersBecome = (orders, reason) => until(`orders to be ${orders} ${reason}`, async () => {
	const seen = await person();
	if (seen.orders === orders && seen.orders_reason === reason)
		return seen;
	throw new Error(`${seen.orders} ${seen.orders_reason}`);
}, WITHIN_MS);

async function well() {
	const seen = await ordersBecome("paper", null);
	assert.equal(seen.orders_detail, null);
	assert.equal(operator(), "served");
}

// The name under which tradectl writes its number before it is renamed.
const freshName = async () => join(stack.dir, "state", `${await stack.sql.value("select id from installation")}-paper.new`);

// Everything is asked for once more, whose account it is first.
const sighup = () => stack.program("tradectl").signal("SIGHUP");

before(async () => {
	stack = new Stack({ name: "trouble", daemons: ["tradectl", "apid"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	uid = await desk.person();
	await stack.startDaemons();
});

after(async () => {
	await stack?.stop();
});

test("all is well: a yes is sent, and both say so", well);

for (const [what, begin, end, reason, person_, operator_] of [
	["the broker does not answer", async () => {
		for (const on of [CLOCK, ACCOUNT])
			await stack.sim.fault(on, "drop_before", { times: -1 });
		sighup();
	}, () => stack.sim.clearFaults(), "BROKER_AWAY", /^The broker does not answer: .* goes on by itself\.$/,
	/^sends nothing: broker: .*; what to do: nothing, it goes on by itself/],
	["the broker refuses the keys", async () => {
		for (const on of [CLOCK, ACCOUNT])
			await stack.sim.fault(on, "status:401", { code: 40110000, message: "request is not authorized", times: -1 });
		sighup();
	}, () => stack.sim.clearFaults(), "KEYS_REFUSED", /^The broker refuses the keys .*Ask the operator/,
	/^sends nothing: broker: the keys .* are refused: .*what to do: put keys there/],
	["it is not reconciled with the broker", async () => {
		await stack.sim.fault(LIST, "null_200", { times: -1 });
		sighup();
	}, () => stack.sim.clearFaults(), "RECONCILING", /compared with the broker's first: /,
	/^sends nothing: reconciling: .*; what to do: wait/],
	["the state file cannot be written", async () => {
		mkdirSync(await freshName());
		sighup();
	}, async () => rmdirSync(await freshName()),
	"STATE_FOLDER", /cannot write down .*look at its disk\.$/, /^sends nothing: state folder: .*what to do: let tradectl write/],
])
	test(`${what}: nothing is sent, both name it, and it ends`, async () => {
		try {
			await begin();
			const seen = await ordersBecome("none", reason);
			assert.match(seen.orders_detail, person_);
			assert.match(operator(), operator_);
		} finally {
			await end();
		}
		await well();
	});

test("an order is no probe: what is approved while the broker is away waits, past every back-off, and is sent when it is back", async () => {
	await stack.sim.fault(CLOCK, "drop_before", { times: -1 });
	await ordersBecome("none", "BROKER_AWAY");
	const id = await desk.approve();
	await sleep(10_000); // nothing is waited for: several back-offs and sweeps, each of which would have claimed it
	assert.deepEqual(await desk.row(id, "status, fence"), ["approved", "0"]);
	await stack.sim.clearFaults();
	await desk.becomes(id, "filled");
	await well();
});

test("a database that went back in time: the quarantine is told", async () => {
	await stack.sql.rows("update broker_account set quarantine_seconds = 3600 where account = 'paper'");
	await stack.sql.rows("update broker_account set timeline = timeline + 1 where account = 'paper'");
	await stack.sql.rows("notify reconcile_asked");
	assert.match((await ordersBecome("none", "QUARANTINE")).orders_detail, /went back in time/);
	await until("tradectl to tell it itself", async () => (await stack.sql.value("select trouble from broker_account where account = 'paper'")) === "QUARANTINE", WITHIN_MS);
	assert.match(operator(), /^sends nothing: quarantine: .*what to do: wait/);
	await stack.sql.rows(`update broker_account set quarantine_seconds = 3, quarantine_until = clock_now() where account = ${quote("paper")}`);
	await stack.sql.rows("notify reconcile_asked");
	await well();
});
