// The hand on an order in a real browser at a phone's width: a yes is taken back, an open order is canceled, one's own
// orders are stopped and go on; a refusal is told where it belongs.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { Road } from "../it/road.mjs";
import { QUICK } from "../lib/person.mjs";
import { until } from "../lib/wait.mjs";

const SHOTS = new URL("../../build/screenshots/", import.meta.url).pathname;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const MS = 30_000;

let road;
let browser;

before(async () => {
	mkdirSync(SHOTS, { recursive: true });
	road = await new Road("hand").start();
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
	await browser?.close();
	await road?.stack.stop();
});

beforeEach(() => road.stack.sim.do("config", { fill_plan: ["1"] }));

async function open(uid, { allowed = [] } = {}) {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	const page = await context.newPage();
	page.setDefaultTimeout(MS);
	page.problems = [];
	page.on("console", (message) => message.type() === "error" && !allowed.some((word) => message.text().includes(word)) && page.problems.push(message.text()));
	page.on("pageerror", (error) => page.problems.push(error.message));
	await page.goto(`${road.stack.api}/#token=${road.stack.token(uid)}`);
	await page.locator("#link", { hasText: "live" }).waitFor();
	return page;
}

// A person whose yes has this long to be taken back, looking at an open question.
async function asked(undoSeconds, options) {
	const uid = await road.person({ override: { ...QUICK, defaults: { ...QUICK.defaults, undo_seconds: undoSeconds } } });
	const page = await open(uid, options);
	await road.dip();
	await page.locator(".card").waitFor();
	return { uid, page, id: (await road.question(uid)).id };
}

async function close(page, uid) {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= 390, `the page is ${wide} px wide`);
	assert.deepEqual(page.problems, []);
	await page.context().close();
	await road.finish(uid);
}

async function bigEnough(button) {
	const { height } = await button.boundingBox();
	assert.ok(height >= 44, `a button of ${height} px is too small for a thumb`);
}

test("a yes is taken back while its undo time runs", { timeout: 120_000 }, async () => {
	const { uid, page, id } = await asked(60);
	await page.getByRole("button", { name: "Approve" }).tap();
	const button = page.getByRole("button", { name: "Take back" });
	await button.waitFor();
	const left = async () => Number(/\((\d+) s\)/.exec(await button.innerText())?.[1]);
	const first = await left();
	assert.ok(first > 0 && first <= 60, `${first} s left`);
	await until("the seconds to run", async () => (await left()) < first, MS);
	await bigEnough(button);
	await page.screenshot({ path: join(SHOTS, "take-back.png") });
	await button.tap();
	await page.locator("#orders .state.canceled").waitFor();
	assert.match(await page.locator("#orders .detail").innerText(), /taken back by you/);
	assert.equal(await page.locator("#orders button").isVisible(), false);
	await page.screenshot({ path: join(SHOTS, "taken-back.png") });
	assert.equal(await road.orderStatus(id), "canceled");
	assert.equal((await road.atBroker(id)).posts, 0);
	await close(page, uid);
});

test("an order that the broker has is asked back, and the fill that wins is told", { timeout: 120_000 }, async () => {
	await road.stack.sim.do("config", { fill_plan: ["hold"], cancel_delay_ms: 3_600_000 });
	const { uid, page, id } = await asked(0);
	await page.getByRole("button", { name: "Approve" }).tap();
	await page.locator("#orders .state.accepted").waitFor();
	const button = page.getByRole("button", { name: "Cancel" });
	await bigEnough(button);
	await page.screenshot({ path: join(SHOTS, "cancel.png") });
	await button.tap();
	await page.locator("#orders .detail", { hasText: "cancel asked for" }).waitFor();
	assert.equal(await button.isVisible(), false);
	await page.screenshot({ path: join(SHOTS, "cancel-asked.png") });
	assert.equal(await road.sql.value(`select cancel_requested_by from trade_orders where id = '${id}'`), "person");
	await road.stack.sim.do("fill", { order: (await road.atBroker(id)).order.id });
	await page.locator("#orders .state.filled").waitFor();
	await close(page, uid);
});

test("a cancel that comes too late says what happened", { timeout: 120_000 }, async () => {
	await road.stack.sim.do("config", { fill_plan: ["hold"] });
	const { uid, page, id } = await asked(0, { allowed: ["409"] });
	await page.getByRole("button", { name: "Approve" }).tap();
	await page.locator("#orders .state.accepted").waitFor();
	await page.route("**/cancel", async (route) => {
		await road.stack.sim.do("fill", { order: (await road.atBroker(id)).order.id });
		await road.ends(id, "filled");
		await route.continue();
	});
	await page.getByRole("button", { name: "Cancel" }).tap();
	await page.locator("#orders .problem", { hasText: "This order has ended: it was filled" }).waitFor();
	await page.locator("#orders .state.filled").waitFor();
	await page.screenshot({ path: join(SHOTS, "too-late.png") });
	await close(page, uid);
});

test("one's own orders stop and go on; what the operator holds is told", { timeout: 120_000 }, async () => {
	const uid = await road.person();
	const page = await open(uid);
	await page.locator("#level-name", { hasText: "Orders: active, paper." }).waitFor();
	const toggle = page.locator("#toggle");
	await bigEnough(toggle);
	assert.equal(await toggle.innerText(), "Stop my orders");
	await toggle.tap();
	await page.locator("#level-name", { hasText: "Orders: halted, paper." }).waitFor();
	assert.match(await page.locator("#level-why").innerText(), /You have stopped your orders/);
	assert.match(await page.locator("#quiet").innerText(), /none is asked while orders are stopped/);
	await page.screenshot({ path: join(SHOTS, "stopped.png") });
	assert.equal(await road.sql.value(`select level from trading_halts where scope = 'self' and key = '${uid}'`), "halted");

	await road.sql.rows(`select halt_set('user', '${uid}', 'reducing', 'please call us', 'test', false)`);
	await page.getByRole("button", { name: "Go on" }).tap();
	await page.locator("#level-why", { hasText: "please call us. Only the operator lifts that." }).waitFor();
	await page.locator("#level-name", { hasText: "Orders: reducing, paper." }).waitFor();
	await page.screenshot({ path: join(SHOTS, "held.png") });
	assert.equal(await toggle.innerText(), "Stop my orders");
	await road.sql.rows(`select halt_set('user', '${uid}', 'active', 'done', 'test', false)`);
	await page.locator("#level-name", { hasText: "Orders: active, paper." }).waitFor(); // by itself
	await page.locator("#quiet", { hasText: "when a rule of yours fires" }).waitFor();
	await close(page, uid);
});

test("nothing is said of open questions before it is known", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
	const page = await context.newPage();
	page.setDefaultTimeout(MS);
	let go;
	const held = new Promise((resolve) => (go = resolve));
	await page.route("**/v1/me/questions*", async (route) => {
		await held;
		await route.continue();
	});
	await page.goto(`${road.stack.api}/#token=${road.stack.token(uid)}`);
	await page.locator("#link", { hasText: "connecting" }).waitFor();
	await page.locator("#switch").waitFor(); // the server has been heard of, the questions not
	assert.equal(await page.locator("#quiet").isVisible(), false);
	go();
	await page.locator("#quiet").waitFor();
	await context.close();
	await road.finish(uid);
});
