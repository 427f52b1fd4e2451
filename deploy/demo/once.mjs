// make demo ONCE=1: one dip, one answer, the end that belongs to it; an exception when anything else happens.
import { until } from "../../test/lib/wait.mjs";
import { say } from "./timeline.mjs";

const TEXT = "SPY is down 1.6% vs yesterday. Swipe +10 to approve a small buy, -10 to skip.";

function must(condition, what) {
	if (!condition)
		throw new Error(`the demo went wrong: ${what}`);
}

function orderPosts(stack) {
	return stack.sim.requests("POST /v2/orders");
}

// The next tick sees a lower price and must not ask again.
async function nextTickIsQuiet({ stack, timeline }, asked) {
	if (!stack.sim)
		return;
	say("market", "SPY falls on to 491.50");
	await stack.sim.price("SPY", "491.50");
	await until("491.50 stored", async () =>
		(await stack.sql.value("select trim_scale(price)::text from market_data_latest where symbol = 'SPY' and metric = 'last_trade'")) === "491.5", 20_000);
	const stored = await stack.sql.value("select clock_now()");
	await until("evald looked at it", async () => await stack.sql.value(`select last_eval_at > '${stored}' from eval_progress`).then((t) => t === "t"), 20_000);
	must((await stack.sql.value("select count(*) from questions")) === String(asked), "it asked again");
	await timeline.look();
	say("evald", "looked at 491.50 and did not ask again");
}

const ends = {
	async approve(scene) {
		const { stack, timeline, hub, question } = scene;
		const order = await hub.waitUpdate((update) => update.status === "filled", 20_000);
		must(order.id === question.id, "the order is another question's");
		if (!stack.sim) {
			await timeline.look();
			must(order.alpaca_order_id === `test-${order.id}`, `the order is ${order.alpaca_order_id}`);
			return say("broker", `the one inside tradectl filled ${order.filled_qty} at ${order.filled_avg_price}`);
		}
		const posts = await orderPosts(stack);
		must(posts.length === 1, `${posts.length} orders reached the broker`);
		await timeline.look();
		say("broker", `received exactly one order: ${JSON.stringify(posts[0].body)}`);
		await nextTickIsQuiet(scene, 1);
	},

	async skip(scene) {
		const { stack, timeline } = scene;
		const [line] = await stack.program("evald").waitLine(/event=question\.skipped.*/, 10_000);
		await timeline.look();
		say("evald", `logs ${line}`);
		await nextTickIsQuiet(scene, 1);
		must((await stack.sql.value("select count(*) from trade_orders")) === "0", "there is an order");
		must(!stack.sim || (await orderPosts(stack)).length === 0, "the broker received an order");
		say("broker", "received no order");
	},

	async ambiguous(scene) {
		const { stack, timeline, hub, question, person } = scene;
		const again = await hub.waitQuestion((other) => other.kind === "follow_up", 15_000);
		must(again.question_text === `Please decide: ${question.question_text}`, `the follow-up says: ${again.question_text}`);
		await timeline.look();
		say("person", "answers 0 again, which is a skip");
		must((await person.answer(again.id, 0)).status === 200, "the second answer was refused");
		await nextTickIsQuiet(scene, 2);
		must((await stack.sql.value("select count(*) from trade_orders")) === "0", "there is an order");
	},
};

export async function once(stack, timeline, uid, answer) {
	const end = ends[answer >= 7 ? "approve" : answer <= -7 ? "skip" : "ambiguous"];
	const person = stack.person(uid);
	const hub = await stack.hub(uid);
	const question = await hub.waitQuestion(() => true, 30_000);
	must(question.question_text === TEXT, `the question says: ${question.question_text}`);
	await timeline.look(); // the question was asked before it was received
	say("person", `received through the hub: "${question.question_text}"`);
	await hub.ack(question.id);
	say("person", `answers ${answer > 0 ? "+" : ""}${answer}`);
	const reply = await person.answer(question.id, answer, question.metadata.facts_digest);
	must(reply.status === 200, `the answer was refused: ${JSON.stringify(reply.body)}`);
	await end({ stack, timeline, hub, question, person });
	await hub.close();
}
