/*
 * page.js - the first page: open questions as cards, orders as lines, both live through the hub.
 *
 * Nothing is shown as done before the server said so. An answer carries the digest of the facts that were on the
 * screen, so that a yes is bound to what was shown. Decimals stay text: no price passes through a JavaScript number.
 */
"use strict";

const $ = (id) => document.getElementById(id);
const questions = new Map(); // id -> question
const orders = new Map(); // id -> order
const cards = new Map(); // id -> card element
const ticks = new Map(); // id -> timer of an order whose undo time runs
let token = takeToken();
let known = false; // what is open has been read, and the hub stands or is about to
let skew = 0; // the server's clock less ours, in ms

/* The token comes in the fragment (which is never sent to a server), moves to sessionStorage and leaves the address. */
function takeToken() {
	const found = /(?:^#|&)token=([^&]+)/.exec(location.hash);
	if (found) {
		sessionStorage.setItem("token", decodeURIComponent(found[1]));
		history.replaceState(null, "", location.pathname);
	}
	return sessionStorage.getItem("token");
}

function askForToken(why) {
	sessionStorage.removeItem("token");
	token = null;
	$("hub").hidden = true;
	$("signin").hidden = false;
	$("link").textContent = "signed out";
	if (why) $("why").textContent = why;
}

$("signin").addEventListener("submit", (event) => {
	event.preventDefault();
	token = $("token").value.trim();
	$("token").value = "";
	sessionStorage.setItem("token", token);
	start();
});

/* --- the server ------------------------------------------------------------------------------------------- */

async function call(method, path, body) {
	const response = await fetch(path, {
		method,
		headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
		body: body && JSON.stringify(body),
	});
	const answer = await response.json().catch(() => ({}));
	if (response.status === 401) askForToken("Your sign-in has run out. Paste a fresh token to go on.");
	if (!response.ok) throw new Error(answer.detail || answer.title || `the server answered ${response.status}`);
	return answer;
}

async function readAll() {
	const [open, delivered, placed] = await Promise.all([
		call("GET", "/v1/me/questions?status=queued"),
		call("GET", "/v1/me/questions?status=delivered"),
		call("GET", "/v1/me/trading/orders?limit=10"),
		readStatus(),
	]);
	const still = new Set([...open.items, ...delivered.items].map((question) => question.id));
	for (const id of [...questions.keys()]) if (!still.has(id)) dropQuestion(id);
	for (const question of [...open.items, ...delivered.items]) takeQuestion(question);
	for (const order of placed.items.reverse()) takeOrder(order);
	setKnown(true);
}

/* "No open question" is said only by whoever knows. */
function setKnown(is) {
	known = is;
	$("quiet").hidden = !known || questions.size > 0;
}

const RETRY_MS = [0, 1000, 2000, 5000, 10000];

async function connect() {
	const hub = new signalR.HubConnectionBuilder()
		.withUrl("/hubs/questions", { accessTokenFactory: () => token })
		.withAutomaticReconnect({
			nextRetryDelayInMilliseconds: ({ previousRetryCount }) =>
				RETRY_MS[Math.min(previousRetryCount, RETRY_MS.length - 1)],
		})
		.configureLogging(signalR.LogLevel.None)
		.build();
	hub.on("ReceiveQuestion", (question) => {
		takeQuestion(question);
		hub.invoke("AckQuestion", question.id).catch(() => {}); // redelivered on the next connect
	});
	hub.on("QuestionResolved", ({ id }) => dropQuestion(id));
	hub.on("ReceiveTradeUpdate", (order) => {
		takeOrder(order);
		if (order.reason === "HALTED") readStatus().catch(showTrouble);
	});
	hub.onreconnecting(() => {
		$("link").textContent = "reconnecting";
		setKnown(false);
	});
	hub.onreconnected(() => {
		$("link").textContent = "live";
		readAll().catch(showTrouble);
	});
	hub.onclose(() => {
		$("link").textContent = "not connected";
		setKnown(false);
	});
	await hub.start();
	$("link").textContent = "live";
}

function showTrouble(error) {
	$("said").textContent = `Could not read from the server: ${error.message}`;
}

/* --- questions -------------------------------------------------------------------------------------------- */

function takeQuestion(question) {
	if (question.status !== "queued" && question.status !== "delivered") return dropQuestion(question.id);
	questions.set(question.id, question);
	if (!cards.has(question.id)) addCard(question);
	setKnown(known);
}

function dropQuestion(id) {
	questions.delete(id);
	cards.get(id)?.remove();
	cards.delete(id);
	setKnown(known);
}

/* What can be chosen: a proposal is approved or skipped, a notice is read, any other question has its two ends. */
function choicesOf(question) {
	if (question.kind === "notice") return [{ label: "OK", answer: question.max_value, kind: "yes", done: "Read." }];
	if (question.pipeline_key === "trading")
		return [
			{ label: "Skip", answer: question.min_value, kind: "no", done: "Skipped: no order." },
			{ label: "Approve", answer: question.max_value, kind: "yes", done: "Approved: the order stands below." },
		];
	return [
		{ label: String(question.min_value), answer: question.min_value, kind: "no", done: "Answered." },
		{ label: String(question.max_value), answer: question.max_value, kind: "yes", done: "Answered." },
	];
}

function factsOf(facts) {
	const size = facts.notional_usd ? `${facts.notional_usd} USD` : facts.qty;
	return [
		["Order", [facts.side, size, "of", facts.symbol].join(" ")],
		["Estimated cost", facts.estimated_cost_usd && `${facts.estimated_cost_usd} USD`],
		["Price", facts.price && `${facts.price} USD`],
		["Price was", facts.price_age_seconds !== undefined && `${facts.price_age_seconds} s old when asked`],
		["Answer before", facts.expires_at && new Date(facts.expires_at).toLocaleTimeString()],
	].filter(([, value]) => value);
}

function addCard(question) {
	const card = $("card").content.firstElementChild.cloneNode(true);
	const facts = question.metadata?.facts;
	const mode = card.querySelector(".mode");
	mode.textContent = facts ? (facts.mode === "live" ? "LIVE: real money" : "paper") : question.kind;
	mode.classList.toggle("live", facts?.mode === "live");
	card.querySelector(".text").textContent = question.question_text;
	for (const [name, value] of facts ? factsOf(facts) : []) {
		const term = document.createElement("dt");
		const description = document.createElement("dd");
		term.textContent = name;
		description.textContent = value;
		card.querySelector(".facts").append(term, description);
	}
	const choices = choicesOf(question);
	for (const choice of choices) {
		const button = document.createElement("button");
		button.type = "button";
		button.className = choice.kind;
		button.textContent = choice.label;
		button.addEventListener("click", () => decide(question, card, choice));
		card.querySelector(".choices").append(button);
	}
	if (choices.length === 2) {
		card.querySelector(".hint").hidden = question.pipeline_key !== "trading";
		swipe(card, (direction) => decide(question, card, choices[direction < 0 ? 0 : 1]));
	}
	cards.set(question.id, card);
	$("cards").append(card);
}

async function decide(question, card, choice) {
	const buttons = card.querySelectorAll("button");
	const problem = card.querySelector(".problem");
	if (buttons[0].disabled) return; // the same tap twice is one decision
	buttons.forEach((button) => (button.disabled = true));
	problem.hidden = true;
	try {
		await call("POST", `/v1/me/questions/${question.id}/answer`, {
			answer: choice.answer,
			...(question.metadata?.facts_digest && { shown: question.metadata.facts_digest }),
		});
		$("said").textContent = choice.done;
		dropQuestion(question.id);
	} catch (error) {
		problem.textContent = error.message;
		problem.hidden = false;
		buttons.forEach((button) => (button.disabled = false));
	}
}

/* The card follows the finger; only a drag over a third of its width decides, a shorter one springs back. */
function swipe(card, decided) {
	let from = null;
	card.addEventListener("pointerdown", (event) => {
		if (event.target.tagName !== "BUTTON") from = event.clientX;
	});
	card.addEventListener("pointermove", (event) => {
		if (from !== null) card.style.transform = `translateX(${event.clientX - from}px)`;
	});
	const end = (event) => {
		if (from === null) return;
		const moved = event.clientX - from;
		from = null;
		card.style.transform = "";
		if (event.type === "pointerup" && Math.abs(moved) > card.offsetWidth / 3) decided(Math.sign(moved));
	};
	card.addEventListener("pointerup", end);
	card.addEventListener("pointercancel", end);
	card.addEventListener("pointerleave", end);
}

/* --- orders ----------------------------------------------------------------------------------------------- */

const STATES = {
	approved: "approved, waiting to be sent",
	reserved: "being checked",
	submitting: "being sent",
	accepted: "at the broker",
	partially_filled: "partly filled",
	unknown: "sent, not confirmed yet",
	unresolved: "not confirmed by the broker",
	quarantined: "held: the broker's answer does not match",
};

const FINAL = new Set(["filled", "canceled", "expired", "rejected", "blocked"]);

const UNSENT = new Set(["approved", "reserved"]);

function takeOrder(order) {
	// A list read that started before a push may arrive after it: an end is never taken back.
	if (FINAL.has(orders.get(order.id)?.status) && !FINAL.has(order.status)) return;
	orders.set(order.id, order);
	$("said").textContent = ""; // the order's own line says more
	let line = document.getElementById(`order-${order.id}`);
	if (!line) {
		line = document.createElement("li");
		line.id = `order-${order.id}`;
		for (const part of ["what", "state", "detail"]) {
			const span = document.createElement("span");
			span.className = part;
			line.append(span);
		}
		line.append($("order-hand").content.cloneNode(true));
		line.querySelector("button").addEventListener("click", () => cancel(order.id));
		$("orders").prepend(line);
		$("orders-title").hidden = false;
	}
	const size = order.notional_usd ? `${order.notional_usd} USD of` : order.qty;
	line.querySelector(".what").textContent = `${order.side} ${size} ${order.symbol}`;
	const state = line.querySelector(".state");
	state.textContent = STATES[order.status] ?? order.status;
	state.className = `state ${order.status}`;
	line.querySelector(".detail").textContent = detailOf(order);
	showHand(order.id);
}

function detailOf(order) {
	const parts = [order.mode === "live" ? "LIVE" : order.mode];
	if (order.filled_qty && !/^0*\.?0*$/.test(order.filled_qty))
		parts.push(`${order.filled_qty} at ${order.filled_avg_price ?? "?"} USD`);
	if (order.reason) parts.push(order.reason === "CANCELED_BY_USER" ? "taken back by you" : `reason: ${order.reason}`);
	else if (order.cancel_requested_at && !FINAL.has(order.status)) parts.push("cancel asked for; the broker decides, it may still fill");
	return parts.filter(Boolean).join(" · ");
}

/* The hand on an order: while its undo time runs the yes is taken back, later the order is canceled, in the end nothing. */
function showHand(id) {
	clearTimeout(ticks.get(id));
	const order = orders.get(id);
	const line = document.getElementById(`order-${id}`);
	const button = line.querySelector("button");
	const left = Math.floor((Date.parse(order.claim_after) - Date.now() - skew) / 1000);
	const undo = UNSENT.has(order.status) && left > 0;
	button.hidden = FINAL.has(order.status) || order.cancel_requested_at !== null;
	button.querySelector(".name").textContent = undo ? "Take back" : "Cancel";
	button.querySelector(".left").textContent = undo ? ` (${left} s)` : "";
	if (undo && !button.hidden) ticks.set(id, setTimeout(() => showHand(id), 250));
}

async function cancel(id) {
	const line = document.getElementById(`order-${id}`);
	const button = line.querySelector("button");
	const problem = line.querySelector(".problem");
	if (button.disabled) return;
	button.disabled = true;
	problem.hidden = true;
	try {
		takeOrder(await call("POST", `/v1/me/trading/orders/${id}/cancel`));
	} catch (error) {
		problem.textContent = error.message;
		problem.hidden = false;
	}
	button.disabled = false;
}

/* --- the person's own switch ------------------------------------------------------------------------------ */

const QUIET = $("quiet").textContent;
let ownLevel = "active";

async function readStatus() {
	const status = await call("GET", "/v1/me/trading/status");
	skew = Date.parse(status.now) - Date.now();
	ownLevel = status.own_level;
	const account = status.account === "live" ? "LIVE" : status.account;
	$("level-name").textContent = `Orders: ${status.halt_level}, ${account}.`;
	$("level-name").className = status.halt_level;
	$("level-why").textContent = status.halt_level === "active" ? (status.orders_detail ?? "") : status.detail;
	$("quiet").textContent = status.halt_level === "halted" ? "No open question, and none is asked while orders are stopped." : QUIET;
	$("toggle").textContent = ownLevel === "active" ? "Stop my orders" : "Go on";
	$("toggle").className = ownLevel === "active" ? "no" : "yes";
	$("switch").hidden = false;
}

$("toggle").addEventListener("click", async () => {
	const problem = $("switch-problem");
	if ($("toggle").disabled) return;
	$("toggle").disabled = true;
	problem.hidden = true;
	try {
		await call("POST", `/v1/me/trading/${ownLevel === "active" ? "halt" : "resume"}`);
		await readStatus();
	} catch (error) {
		problem.textContent = error.message;
		problem.hidden = false;
	}
	$("toggle").disabled = false;
});

// What somebody else holds or lets go rings no bell here.
const STATUS_MS = 15000;
setInterval(() => {
	if (token && !document.hidden && known) readStatus().catch(showTrouble);
}, STATUS_MS);

/* --- start ------------------------------------------------------------------------------------------------ */

async function start() {
	if (!token) return askForToken();
	$("signin").hidden = true;
	$("hub").hidden = false;
	$("link").textContent = "connecting";
	try {
		await readAll();
		await connect();
	} catch (error) {
		if (!token) return;
		setKnown(false);
		$("link").textContent = "not connected";
		$("said").textContent = `${error.message}. Trying again.`;
		setTimeout(start, 3000);
	}
}

start();
