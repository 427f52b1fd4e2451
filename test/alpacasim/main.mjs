// alpacasim: the broker and its market data on loopback. Prints one line with its URL when ready, and one more where it has TLS, too.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeServer, makeTlsServer } from "./server.mjs";
import { Sim } from "./sim.mjs";

const USAGE = `usage: node test/alpacasim/main.mjs [options]
  --listen HOST:PORT   loopback only; port 0 takes a free one (127.0.0.1:0)
  --port-file FILE     write the port there when ready
  --tls FOLDER         the same behind TLS on a second, free port: cert.pem and key.pem lie there
  --log FILE           every request and order event as JSON lines
  --always-open        a session around the clock
  --script FILE        JSON steps, by time or by POST /sim/script
  --csv FILE           recorded minute bars: t,symbol,o,h,l,c,v
  --csv-daily FILE     recorded daily bars; each shows when its day is over
  --speed N            of the recording's clock: 1 real time, 60 a minute a second, 0 (default) by POST /sim/csv or /sim/clock
  --seed N             prices that wander, the same for the same number
  --tick-ms N          how often they wander (1000)
  --set NAME=JSON      a value of POST /sim/config, may be repeated
  --help`;

const OPTIONS = {
	listen: { type: "string", default: "127.0.0.1:0" },
	"port-file": { type: "string" },
	tls: { type: "string" },
	log: { type: "string" },
	"always-open": { type: "boolean", default: false },
	script: { type: "string" },
	csv: { type: "string" },
	"csv-daily": { type: "string" },
	speed: { type: "string" },
	seed: { type: "string" },
	"tick-ms": { type: "string" },
	set: { type: "string", multiple: true, default: [] },
	help: { type: "boolean" },
};

const EX_USAGE = 64;
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

function number(name, text) {
	if (text === undefined)
		return undefined;
	const n = Number(text);
	if (!Number.isFinite(n) || n < 0)
		throw new Error(`--${name}: not a number: ${text}`);
	return n;
}

function readSet(pairs) {
	return Object.fromEntries(
		pairs.map((pair) => {
			const at = pair.indexOf("=");
			return [pair.slice(0, at), JSON.parse(pair.slice(at + 1))];
		}),
	);
}

// {host, port}; a simulator that takes orders from anywhere would be a trap.
function readListen(text) {
	const at = text.lastIndexOf(":");
	const host = text.slice(0, at).replace(/^\[|\]$/g, "");
	if (!LOOPBACK.includes(host))
		throw new Error(`--listen: not loopback: ${text}`);
	return { host, port: number("listen", text.slice(at + 1)) };
}

function publishPort(file, port) {
	writeFileSync(`${file}.new`, `${port}\n`);
	renameSync(`${file}.new`, file);
}

function listen(server, port, host, ready) {
	server.on("error", (error) => {
		console.error(`alpacasim: ${error.message}`);
		process.exit(1);
	});
	server.listen(port, host, () => ready(server.address().port));
}

function main() {
	const { values } = parseArgs({ options: OPTIONS });
	if (values.help)
		return console.log(USAGE);
	const sim = new Sim({
		alwaysOpen: values["always-open"],
		log: values.log,
		config: readSet(values.set),
		csv: values.csv,
		csvDaily: values["csv-daily"],
		speed: number("speed", values.speed),
		script: values.script,
		seed: number("seed", values.seed),
		tickMs: number("tick-ms", values["tick-ms"]),
	});
	const { host, port } = readListen(values.listen);
	const name = host.includes(":") ? `[${host}]` : host;
	listen(makeServer(sim), port, host, (taken) => {
		if (values["port-file"])
			publishPort(values["port-file"], taken);
		console.log(`http://${name}:${taken}`);
	});
	if (values.tls) {
		const [cert, key] = ["cert.pem", "key.pem"].map((file) => readFileSync(join(values.tls, file), "utf8"));
		listen(makeTlsServer(sim, cert, key), 0, host, (taken) => console.log(`https://${name}:${taken}`));
	}
	for (const signal of ["SIGTERM", "SIGINT"])
		process.on(signal, () => process.exit(0));
}

try {
	main();
} catch (error) {
	console.error(`alpacasim: ${error.message}`);
	process.exit(EX_USAGE);
}
