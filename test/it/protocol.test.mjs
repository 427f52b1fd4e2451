// What tradectl does when its own memory, the database's and the broker's differ: a state folder that cannot be written, a
// database that went back in time.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { quote } from "../lib/psql.mjs";
import { Stack } from "../lib/stack.mjs";
import { sleep, until } from "../lib/wait.mjs";
import { Desk } from "./desk.mjs";

let stack;
let desk;

const stateDir = () => join(stack.dir, "state");

async function stateFile() {
	return join(stateDir(), `${await stack.sql.value("select id from installation")}-paper`);
}

const seen = async () => Number(readFileSync(await stateFile(), "utf8"));
const reserveSeq = async () => Number(await stack.sql.value("select reserve_seq from broker_account where account = 'paper'"));

before(async () => {
	stack = new Stack({ name: "protocol", daemons: ["tradectl"], binDir: process.env.BIN_DIR ?? "build/bin" });
	desk = new Desk(stack);
	await desk.open();
	await stack.startDaemon("tradectl");
	await stack.waitReady("tradectl");
});

after(async () => {
	await stack?.stop();
});

test("the reservation stands on this host's disk, in a file of this installation and account", async () => {
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	assert.ok((await reserveSeq()) > 0);
	assert.equal(await seen(), await reserveSeq());
	assert.ok(readdirSync(stateDir()).every((name) => name.endsWith("-paper") || name.endsWith("-paper.lock")));
});

test("a state folder that cannot be written: up, not ready and says why, sends nothing, goes on when it can", async () => {
	const blocker = `${await stateFile()}.new`;
	const before = await seen();
	mkdirSync(blocker);
	const sent = await desk.posts();
	const id = await desk.approve();
	await desk.notReady("state folder");
	await desk.logged("event=order.approved");
	assert.deepEqual((await desk.moves(id)).slice(0, 3), ["approved", "reserved", "approved"]);
	assert.equal(await desk.posts(), sent);
	assert.equal(await seen(), before);
	assert.ok(stack.program("tradectl").alive);
	rmdirSync(blocker);
	await desk.becomes(id, "filled");
	await stack.waitReady("tradectl");
	assert.equal(await desk.posts(), sent + 1);
});

test("a start without a state folder: the same", async () => {
	await stack.stopDaemon("tradectl");
	renameSync(stateDir(), `${stateDir()}.away`);
	await stack.startDaemon("tradectl");
	await desk.notReady("state folder");
	const id = await desk.approve();
	await sleep(2500);
	assert.deepEqual(await desk.moves(id), ["approved"]);
	renameSync(`${stateDir()}.away`, stateDir());
	await desk.becomes(id, "filled");
});

// The database as it was before the last reservations: what a lossy failover or a restored dump leaves.
test("a database that went back in time: quarantine first, one line, served meanwhile, and then it goes on", async () => {
	await stack.stopDaemon("tradectl");
	const high = await seen();
	await stack.sql.rows(`update broker_account set reserve_seq = ${high - 2}, quarantine_until = null where account = 'paper'`);
	const program = await stack.startDaemon("tradectl");
	const id = await desk.approve();
	await desk.logged("event=database.rewound");
	const [until_, ahead] = await stack.sql.row("select quarantine_until, quarantine_until > clock_now() from broker_account where account = 'paper'");
	assert.equal(ahead, "t");
	assert.equal(await reserveSeq(), high);
	await desk.becomes(id, "filled");
	const [reserved, served] = await stack.sql.row(`select e.at >= ${quote(until_)}::timestamptz, b.served_at is not null
		from trade_order_events e, broker_account b where e.order_id = ${quote(id)} and e.to_status = 'reserved' and b.account = 'paper'`);
	assert.deepEqual([reserved, served], ["t", "t"]);
	assert.equal(program.lines.filter((line) => line.includes("event=database.rewound")).length, 1);
	assert.equal(await reserveSeq(), high + 1);
	assert.equal(await seen(), high + 1);
});

test("the same while it runs, behind a connection that never broke; and another server under the same name", async () => {
	let from = desk.lineCount();
	await stack.sql.rows(`update broker_account set reserve_seq = reserve_seq - 1 where account = 'paper'`);
	await stack.sql.rows("notify reconcile_asked"); // looks at once
	await desk.logged("event=database.rewound", from);
	await stack.waitReady("tradectl");
	from = desk.lineCount();
	await stack.sql.rows(`update broker_account set timeline = timeline + 1 where account = 'paper'`);
	await stack.sql.rows("notify reconcile_asked");
	await desk.logged("event=database.rewound", from);
	assert.equal(await stack.sql.value("select quarantine_until > clock_now() from broker_account where account = 'paper'"), "t");
	const id = await desk.approve();
	await desk.becomes(id, "filled");
	assert.equal(await stack.sql.value(`select e.at >= b.quarantine_until from trade_order_events e, broker_account b
		where e.order_id = ${quote(id)} and e.to_status = 'reserved' and b.account = 'paper'`), "t");
});

test("nobody has two orders", () => desk.noSecondOrder());
