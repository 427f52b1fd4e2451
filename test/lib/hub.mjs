// A person's app at the hub: the official SignalR client, with what it received kept in order.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { until } from "./wait.mjs";

export class HubClient {
	// base: http://host:port. token: the ID token, or a function that brings a fresh one.
	constructor(base, token, { reconnect = true } = {}) {
		this.questions = [];
		this.resolved = [];
		this.updates = [];
		this.closed = null;
		const builder = new HubConnectionBuilder()
			.withUrl(`${base}/hubs/questions`, {
				accessTokenFactory: typeof token === "function" ? token : () => token,
				transport: HttpTransportType.WebSockets,
			})
			.configureLogging(LogLevel.None);
		this.connection = (reconnect ? builder.withAutomaticReconnect([0, 200, 500, 1000, 2000, 5000]) : builder).build();
		this.connection.on("ReceiveQuestion", (question) => this.questions.push(question));
		this.connection.on("QuestionResolved", (event) => this.resolved.push(event));
		this.connection.on("ReceiveTradeUpdate", (order) => this.updates.push(order));
		this.connection.onclose((error) => {
			this.closed = error ?? true;
		});
	}

	async connect() {
		await this.connection.start();
		return this;
	}

	// The question as answered; a refusal is an exception with `<status> <title>: <detail>`.
	answer(id, value) {
		return this.connection.invoke("SubmitAnswer", id, value);
	}

	ack(id) {
		return this.connection.invoke("AckQuestion", id);
	}

	pending() {
		return this.connection.invoke("GetPendingQuestions");
	}

	// The first question, received or still to come, that fits.
	waitQuestion(fits = () => true, ms = 10_000) {
		return until("a question through the hub", () => this.questions.find(fits), ms);
	}

	waitResolved(id, ms = 10_000) {
		return until(`question ${id} resolved`, () => this.resolved.find((event) => event.id === id), ms);
	}

	waitUpdate(fits, ms = 10_000) {
		return until("a trade update", () => this.updates.find(fits), ms);
	}

	async close() {
		await this.connection.stop();
	}
}
