// What a tradectl does, as tasks of a process of the model: the same statements in the same order, the same verdicts
// (tradectl/verdict.c), the same times. A variant changes what it names and nothing else.
import { LOST, gap, http, sleep, sql } from "./process.mjs";

const LEASE_MS = 30_000;
const TIMEOUT_MS = 10_000;
const SWEEP_MS = 2_000;
// Seldom enough that a seed is short: what a poll finds, it finds a little later.
const POLL_MS = 20_000;
const IDLE_MS = 120_000;
const SERVE_MS = 20_000;
const LIST_EVERY_MS = 300_000;
const LOOKUPS_MOST = 3;
const AGAIN_MS = 500;

export function tradectl(process) {
	process.ready = false;
	process.run = 0;
	process.spawn(start(process));
	process.sweeper = process.spawn(sweep(process));
	process.spawn(listAgain(process));
	process.server = process.spawn(serveAgain(process));
}

// Both sessions are made anew: everything that a start does is done again.
export function reconnect(process) {
	process.ready = false;
	process.wake(process.server);
	process.spawn(start(process));
}

function* start(p) {
	const run = ++p.run;
	const { world } = p;
	while (p.run === run) {
		yield sleep(world.random.between(20, 400));
		if (p.run === run && (yield* reconcile(p))) {
			p.ready = p.run === run;
			p.wake(p.sweeper);
			return;
		}
	}
}

// Serve, look whether the database went back in time, ask for every open order and for the list.
function* reconcile(p) {
	const { world } = p;
	const { variant } = world;
	const served = yield sql("serve");
	if (served === LOST)
		return false;
	p.quarantineUntil = p.world.now + Number(served[0].quarantine_ms ?? 0);
	if (!variant.noQuarantine && world.seen > Number(served[0].reserve_seq)) {
		// No: the other one's claim came between.
		const rewound = yield sql("rewound", world.seen);
		if (rewound !== LOST && rewound[0].said)
			world.rewound += 1;
		return false;
	}
	if (!variant.noReconcile) {
		const open = yield sql("open");
		if (open === LOST)
			return false;
		for (const row of open) {
			const answer = yield http({ method: "GET", client_order_id: row.client_order_id });
			if (answer.status === 200 && (yield sql("accept", row.id, JSON.stringify(answer.order))) === LOST)
				return false;
		}
		if (!(yield* list()))
			return false;
	}
	return (yield sql("reconciled")) !== LOST;
}

function* list() {
	const answer = yield http({ method: "LIST" });
	if (answer.status !== 200)
		return false;
	return answer.orders.length === 0 || (yield sql("adopt", JSON.stringify(answer.orders))) !== LOST;
}

function* listAgain(p) {
	for (;;) {
		yield sleep(LIST_EVERY_MS);
		if (p.ready && !p.world.variant.noReconcile)
			yield* list();
	}
}

// What served says later than the start: seldom, but in a quarantine, at whose end everything is asked for again.
function* serveAgain(p) {
	let next = IDLE_MS;
	for (;;) {
		yield sleep(next);
		const served = yield sql("serve");
		if (served !== LOST)
			p.quarantineUntil = p.world.now + Number(served[0].quarantine_ms ?? 0);
		next = served !== LOST && (served[0].quarantine_ms > 0 || !served[0].reconciled) ? SERVE_MS : IDLE_MS;
		if (p.ready && served !== LOST && !served[0].reconciled)
			reconnect(p);
	}
}

// A fact or a guess is written until the database has it.
function* record(p, name, ...args) {
	for (;;) {
		const rows = yield sql(name, ...args);
		if (rows !== LOST)
			return rows[0]?.said;
		yield sleep(AGAIN_MS);
	}
}

function* sweep(p) {
	for (;;) {
		const due = yield sql("due");
		let next = SWEEP_MS;
		if (due !== LOST) {
			const { claim, check, poll, grown } = due[0];
			if (p.ready && isDue(claim) && p.world.now >= p.quarantineUntil)
				yield* claims(p);
			if (isDue(check))
				yield* checks(p);
			if (isDue(poll))
				yield* polls(p);
			if (isDue(grown))
				yield sql("expire");
			next = Math.min(soonest(claim, Math.max(SWEEP_MS, p.quarantineUntil - p.world.now)), soonest(check, SWEEP_MS), soonest(poll, POLL_MS), soonest(grown, SWEEP_MS));
		}
		yield sleep(next);
	}
}

// ms until then; null: never.
const isDue = (ms) => ms !== null && ms <= 0;
const soonest = (ms, least) => (ms === null ? IDLE_MS : Math.min(Math.max(ms, least), IDLE_MS));

function* claims(p) {
	for (;;) {
		const rows = yield sql("claim", p.name);
		if (rows === LOST || rows.length === 0)
			return;
		if (rows[0].outcome === "reserved")
			p.spawn(order(p, rows[0]));
	}
}

function* order(p, row) {
	const { world } = p;
	const { random, faults, variant } = world;
	const claimedAt = world.now;
	const notSent = (why) => record(p, "not_sent", row.id, row.fence, why);

	yield sleep(random.between(5, 300));
	if (!p.ready || (!world.quiet() && random.chance(faults.connect)))
		return yield* notSent("no connection");
	// The state file: written before the first byte, shared by all who run on this host.
	world.seen = Math.max(world.seen, Number(row.reserve_seq));
	const begun = yield sql("begin_send", row.id, row.fence, p.name);
	const word = begun === LOST ? "lost" : begun[0].said;
	if (word === "HALTED" || word === "EXPIRED")
		return;
	if (word !== "go" || world.now - claimedAt > TIMEOUT_MS / 2)
		return yield* notSent(word);

	yield gap();
	const id = variant.freshId ? world.freshId(row) : row.client_order_id;
	const answer = yield http({
		method: "POST",
		client_order_id: id,
		question: row.id,
		uid: row.firebase_uid,
		notional: Number(row.notional_usd),
	});
	if (answer.status === 200)
		return yield* record(p, "accept", row.id, JSON.stringify(answer.order));
	const leaning = verdict(answer, Number(row.attempt) + 1, variant);
	const last = leaning === "unknown" || variant.noLookup ? leaning : yield* lookUp(p, row, id, claimedAt, leaning);
	if (last === "refused")
		yield* record(p, "refuse", row.id, row.fence, answer.status);
	else if (last === "throttled")
		yield* notSent("429");
	else if (last === "unknown")
		yield* record(p, "unknown", row.id, row.fence, "no clear answer");
	p.wake(p.sweeper);
}

function verdict({ status }, attempt, variant) {
	if (status === 429 && attempt <= 3)
		return "throttled";
	if ((status === 403 || status === 422) && (attempt === 1 || variant.resends))
		return "refused";
	return "unknown";
}

function* lookUp(p, row, id, claimedAt, leaning) {
	for (let tries = 0; tries < LOOKUPS_MOST && p.world.now - claimedAt + TIMEOUT_MS + 2_000 < LEASE_MS; tries += 1) {
		const answer = yield http({ method: "GET", client_order_id: id });
		if (answer.status === 404)
			return leaning;
		if (answer.status === 200) {
			yield* record(p, "accept", row.id, JSON.stringify(answer.order));
			return "accepted";
		}
		yield sleep(1_000);
	}
	return "unknown";
}

function* checks(p) {
	for (;;) {
		const rows = yield sql("take_open", p.name);
		if (rows === LOST || rows.length === 0)
			return;
		p.spawn(resolve(p, rows[0]));
	}
}

function* resolve(p, row) {
	const id = p.world.variant.freshId ? p.world.lastId(row) : row.client_order_id;
	const answer = yield http({ method: "GET", client_order_id: id });
	if (answer.status === 200)
		yield* record(p, "accept", row.id, JSON.stringify(answer.order));
	else if (answer.status === 404)
		yield* record(p, "missing", row.id, row.fence);
	else
		yield* record(p, "retry_check", row.id, row.fence, "no answer");
	p.wake(p.sweeper);
}

function* polls(p) {
	const rows = yield sql("poll_due");
	if (rows === LOST)
		return;
	for (const row of rows) {
		const answer = yield http({ method: "GET", client_order_id: row.client_order_id });
		if (answer.status === 200)
			yield sql("follow", row.id, JSON.stringify(answer.order));
	}
}
