// Recordings: files of `t,symbol,o,h,l,c,v`, one bar a line, prices kept as the texts they are.
import { readFileSync } from "node:fs";

const HEADER = "t,symbol,o,h,l,c,v";

// [{ms, symbol, o, h, l, c, v}], in the order of time.
export function readBars(file) {
	const [header, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
	if (header !== HEADER)
		throw new Error(`${file}: the first line is not ${HEADER}`);
	const rows = lines.map((line, index) => readRow(line, `${file}:${index + 2}`));
	return rows.sort((a, b) => a.ms - b.ms);
}

function readRow(line, where) {
	const [t, symbol, o, h, l, c, v] = line.split(",");
	const ms = Date.parse(t);
	if (Number.isNaN(ms) || v === undefined || [o, h, l, c, v].some((n) => !/^\d+(\.\d+)?$/.test(n)))
		throw new Error(`${where}: not a bar: ${line}`);
	return { ms, symbol, o, h, l, c, v };
}
