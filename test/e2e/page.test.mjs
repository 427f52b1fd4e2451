// The page in a real browser at a phone's width: the card comes without a reload, a tap approves, the line turns to filled.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { Road, TEXT } from "../it/road.mjs";

const SHOTS = new URL("../../build/screenshots/", import.meta.url).pathname;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let road;
let browser;

before(async () => {
	mkdirSync(SHOTS, { recursive: true });
	road = await new Road("page").start();
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
	await browser?.close();
	await road?.stack.stop();
});

async function open(uid) {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	const page = await context.newPage();
	page.problems = [];
	page.on("console", (message) => message.type() === "error" && page.problems.push(message.text()));
	page.on("pageerror", (error) => page.problems.push(error.message));
	await page.goto(`${road.stack.api}/#token=${road.stack.token(uid)}`);
	return page;
}

test("a tap approves and the order's line turns to filled", { timeout: 90_000 }, async () => {
	const uid = await road.person();
	const page = await open(uid);
	await page.getByText("No open question").waitFor();
	await page.locator("#link", { hasText: "live" }).waitFor();
	assert.ok(!page.url().includes("token"), "the token stays in the address");
	await road.dip();

	const card = page.locator(".card");
	await card.waitFor({ timeout: 20_000 }); // no reload
	assert.equal(await card.locator(".text").textContent(), TEXT);
	assert.match(await card.locator(".facts").innerText(), /buy 10 USD of SPY/);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= 390, `the page is ${wide} px wide`);
	const box = await page.getByRole("button", { name: "Approve" }).boundingBox();
	assert.ok(box.height >= 44, "the button is too small for a thumb");
	await page.screenshot({ path: join(SHOTS, "question.png") });

	await page.getByRole("button", { name: "Approve" }).tap();
	await card.waitFor({ state: "detached" });
	await page.locator("#orders .state.filled").waitFor({ timeout: 20_000 });
	await page.screenshot({ path: join(SHOTS, "filled.png") });
	assert.equal(await page.locator("#orders li").count(), 1);
	assert.deepEqual(page.problems, []);
	await page.context().close();
	await road.finish(uid);
});

test("a swipe to the left skips, a short drag decides nothing", { timeout: 90_000 }, async () => {
	const uid = await road.person();
	const page = await open(uid);
	await page.locator("#link", { hasText: "live" }).waitFor();
	await road.dip();
	const card = page.locator(".card");
	await card.waitFor({ timeout: 20_000 });
	const box = await card.locator(".text").boundingBox();
	const drag = async (by) => {
		await page.mouse.move(box.x + box.width / 2, box.y + 10);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width / 2 + by, box.y + 10, { steps: 8 });
		await page.mouse.up();
	};
	await drag(-40);
	assert.equal((await road.question(uid)).status, "delivered");
	await drag(-180);
	await card.waitFor({ state: "detached" });
	assert.equal(await road.sql.value(`select decision from questions where firebase_uid = '${uid}'`), "skip");
	assert.deepEqual(page.problems, []);
	await page.context().close();
	await road.finish(uid);
});

test("a token that has run out is said, and a pasted one goes on", { timeout: 60_000 }, async () => {
	const uid = await road.person();
	const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
	const page = await context.newPage();
	await page.goto(`${road.stack.api}/#token=${road.stack.mint.bad("expired", uid)}`);
	await page.getByText("Your sign-in has run out").waitFor();
	await page.screenshot({ path: join(SHOTS, "signin.png") });
	await page.getByLabel("Token").fill(road.stack.token(uid));
	await page.getByRole("button", { name: "Continue" }).click();
	await page.locator("#link", { hasText: "live" }).waitFor();
	await context.close();
	await road.finish(uid);
});
