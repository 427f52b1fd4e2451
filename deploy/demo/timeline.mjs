// The timeline that the demo prints: what changed in the tables, in the order in which it happened.
import { sleep } from "../../test/lib/wait.mjs";

export function say(who, what) {
	console.log(`${new Date().toISOString().slice(11, 23)}  ${who.padEnd(8)}  ${what}`);
}

const PRICES = `select symbol, metric, trim_scale(price)::text from market_data_latest
	where symbol = 'SPY' and metric in ('last_trade', 'prev_close') order by metric desc`;
const QUESTIONS = `select id, status, kind, question_text, coalesce(trim_scale(answer)::text, ''), coalesce(decision, ''), coalesce(reason, '')
	from questions order by created_at, id`;
const MOVES = `select e.id, o.side, o.symbol, o.notional_usd::text, e.to_status, coalesce(m.sentence, ''), coalesce(e.reason, ''),
	coalesce(trim_scale(o.filled_qty)::text, ''), coalesce(trim_scale(o.filled_avg_price)::text, '')
	from trade_order_events e join trade_orders o on o.id = e.order_id
	left join trade_order_moves m on m.from_status is not distinct from e.from_status and m.to_status = e.to_status order by e.id`;

export class Timeline {
	// ending: says whether the demo is being ended, when a lost database is no news.
	constructor(sql, ending = () => false) {
		this.sql = sql;
		this.ending = ending;
		this.seen = new Map();
		this.looking = Promise.resolve();
		this.over = false;
	}

	// Prints what is new until stop(); runs beside whatever the demo does.
	follow() {
		this.following = (async () => {
			while (!this.over) {
				await this.look();
				await sleep(50);
			}
		})();
		this.following.catch((error) => this.ending() || say("demo", `the database cannot be read: ${error.message}`));
		return this;
	}

	async stop() {
		this.over = true;
		await this.following?.catch(() => {});
	}

	isNew(key, value) {
		const changed = this.seen.get(key) !== value;
		this.seen.set(key, value);
		return changed;
	}

	// One look after the other, whoever asks for it.
	look() {
		this.looking = this.looking.catch(() => {}).then(() => this.readAndTell());
		return this.looking;
	}

	// Effects are read before their causes and told after them: a cause may be told without its effect, never the other way.
	async readAndTell() {
		const moves = await this.sql.rows(MOVES);
		const questions = await this.sql.rows(QUESTIONS);
		const prices = await this.sql.rows(PRICES);
		for (const [symbol, metric, price] of prices)
			if (this.isNew(`${symbol} ${metric}`, price))
				say("ingestd", `stored ${symbol} ${metric} ${price}`);
		for (const row of questions)
			this.tellQuestion(row);
		for (const row of moves)
			this.tellMove(row);
	}

	tellQuestion([id, status, kind, text, answer, decision, reason]) {
		if (this.isNew(`asked ${id}`, true))
			say("evald", `asks (${kind}): "${text}"`);
		if (!this.isNew(id, status) || status === "queued")
			return;
		if (status === "delivered")
			say("apid", "delivered to the person");
		else
			say("apid", ["question", status, answer && `with ${answer}`, decision && `= ${decision}`, reason].filter(Boolean).join(" "));
	}

	tellMove([id, side, symbol, notional, to, sentence, reason, qty, price]) {
		if (!this.isNew(`event ${id}`, to))
			return;
		const filled = to === "filled" ? `: ${qty} at ${price}` : "";
		say("tradectl", `order ${side} ${notional} USD ${symbol} is ${to}${filled}${reason ? ` (${reason})` : ""}${sentence ? ` - ${sentence}` : ""}`);
	}
}
