// A cell of apid: a person's answer, or the push of a question, with a process that breaks at the cell's place. The client does
// what clients do: it asks again, the same thing, at the same or at another instance.
import assert from "node:assert/strict";
import { HubClient } from "../lib/hub.mjs";
import { Person } from "../lib/http.mjs";
import { until } from "../lib/wait.mjs";
import { APID } from "./cells.mjs";
import { violations } from "./checker.mjs";
import { startTrading } from "./trade.mjs";

export async function startAnswering(lane) {
	await startTrading(lane);
	lane.door = "apid-a";
	await lane.startArmed("apid", lane.door);
	await lane.waitReady(lane.door);
}

const other = (instance) => (instance === "apid-a" ? "apid-b" : "apid-a");
const base = (lane, instance) => `http://127.0.0.1:${lane.running.get(instance).ports.http}`;
const personAt = (lane, uid) => new Person(base(lane, lane.door), lane.token(uid));

// What the client hears of its first try: a status, or that the connection broke.
function tryAnswer(lane, person) {
	return personAt(lane, person.uid).answer(person.first, 10, undefined).then(({ status }) => status, () => "broken");
}

async function ended(lane, instance, signal) {
	const how = await lane.program(instance).exited;
	assert.deepEqual([how.signal, how.code], signal ? [signal, null] : [null, 0], lane.program(instance).tail());
}

async function recover(lane, { action }, meanwhile = async () => {}) {
	const victim = lane.door;
	if (action === "kill") {
		await ended(lane, victim, "SIGKILL");
		await lane.startArmed("apid", victim);
		await lane.waitReady(victim);
	}
	if (action !== "stop")
		return meanwhile();
	await lane.waitStopped(victim);
	lane.door = other(victim);
	lane.disarm(lane.door);
	await lane.startArmed("apid", lane.door);
	await lane.waitReady(lane.door);
	await meanwhile();
	lane.program(victim).resume();
	lane.program(victim).signal("SIGTERM");
	return ended(lane, victim);
}

// The first answer wins, however often it is sent.
async function answerAgain(lane, person) {
	const { status, body } = await personAt(lane, person.uid).answer(person.first, 10);
	assert.equal(status, 200, JSON.stringify(body));
	assert.equal((await personAt(lane, person.uid).answer(person.first, -10)).status, 409);
}

async function breakAnswer(lane, cell, person) {
	lane.arm(lane.door, [`${cell.point} ${cell.action}`]);
	const first = tryAnswer(lane, person);
	await lane.waitHit(lane.door, cell.point);
	await recover(lane, cell, () => answerAgain(lane, person));
	const heard = await first;
	const allowed = cell.action === "kill" ? ["broken"] : cell.action === "stop" ? [200, "broken"] : [503, "broken"];
	assert.ok(allowed.includes(heard), `the first try heard ${heard}`);
}

async function breakPush(lane, cell, uid) {
	const clients = [];
	const connect = async () => {
		const client = new HubClient(base(lane, lane.door), () => lane.token(uid));
		clients.push(client);
		return client.connect();
	};
	try {
		const client = await connect();
		lane.arm(lane.door, [`${cell.point} ${cell.action}`]);
		const person = await lane.newPerson(uid);
		await lane.waitHit(lane.door, cell.point);
		await recover(lane, cell, async () => {
			const now = cell.action === "stop" ? await connect() : client;
			for (const id of [person.first, person.second])
				await now.waitQuestion((question) => question.id === id, 20_000);
			await now.answer(person.first, 10);
		});
		return person;
	} finally {
		await Promise.all(clients.map((client) => client.close()));
	}
}

export async function runAnswerCell(lane, cell) {
	let person;
	if (APID[cell.point].of === "push") {
		person = await breakPush(lane, cell, await lane.newUser());
	} else {
		person = await lane.newPerson();
		await breakAnswer(lane, cell, person);
	}
	await answerAgain(lane, person);
	const end = await lane.settle(person.first);
	await lane.settlePolls();
	assert.deepEqual(await violations(lane.sql, await lane.sim.orders()), []);
	assert.equal(end, "filled");
	const rows = await lane.sql.value(`select count(*) from trade_orders where firebase_uid = '${person.uid}'`);
	assert.equal(rows, "1");
	await until("the request", async () => (await lane.posts(person.first)).length === 1);
	return end;
}
