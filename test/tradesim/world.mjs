// One seed: a clock that is stepped, two tradectl, their network, a broker, people who say yes, and a database that may
// fail over. Everything that happens is determined by the seed and by what the SQL functions answer.
import { Broker } from "./broker.mjs";
import { Network } from "./network.mjs";
import { LOST, Process } from "./process.mjs";
import { Random } from "./random.mjs";
import { reconnect, tradectl } from "./tradectl.mjs";

const T0 = Date.parse("2026-03-10T14:00:00Z");
const ANSWERS_MS = 240_000;
const QUIET_MS = 480_000;
// The last pause is over by then, the last approval has ended and two minutes more, and the orders were listed again.
const END_MS = QUIET_MS + 780_000;
const EVENTS_MOST = 200_000;

// Odds of a step, a statement, a request. `biased` puts what a failover loses where it hurts.
export const PROFILES = {
	mixed: { death: 0.012, pause: 0.004, cut: 0.01, connect: 0.05, lost: 0.04, late: 0.05, twice: 0.02, gateway: 0.03, deaf: 0.05, throttled: 0.02, refused: 0.03, lies: 0.01, failovers: [0, 0, 1, 2] },
	storm: { death: 0.03, pause: 0.01, cut: 0.03, connect: 0.1, lost: 0.1, late: 0.2, twice: 0.1, gateway: 0.1, deaf: 0.15, throttled: 0.03, refused: 0.05, lies: 0.03, failovers: [0, 1, 2] },
	late: { death: 0.002, pause: 0.002, cut: 0.002, connect: 0, lost: 0, late: 0.6, twice: 0, gateway: 0.2, deaf: 0.02, throttled: 0, refused: 0, lies: 0, failovers: [0] },
	failover: { death: 0.004, pause: 0.002, cut: 0.004, connect: 0.02, lost: 0.02, late: 0.1, twice: 0.02, gateway: 0.05, deaf: 0.02, throttled: 0, refused: 0, lies: 0, failovers: [2, 3] },
	calm: { death: 0, pause: 0, cut: 0, connect: 0, lost: 0, late: 0, twice: 0, gateway: 0, deaf: 0, throttled: 0, refused: 0, lies: 0, failovers: [0] },
};
const CALM = PROFILES.calm;

export class World {
	constructor(seed, profile, variant, database) {
		this.random = new Random(seed);
		this.odds = PROFILES[profile];
		this.variant = variant;
		this.database = database;
		this.now = 0;
		this.order = 0;
		this.queue = [];
		this.epoch = 0;
		this.downUntil = 0;
		this.seen = 0; // the state file
		this.deaths = this.failovers = this.rewound = 0;
		this.ids = new Map();
		this.acknowledged = new Map(); // question -> uid
		this.story = [];
		this.byMoney = this.random.chance(0.5);
		this.broker = new Broker(this);
		this.network = new Network(this, this.broker);
		this.processes = ["w1", "w2"].map((name) => new Process(this, name, tradectl));
		this.plans = Array.from({ length: this.random.pick(this.odds.failovers) }, () => this.plan());
		this.frailSends = this.plans.length === 0;
	}

	quiet() {
		return this.now >= QUIET_MS;
	}

	get faults() {
		return this.quiet() ? CALM : this.odds;
	}

	time(ms = this.now) {
		return new Date(T0 + ms).toISOString();
	}

	tell(text) {
		this.story.push(`${(this.now / 1000).toFixed(3).padStart(9)} ${text}`);
	}

	// A failover loses what was committed since a moment: just before an answer, just before a claim, or any.
	plan() {
		const kind = this.random.pick(["answer", "answer", "claim", "time"]);
		return kind === "time" ? { kind, left: this.random.between(1_000, QUIET_MS - 60_000) } : { kind, left: Math.floor(this.random.between(1, 8)) };
	}

	// Before the lease is over, or long after. Frozen between fence and first byte, together with a failover that loses the
	// fence, is what no protocol closes (docs/architecture.md): there it lasts less than the quarantine.
	pauseMs(beforeSend) {
		const long = this.random.chance(0.1);
		if (beforeSend && !this.frailSends)
			return this.random.between(500, 20_000);
		return long ? this.random.between(60_000, 400_000) : this.random.between(500, 45_000);
	}

	after(ms, act) {
		const event = { at: this.now + Math.max(0, ms), order: (this.order += 1), act };
		let low = 0;
		let high = this.queue.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.queue[middle].at > event.at)
				low = middle + 1;
			else
				high = middle;
		}
		// Same time: first come, first served; the queue is read from its end.
		this.queue.splice(low, 0, event);
	}

	freshId(row) {
		const id = `u-${row.id}-${(this.order += 1)}`;
		this.ids.set(row.id, id);
		return id;
	}

	lastId(row) {
		return this.ids.get(row.id) ?? row.client_order_id;
	}

	databaseDown() {
		return this.now < this.downUntil;
	}

	async statement(name, args) {
		if (name === "claim" || name === "answer")
			await this.maybeCut(name);
		const rows = await this.database.call(name, this.time(), args);
		if (this.telling && name !== "due")
			this.tell(`${name} ${args.join(" ").slice(0, 120)} -> ${JSON.stringify(rows.map((row) => row.said ?? row.outcome ?? row.id ?? row)).slice(0, 120)}`);
		return rows;
	}

	// Plans that come due at this statement.
	async maybeCut(kind) {
		for (const plan of this.plans)
			if (plan.kind === kind && !plan.done && (plan.left -= 1) <= 0 && !this.cutSet && !this.quiet()) {
				plan.done = true;
				await this.cut();
			}
	}

	async cut() {
		this.cutSet = true;
		await this.database.run("savepoint cut");
		this.after(this.random.between(50, 5_000), () => this.failOver());
	}

	async failOver() {
		await this.database.run("rollback to savepoint cut");
		this.cutSet = false;
		this.failovers += 1;
		this.epoch += 1;
		this.downUntil = this.now + this.random.between(100, 2_000);
		this.tell("failover: back to the cut");
		this.after(this.downUntil - this.now, () => this.processes.filter((p) => p.up).forEach(reconnect));
		// Whose yes was lost sees the question again; some say yes again, some never look.
		for (const [question, uid] of this.acknowledged)
			if (this.random.chance(0.6))
				this.after(this.random.between(3_000, 90_000), () => this.answer(question, uid));
	}

	// The person's app asks again until it knows that the answer is there.
	async answer(question, uid) {
		const again = () => this.after(this.random.between(500, 4_000), () => this.answer(question, uid));
		if (this.databaseDown())
			return again();
		const { epoch } = this;
		await this.statement("answer", [question, uid]);
		for (const process of this.processes)
			if (process.up && this.random.chance(0.9))
				this.after(this.random.between(1, 20), () => process.wake(process.sweeper));
		this.after(this.random.between(1, 10), () => {
			if (epoch !== this.epoch || this.random.chance(this.faults.cut))
				again();
			else
				this.acknowledged.set(question, uid);
		});
	}

	async run() {
		const { database } = this;
		await database.run("begin");
		const cap = this.byMoney ? "max_orders_per_day = null, max_notional_usd_per_4h = 50" : "max_orders_per_day = 5, max_notional_usd_per_4h = null";
		await database.run(`update hard_limits set ${cap} where scope = 'global'`);
		const questions = await database.rows(`select id, firebase_uid from questions where firebase_uid like '${this.byMoney ? "money" : "count"}-%' order by id`);
		for (const [id, uid] of questions)
			this.after(this.random.between(100, ANSWERS_MS), () => this.answer(id, uid));
		for (const plan of this.plans)
			if (plan.kind === "time")
				this.after(plan.left, () => (this.cutSet ? null : this.cut()));
		for (const process of this.processes)
			process.start();
		let events = 0;
		for (;;) {
			const event = this.queue.pop();
			if (event === undefined || event.at > END_MS)
				return;
			if ((events += 1) > EVENTS_MOST)
				throw new Error("it never comes to rest");
			this.now = Math.max(this.now, event.at);
			await event.act();
		}
	}
}

export { LOST };
