// A cell of tradectl: an approval, a broker that behaves as the cell says, and a process that is killed, frozen or told that a
// call failed at the cell's place. Frozen: a second instance takes over before the first goes on.
import assert from "node:assert/strict";
import { until } from "../lib/wait.mjs";
import { clientId } from "../it/desk.mjs";
import { BEHAVIOURS, TRADECTL, outcome } from "./cells.mjs";
import { violations } from "./checker.mjs";
import { POST } from "./lane.mjs";

// So long an answer is held back where a drain must find the request under way.
const HOLD_MS = 600;

export async function startTrading(lane) {
	lane.main = "tradectl-a";
	await lane.startArmed("tradectl", lane.main);
	await lane.waitReady(lane.main);
}

const other = (instance) => (instance === "tradectl-a" ? "tradectl-b" : "tradectl-a");

async function armBroker(lane, { behaviour, point }) {
	const { fault, more } = BEHAVIOURS[behaviour];
	const hold = TRADECTL[point].through === "drain" ? HOLD_MS : 0;
	if (fault)
		await lane.sim.fault(POST, fault, { ...more, ...(hold && !more?.ms && { after_ms: hold }) });
	else if (hold)
		await lane.sim.fault(POST, "delay_ms", { ms: hold });
	// Not filled before it is polled.
	if (TRADECTL[point].through === "accepted")
		await lane.sim.do("config", { fill_plan: ["hold"] });
}

// The yes is there before the instance looks: the first pass of a place is this order's.
async function approveUnseen(lane, person, lines) {
	const program = lane.program(lane.main);
	program.pause();
	await lane.yes(person.uid, person.first);
	lane.arm(lane.main, lines);
	program.resume();
}

async function reach(lane, cell, person) {
	const { point, action } = cell;
	const armed = `${point} ${action}`;
	switch (TRADECTL[point].through) {
	case "forgotten":
		// Its sender forgets the answer, so it is asked for by id.
		await approveUnseen(lane, person, ["T11.answered fail"]);
		await lane.waitHit(lane.main, "T11.answered");
		lane.arm(lane.main, [armed]);
		await lane.stepLease();
		break;
	case "restart":
		await approveUnseen(lane, person, ["T11.answered kill"]);
		await lane.program(lane.main).exited;
		assert.deepEqual(lane.hits(lane.main), ["T11.answered"]);
		lane.arm(lane.main, [armed]);
		await lane.startArmed("tradectl", lane.main);
		break;
	case "drain":
		await approveUnseen(lane, person, [armed]);
		await until("the request at the broker", async () => (await lane.posts(person.first)).length > 0, 20_000);
		lane.program(lane.main).signal("SIGTERM");
		break;
	default:
		await approveUnseen(lane, person, [armed]);
	}
	await lane.waitHit(lane.main, point);
	if (TRADECTL[point].through === "accepted") {
		await lane.sim.do("config", { fill_plan: ["1"] });
		await lane.sim.do("fill", { order: clientId(person.first) });
	}
}

async function ended(lane, instance, signal) {
	const how = await lane.program(instance).exited;
	assert.deepEqual([how.signal, how.code], signal ? [signal, null] : [null, 0], lane.program(instance).tail());
}

// The dead one's lease; and the approval where nothing else is left to come.
function runOut(lane, cell) {
	const { ends } = outcome(cell);
	return ends.length === 1 && ends[0] === "unresolved" ? lane.stepApproval() : lane.stepLease();
}

async function recover(lane, cell, person, late) {
	const { action, point } = cell;
	const drains = TRADECTL[point].through === "drain";
	const victim = lane.main;
	if (action === "kill") {
		await ended(lane, victim, "SIGKILL");
		await lane.startArmed("tradectl", victim);
		await lane.waitReady(victim);
		return runOut(lane, cell);
	}
	if (action === "fail") {
		if (drains) {
			await ended(lane, victim);
			await lane.startArmed("tradectl", victim);
			await lane.waitReady(victim);
		}
		return runOut(lane, cell);
	}
	await lane.waitStopped(victim);
	lane.main = other(victim);
	lane.disarm(lane.main);
	await lane.startArmed("tradectl", lane.main);
	await lane.waitReady(lane.main);
	await lane.stepLease();
	await lane.settle(person.first, { late });
	// It finishes what it was at, and drains: whatever it still does, it has done then.
	lane.program(victim).resume();
	if (!drains)
		lane.program(victim).signal("SIGTERM");
	await ended(lane, victim);
}

// The person's other yes: it goes only where the first order is not counted.
async function probe(lane, person, end) {
	await lane.yes(person.uid, person.second);
	const second = await lane.settle(person.second);
	const counted = !["blocked", "expired", "canceled"].includes(end);
	assert.equal(second, counted ? "blocked" : "filled", "the cap of one order a day");
}

// On a slow machine the last fence gives up for want of time: then the place was not where the cell means it to be.
export class Unstaged extends Error {}

// What must hold at the end of a cell, however it went.
async function judge(lane, cell, person, { end, ends, posts, level }) {
	const sent = await lane.posts(person.first);
	assert.deepEqual(await violations(lane.sql, await lane.sim.orders()), []);
	if (TRADECTL[cell.point]?.sent === "all" && sent.length === 0)
		throw new Unstaged("nothing was sent");
	assert.ok(ends.includes(end), `ended ${end}, not ${ends.join(" or ")}`);
	assert.ok(sent.length <= posts, `${sent.length} requests reached the broker, not at most ${posts}`);
	assert.equal(await lane.takeHalt(), level, "the account's level");
	await lane.retire();
	return end;
}

// Nothing breaks but the broker's answer.
async function runFaultCell(lane, cell) {
	const person = await lane.newPerson();
	await lane.sim.fault(POST, cell.fault, cell.more);
	await lane.yes(person.uid, person.first);
	const end = await lane.settle(person.first);
	await lane.sim.clearFaults();
	await lane.settlePolls();
	await probe(lane, person, end);
	await judge(lane, cell, person, { end, ends: [cell.end], posts: 1, level: cell.level });
	await until("the daemon to be of use again", () => lane.waitReady(lane.main, 1000).then(() => true), 40_000);
	return end;
}

export async function runTradeCell(lane, cell) {
	if (cell.fault)
		return runFaultCell(lane, cell);
	const late = cell.behaviour === "late_504";
	const person = await lane.newPerson();
	await armBroker(lane, cell);
	await reach(lane, cell, person);
	await recover(lane, cell, person, late);
	let end = await lane.settle(person.first, { late });
	await lane.sim.clearFaults();
	await lane.settleLate(person.first, { late });
	await lane.settlePolls();
	end = await lane.status(person.first);
	await probe(lane, person, end);
	await lane.settlePolls();

	return judge(lane, cell, person, { ...outcome(cell), end, level: "active" });
}
