// A script file: {"steps": [{"after_ms": 2000, "price": {"symbol": "SPY", "price": "492"}}, ...]}. A step names verbs of
// control.mjs with their bodies. With after_ms it runs that long after the start, without it waits for POST /sim/script.
import { readFileSync } from "node:fs";
import * as control from "./control.mjs";

export class Script {
	constructor(sim, file) {
		this.sim = sim;
		const { steps } = JSON.parse(readFileSync(file, "utf8"));
		for (const step of steps)
			for (const verb of verbsOf(step))
				if (!control[verb])
					throw new Error(`${file}: no such verb: ${verb}`);
		this.timed = steps.filter((step) => step.after_ms !== undefined);
		this.waiting = steps.filter((step) => step.after_ms === undefined);
	}

	// Steps at 0 ms are done before the simulator says that it is ready.
	start() {
		for (const step of this.timed)
			if (step.after_ms === 0)
				this.run(step);
			else
				setTimeout(() => this.run(step), step.after_ms).unref();
	}

	run(step) {
		for (const verb of verbsOf(step))
			control[verb](this.sim, step[verb]);
	}

	step(count) {
		const due = this.waiting.splice(0, count);
		for (const step of due)
			this.run(step);
		return { ran: due.length, left: this.waiting.length };
	}
}

function verbsOf(step) {
	return Object.keys(step).filter((name) => name !== "after_ms");
}
