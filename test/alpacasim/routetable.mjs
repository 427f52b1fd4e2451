// "GET /v2/orders/{id}" to the function that serves it. The first row that fits wins.

// Rows are {on, serve, answers}: serve returns the body of a 200, or with `answers` {status, body}.
export class RouteTable {
	constructor(rows) {
		this.rows = rows.map((row) => ({ ...row, ...pattern(row.on) }));
	}

	// {row, params}, or null.
	find(method, path) {
		for (const row of this.rows) {
			const match = row.method === method && row.regex.exec(path);
			if (match)
				return { row, params: decoded(match.groups ?? {}) };
		}
		return null;
	}
}

function pattern(on) {
	const [method, path] = on.split(" ");
	return { method, regex: new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`) };
}

function decoded(groups) {
	return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
}
