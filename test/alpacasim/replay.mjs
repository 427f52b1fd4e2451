// Plays recorded minutes as the simulator's clock passes their ends: in real time, faster, or step by step.

const MINUTE = 60_000;

export class Replay {
	constructor(sim, rows) {
		this.sim = sim;
		this.rows = rows;
		this.next = 0;
	}

	// Feeds every bar that is over now.
	advance(now) {
		while (this.next < this.rows.length && this.rows[this.next].ms + MINUTE <= now) {
			this.sim.market.playMinute(this.rows[this.next]);
			this.next += 1;
		}
	}

	// Moves the clock, standing still, to the end of the next minutes that have bars: {now, rows, left}.
	step(minutes) {
		const from = this.next;
		for (let n = 0; n < minutes && this.next < this.rows.length; n++) {
			this.sim.clock.set(this.rows[this.next].ms + MINUTE, 0);
			this.sim.advance();
		}
		return {
			now: this.sim.clock.stamp(),
			rows: this.rows.slice(from, this.next),
			left: this.rows.length - this.next,
		};
	}
}
