// Waiting for something that others do.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Calls look() until it returns something true, which is returned. After ms it throws, naming what was waited for and what
// was seen last; an error of look() counts as not yet.
export async function until(what, look, ms = 10_000, everyMs = 20) {
	const deadline = Date.now() + ms;
	let seen;
	for (;;) {
		try {
			seen = await look();
			if (seen)
				return seen;
		} catch (error) {
			seen = error.message;
		}
		if (Date.now() >= deadline)
			throw new Error(`waited ${ms} ms for ${what}; last seen: ${JSON.stringify(seen)}`);
		await sleep(everyMs);
	}
}
