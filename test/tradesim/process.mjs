// One tradectl process of the model: tasks (generators) that yield what they want done, one step at a time. Between any two
// steps it may die (what it had in memory is gone; what its statement committed is not), stand still for a while, or lose its
// database session. LOST is what a task gets in place of rows: nobody knows whether the statement was committed.
export const LOST = Symbol("lost");

export const sql = (name, ...args) => ({ kind: "sql", name, args });
export const http = (request) => ({ kind: "http", request });
export const sleep = (ms) => ({ kind: "sleep", ms });
// Nothing happens here, but it may take its time, or be the end.
export const gap = () => ({ kind: "gap" });

export class Process {
	constructor(world, name, main) {
		this.world = world;
		this.name = name;
		this.main = main;
		this.life = 0;
		this.pausedUntil = 0;
		this.quarantineUntil = 0;
	}

	start() {
		this.life += 1;
		this.up = true;
		this.main(this);
	}

	die() {
		this.up = false;
		this.life += 1;
		this.world.deaths += 1;
		this.world.after(this.world.random.between(1_000, 4_000), () => this.start());
	}

	spawn(gen) {
		const task = { gen, life: this.life, turn: 0 };
		this.later(task, 0, undefined);
		return task;
	}

	later(task, ms, input) {
		const { turn } = task;
		this.world.after(ms, () => this.resume(task, turn, input));
	}

	// Ends the sleep of a task that sleeps.
	wake(task) {
		if (task?.asleep)
			this.later(task, 0, undefined);
	}

	async resume(task, turn, input) {
		const { world } = this;
		if (task.life !== this.life || task.turn !== turn)
			return;
		if (world.now < this.pausedUntil)
			return void this.later(task, this.pausedUntil - world.now, input);
		task.turn += 1;
		const { done, value: step } = task.gen.next(input);
		task.asleep = !done && step.kind === "sleep";
		if (done)
			return;
		await this.perform(task, step, this.fate(step));
	}

	fate(step) {
		const { random, faults } = this.world;
		if (this.world.quiet() || step.kind === "sleep")
			return "none";
		const fate = random.of({ before: faults.death / 2, after: faults.death / 2, pause: faults.pause }, "none");
		if (fate === "pause")
			this.pausedUntil = this.world.now + this.world.pauseMs(step.kind === "gap");
		return fate;
	}

	async perform(task, step, fate) {
		const { world } = this;
		const { random, faults } = world;
		if (fate === "before")
			return this.die();
		if (step.kind === "sleep")
			this.later(task, step.ms, undefined);
		else if (step.kind === "gap")
			this.later(task, 0, undefined);
		else if (step.kind === "http")
			world.network.ask(step.request, (answer) => this.later(task, 0, answer));
		else if (world.databaseDown())
			this.later(task, 50, LOST);
		else {
			const { epoch } = world;
			const { turn } = task;
			const rows = await world.statement(step.name, step.args);
			const cut = !world.quiet() && random.chance(faults.cut);
			world.after(random.between(1, 8), () => this.resume(task, turn, cut || epoch !== world.epoch ? LOST : rows));
		}
		if (fate === "after")
			this.die();
	}
}
