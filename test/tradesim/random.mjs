// A stream of chance that a seed determines (mulberry32).
export class Random {
	constructor(seed) {
		this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
	}

	next() {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = this.state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	chance(p) {
		return this.next() < p;
	}

	between(low, high) {
		return low + (high - low) * this.next();
	}

	pick(list) {
		return list[Math.floor(this.next() * list.length)];
	}

	// One of {name: weight}; what is left of 1 is `otherwise`.
	of(weights, otherwise) {
		let left = this.next();
		for (const [name, weight] of Object.entries(weights))
			if ((left -= weight) < 0)
				return name;
		return otherwise;
	}
}
