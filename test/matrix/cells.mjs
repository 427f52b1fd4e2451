// The crash matrix: which places x which actions x which behaviours of the broker there are, what each may end in, and which
// of them `make test` runs.

import { REFUSALS } from "../alpacasim/faultword.mjs";

export const ACTIONS = ["kill", "stop", "fail"];

// What the broker does with the POST: the simulator's fault, and whether the order then is (or will be) in its books.
export const BEHAVIOURS = {
	accept: { takes: true },
	accept_drop: { fault: "accept_drop", takes: true },
	accept_then_504: { fault: "accept_then_504", takes: true },
	accept_then_422: { fault: "accept_then_422", takes: true },
	duplicate_id: { fault: "duplicate_id", takes: true },
	half_header: { fault: "half_header", takes: true },
	delay: { fault: "delay_ms", more: { ms: 1300 }, takes: true },
	late_504: { fault: "late_504", more: { ms: 1500 }, takes: true },
	refuse_403: { fault: "refuse:buying_power", takes: false },
	refuse_422: { fault: "refuse:decimals", takes: false },
	throttle_429: { fault: "429", more: { reset_in: 1 }, takes: false, again: true },
};

// What else a broker and a network do to a POST (docs/broker.md, "Refusals of an order"), with no crash beside it: how the
// order ends, and the account's level then. [fault, more, end, level]
const LOST = "unresolved";
const TRIPS = {
	"refuse:credentials": "halted",
	"refuse:unauthorized": "halted",
	"refuse:credentials_403": "halted",
	"refuse:suspended": "halted",
	"refuse:liquidation_only": "reducing",
};
// It says that it has our id, and then that it has not: that is no refusal.
const END = { "refuse:duplicate": LOST };
const each = (kind, of, more, end, level) => of.map((one) => [`${kind}:${one}`, more, end, level]);
export const FAULTS = [
	["drop_before", {}, LOST], ["rst_before", {}, LOST], ["hang_before", {}, LOST], ["null_200", {}, LOST],
	...each("status", [408, 500, 502, 503, 504], {}, LOST),
	...each("redirect", [301, 302, 303, 307, 308], {}, LOST),
	...["accept_rst", "accept_hang", "half_body", "garbage_200", "delivered_twice"].map((kind) => [kind, {}, "filled"]),
	["drip", { ms: 0 }, "filled"], ["stall", { ms: 1200 }, "filled"],
	...each("echo_differs", ["id", "client_order_id", "symbol", "side", "notional", "type", "time_in_force"], {}, "quarantined", "halted"),
	...each("refuse", Object.keys(REFUSALS), {}, "rejected").map(([fault, more, end]) => [fault, more, END[fault] ?? end, TRIPS[fault]]),
];

// Of an order, from approval to fill. `sent` says what of the request has left when the place is reached: none, not a byte but
// the order may be live for all that SQL knows (fenced), a half, or all of it. `through`: how the cell gets there.
export const TRADECTL = {
	"T01.woken": { sent: "none" },
	"T02.claiming": { sent: "none" },
	"T03.claim_sent": { sent: "none" },
	"T04.claimed": { sent: "none" },
	"T05.connecting": { sent: "none" },
	"T06.fencing": { sent: "none" },
	"T07.fence_sent": { sent: "fenced" },
	"T08.fenced": { sent: "fenced" },
	"T09.half_sent": { sent: "half" },
	"T10.sent": { sent: "all" },
	"T11.answered": { sent: "all" },
	"T12.record_sent": { sent: "all" },
	"T13.recorded": { sent: "all" },
	"T14.asking": { sent: "all", through: "forgotten" },
	"T15.found": { sent: "all", through: "forgotten" },
	"T16.listed": { sent: "all", through: "restart" },
	"T16.asked": { sent: "all", through: "restart" },
	"T17.read": { sent: "all", through: "accepted" },
	"T18.draining": { sent: "all", through: "drain" },
};

// Of an answer, and of the push of a question.
export const APID = {
	"A01.parsed": { of: "answer" },
	"A02.authenticated": { of: "answer" },
	"A03.answering": { of: "answer" },
	"A04.executed": { of: "answer" },
	"A05.answer_sent": { of: "answer" },
	"A06.committed": { of: "answer" },
	"A07.replying": { of: "answer" },
	"A08.selected": { of: "push" },
	"A09.pushed": { of: "push" },
};

const CROSSED = Object.keys(TRADECTL).slice(4);

// An order that the broker refuses is never there to be polled; a throttled one is, at its second try.
function isReachable(point, behaviour) {
	return TRADECTL[point].through !== "accepted" || BEHAVIOURS[behaviour].takes || BEHAVIOURS[behaviour].again === true;
}

const name = (cell) => [cell.point, cell.action, cell.behaviour].filter(Boolean).join(" x ");

function cell(point, action, behaviour) {
	const made = { daemon: behaviour ? "tradectl" : "apid", point, action, behaviour };
	return { ...made, name: name(made) };
}

// Every cell: T01..T04 with a broker that accepts, T05..T18 with every behaviour, A01..A09; and each other fault by itself.
export function allCells() {
	const cells = [];
	for (const point of Object.keys(TRADECTL))
		for (const behaviour of CROSSED.includes(point) ? Object.keys(BEHAVIOURS) : ["accept"])
			for (const action of ACTIONS)
				if (isReachable(point, behaviour))
					cells.push(cell(point, action, behaviour));
	for (const point of Object.keys(APID))
		for (const action of ACTIONS)
			cells.push(cell(point, action));
	for (const [fault, more, end, level = "active"] of FAULTS)
		cells.push({ daemon: "tradectl", name: `unbroken x ${fault}`, fault, more, end, level });
	return cells;
}

// Of those that the product cannot tell apart one is enough for make test.
const ALIKE = new Set(["status:408", "status:500", "status:503", "redirect:301", "redirect:302", "redirect:303", "redirect:308",
	...["qty", "balance", "not_fractionable", "short", "blocked", "no_size", "class", "day_only", "sub_penny", "time_in_force"].map((of) => `refuse:${of}`)]);

// For make test: each place with each action once. The behaviours go round, so that each meets places before, amid and behind
// the send, and each action; `accept`, the commonest, meets the places where the send itself breaks.
export function chosenCells() {
	const wanted = new Set();
	const behaviours = Object.keys(BEHAVIOURS);
	let turn = 0;
	for (const point of Object.keys(TRADECTL))
		for (const action of ACTIONS) {
			let behaviour = "accept";
			if (CROSSED.includes(point))
				do
					behaviour = behaviours[turn++ % behaviours.length];
				while (!isReachable(point, behaviour));
			wanted.add(name({ point, action, behaviour }));
		}
	// What the known wrong protocols do (test/tradesim/variant): ask again after a 404, release on a 404, take a 422 at its word.
	for (const extra of ["T10.sent x kill x late_504", "T11.answered x kill x late_504", "T12.record_sent x fail x accept_then_422",
		"T13.recorded x kill x duplicate_id", "T08.fenced x stop x accept", "T10.sent x stop x refuse_403"])
		wanted.add(extra);
	return allCells().filter((c) => c.daemon === "apid" || wanted.has(c.name) || (c.fault && !ALIKE.has(c.fault)));
}

// In which states the order of a cell may end: {ends, posts}; posts: how many whole requests may have reached the broker.
export function outcome({ point, action, behaviour }) {
	const { sent, through } = TRADECTL[point];
	const { takes, again } = BEHAVIOURS[behaviour];
	const tried = takes || again ? ["filled"] : ["rejected", "unresolved"];
	const posts = again ? 2 : 1;
	if (sent === "none")
		return { ends: tried, posts };
	// Provably not sent: it goes back and is tried again. Otherwise a dead sender's request is never sent again, and a frozen
	// one's may still come.
	if (sent === "fenced")
		return action === "fail" ? { ends: tried, posts } : action === "kill" ? { ends: ["unresolved"], posts: 0 } : { ends: ["unresolved", ...tried], posts };
	if (sent === "half")
		return action === "stop" ? { ends: ["unresolved", ...tried], posts } : { ends: ["unresolved"], posts: 0 };
	if (takes)
		return { ends: ["filled"], posts };
	// The answer may be lost with the process: then nobody knows of the refusal.
	return { ends: through === "accepted" ? ["filled"] : again ? ["filled", "unresolved"] : ["rejected", "unresolved"], posts };
}
