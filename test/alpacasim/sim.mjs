// The simulator as a whole: its parts, and what passes between them.
import { fillActivity } from "./activity.mjs";
import { Assets } from "./asset.mjs";
import { Broker } from "./broker.mjs";
import { Calendar } from "./calendar.mjs";
import { Clock } from "./clock.mjs";
import { Config } from "./config.mjs";
import { readBars } from "./csv.mjs";
import { Faults } from "./fault.mjs";
import { Generator } from "./generator.mjs";
import { Journal } from "./journal.mjs";
import { Market } from "./market.mjs";
import { RateLimit } from "./ratelimit.mjs";
import { Replay } from "./replay.mjs";
import { Script } from "./script.mjs";
import { TradeStream } from "./stream.mjs";

const TICK_MS = 50;

export class Sim {
	// {alwaysOpen, log, config, csv, csvDaily, speed, script, seed, tickMs}
	constructor(options) {
		this.clock = new Clock();
		this.calendar = new Calendar(options.alwaysOpen ?? false);
		this.config = new Config(options.config);
		this.journal = new Journal(options.log, this.clock);
		this.market = new Market(this.clock, this.calendar, this.config);
		this.assets = new Assets(this.market);
		this.broker = new Broker(this);
		this.faults = new Faults();
		this.rateLimit = new RateLimit(this.config);
		this.fills = [];
		this.stream = new TradeStream(this);
		// The request that is being served: the order events that it causes name it.
		this.requestId = null;
		this.broker.exchange.onEvent = (event, order, execution) => this.noteOrder(event, order, execution);
		this.load(options);
	}

	load({ csv, csvDaily, speed, script, seed, tickMs }) {
		for (const { ms, symbol, ...bar } of csvDaily ? readBars(csvDaily) : []) {
			const ticker = this.market.need(symbol);
			ticker.putDay(ticker.dateOf(ms), bar, true);
		}
		if (csv) {
			const rows = readBars(csv);
			this.clock.set(rows[0].ms, speed ?? 0);
			this.replay = new Replay(this, rows);
		}
		if (seed !== undefined)
			new Generator(this.market, seed).start(tickMs ?? 1000);
		if (script) {
			this.script = new Script(this, script);
			this.script.start();
		}
		this.ticking = setInterval(() => this.advance(), TICK_MS);
		this.ticking.unref();
	}

	// What the clock alone brings about.
	advance() {
		this.replay?.advance(this.clock.now());
		this.broker.exchange.tick();
	}

	noteOrder(event, order, execution) {
		if (execution)
			this.fills.push(fillActivity(order, execution));
		this.journal.write("order", {
			event,
			order_id: order.id,
			client_order_id: order.client_order_id,
			request_id: this.requestId,
			order: order.json(),
			...(execution && { execution }),
		});
		this.stream.tell(event, order, execution);
	}

	stop() {
		clearInterval(this.ticking);
		this.stream.stop();
	}
}
