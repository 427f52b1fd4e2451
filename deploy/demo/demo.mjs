// make demo: the whole road on this machine. See README.md.
import { Stack } from "../../test/lib/stack.mjs";
import { sleep } from "../../test/lib/wait.mjs";
import { once } from "./once.mjs";
import { PROJECT, choosePort, takePlace, writeTokenProgram } from "./place.mjs";
import { Timeline, say } from "./timeline.mjs";

const UID = "demo";
const TICK_SECONDS = 2;
const FALL = ["498.50", "496.20", "494.10", "492.00"];
// The plan's template says 60 seconds; a demo would be dull. Overrides merge by id.
const OVERRIDE = {
	version: 1,
	data_inputs: [{ id: "primary_watchlist", poll_interval_seconds: 5 }],
	defaults: { close_buffer_seconds: 0 },
};

async function seedMarket(stack) {
	if (!stack.sim)
		return;
	for (const [symbol, close] of [["SPY", "500"], ["AAPL", "231.05"], ["MSFT", "512.40"]])
		await stack.sim.price(symbol, close, { prev_close: close });
}

async function seedPerson(stack) {
	await stack.sql.rows(`insert into users (firebase_uid) values ('${UID}');
		insert into user_trading_config (firebase_uid, template_name, config, enabled)
		values ('${UID}', 'default_paper_watchlist', '${JSON.stringify(OVERRIDE)}', true)`);
}

// In test mode the shipped fixture falls by itself.
async function fall(stack, pause) {
	if (!stack.sim)
		return;
	for (const price of FALL) {
		await sleep(pause);
		await stack.sim.price("SPY", price);
		say("market", `SPY ${price}`);
	}
}

function tellWhatToTry(stack, dir) {
	console.log(`
  Open this page (a phone's width is enough):

    ${stack.api}/#token=${stack.token(UID)}

  SPY falls below, and in about 20 seconds the page asks one question. Tap Approve or Skip. Or, in another terminal:

    TOKEN=$(${dir}/token ${UID})
    curl -s -H "Authorization: Bearer $TOKEN" '${stack.api}/v1/me/questions'
    curl -s -H "Authorization: Bearer $TOKEN" -d '{"answer": 10}' ${stack.api}/v1/me/questions/ID/answer
    curl -s -H "Authorization: Bearer $TOKEN" ${stack.api}/v1/me/trading/orders

  And the operator's hand (docs/operations.md):

    export DATABASE_URL='${stack.cluster.url("hybridhub_operator")}'
    build/bin/tradectl status

  What each daemon says: ${dir}/{ingestd,evald,apid,tradectl}.log
  The token is good for an hour; ${dir}/token ${UID} prints a fresh one.
  Ctrl-C ends everything; start again to answer otherwise.
`);
}

async function interactive(stack, dir) {
	tellWhatToTry(stack, dir);
	const timeline = new Timeline(stack.sql, () => stack.stopping).follow();
	await sleep(5_000);
	await fall(stack, 3_000);
	await timeline.following;
}

async function single(stack, answer) {
	const timeline = new Timeline(stack.sql).follow();
	await Promise.all([once(stack, timeline, UID, answer), fall(stack, 500)]);
	await sleep(500); // the timeline's last look
	await timeline.stop();
	console.log("done: it went as the plan says");
}

const answer = Number(process.env.ANSWER || 10); // make has checked it before it built anything
const alone = Boolean(process.env.ONCE && process.env.ONCE !== "0");
const testMode = Boolean(process.env.TEST_MODE && process.env.TEST_MODE !== "0");
const port = await choosePort();
const place = takePlace();
const stack = new Stack({
	name: "demo",
	stream: true,
	dir: place.dir,
	pgDir: place.pgDir,
	fresh: true,
	tickSeconds: TICK_SECONDS,
	apidPort: port,
	testMode,
	project: PROJECT,
	// Ctrl-C is how the demo at the keyboard ends; ONCE=1 has then not shown what it should.
	interrupted: alone ? 130 : 0,
	env: { LOG_LEVEL: "info" },
});
process.on("exit", place.leave); // after the stack's own: it still needs its folder then
process.stdout.on("error", () => process.exit(1)); // make demo | head
for (const signal of ["SIGINT", "SIGTERM"])
	process.prependOnceListener(signal, () => { // before the stack's own, which exits at the end
		console.log("\nending everything");
		stack.stop().then(() => console.log("nothing is left running"));
	});
if (!place.first)
	console.log(`another demo runs here; this one keeps its things in ${place.dir}`);
if (port === 0)
	console.log("port 8080 is taken; this demo takes a free one");
console.log(testMode
	? "starting Postgres and the four daemons in test mode: prices from the shipped fixture, orders on the account test"
	: "starting Postgres, the simulated broker and the four daemons");
try {
	await stack.startGround();
	writeTokenProgram(place.dir);
	await seedMarket(stack);
	await seedPerson(stack);
	await stack.startDaemons();
	if (alone)
		await single(stack, answer);
	else
		await interactive(stack, place.dir);
} catch (error) {
	if (!stack.stopping) {
		console.error(error.message);
		console.error(`The daemons' own words are in ${place.dir}/*.log`);
	}
	process.exitCode = 1;
} finally {
	await stack.stop();
}
