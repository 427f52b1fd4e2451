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

	// Moves the clock, standing still, to the end of the next bars: {now, row, left}.
	step(count) {
		const last = Math.min(this.next + count, this.rows.length) - 1;
		const row = this.rows[last];
		if (!row || last < this.next)
			return { now: this.sim.clock.stamp(), row: null, left: 0 };
		this.sim.clock.set(row.ms + MINUTE, 0);
		this.sim.advance();
		return { now: this.sim.clock.stamp(), row, left: this.rows.length - this.next };
	}
}
