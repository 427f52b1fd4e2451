// The simulator's own time: the host's, shifted, sped up or standing still. Log lines and Date headers stay on the host's.

export class Clock {
	constructor() {
		this.base = Date.now();
		this.hostBase = this.base;
		this.speed = 1;
	}

	now() {
		return Math.floor(this.base + (Date.now() - this.hostBase) * this.speed);
	}

	// speed 0 stands still, 1 is real time.
	set(ms, speed) {
		this.base = ms;
		this.hostBase = Date.now();
		this.speed = speed;
	}

	// RFC 3339 UTC. A running clock shows nanoseconds as the broker does; one that stands still shows what it was set to.
	stamp() {
		const ms = this.now();
		if (this.speed === 0)
			return utc(ms);
		const nanos = String(process.hrtime.bigint() % 1_000_000n).padStart(6, "0");
		return new Date(ms).toISOString().replace("Z", `${nanos}Z`).replace(/\.?0+Z$/, "Z");
	}
}

// 0 to 3 fractional digits, trailing zeros trimmed.
export function utc(ms) {
	return new Date(ms).toISOString().replace(/\.?0+Z$/, "Z");
}
