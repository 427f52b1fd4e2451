// What happened, in order: every request with its verdict and every event of every order. The ground truth of the tests,
// so a line is on disk before anyone can see its effect.
import { appendFileSync, writeFileSync } from "node:fs";

export class Journal {
	constructor(file, clock) {
		this.file = file;
		this.clock = clock;
		this.entries = [];
		if (file)
			writeFileSync(file, "");
	}

	write(kind, fields) {
		const entry = {
			seq: this.entries.length + 1,
			at: new Date().toISOString(),
			sim_at: this.clock.stamp(),
			kind,
			...fields,
		};
		this.entries.push(entry);
		if (this.file)
			appendFileSync(this.file, JSON.stringify(entry) + "\n");
		return entry;
	}

	// Entries after a sequence number, of one kind where one is named.
	read(after, kind) {
		return this.entries.filter((e) => e.seq > after && (!kind || e.kind === kind));
	}
}
