// JSON whose numbers keep their text: a price given as 1.6e2 or 0.10 goes out as exactly that.

const MARK = "\u0001number:";
const MARKED = /"\\u0001number:([^"]*)"/g;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

// A number token for stringify; the text must be a JSON number.
export function token(text) {
	if (!NUMBER.test(String(text)))
		throw new Error(`not a JSON number: ${text}`);
	return MARK + text;
}

export function stringify(value) {
	return JSON.stringify(value).replace(MARKED, "$1");
}
