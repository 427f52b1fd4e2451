// apid for real, over a private Postgres: tokens and their certificates, limits at the door, an end before everything is drained.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { call } from "../lib/http.mjs";
import { BAD, TokenMint } from "../lib/token.mjs";
import { until } from "../lib/wait.mjs";
import { ask, raw, SEED, stack, useApid, wantProblem } from "./apiddesk.mjs";

useApid();

describe("tokens", () => {
	for (const kind of Object.keys(BAD)) {
		it(`${kind} gets 401`, async () => {
			const token = stack.mint.bad(kind, "alice");
			const answer = await call("GET", `${stack.api}/v1/me/questions`, { token });
			const body = wantProblem(answer, 401);
			assert.equal(answer.headers.get("www-authenticate"), "Bearer");
			assert.match(body.detail, /Sign in again/);
		});
	}

	it("none gets 401 and says what to send", async () => {
		const body = wantProblem(await call("GET", `${stack.api}/v1/me/questions`), 401);
		assert.match(body.detail, /Authorization: Bearer/);
	});

	it("one in the query is for the hub only", async () => {
		const url = `${stack.api}/v1/me/questions?access_token=${stack.token("alice")}`;
		wantProblem(await call("GET", url), 401);
	});

	it("makes the user's row on first sight", async () => {
		assert.equal((await stack.person("newcomer").questions()).status, 200);
		assert.equal(await stack.sql.value("select count(*) from users where firebase_uid = 'newcomer'"), "1");
	});

	it("of before tokens_valid_after gets 401 within 5 s", async () => {
		const person = stack.person("signed-out");
		assert.equal((await person.questions()).status, 200);
		await stack.sql.rows("update users set tokens_valid_after = clock_timestamp() where firebase_uid = 'signed-out'");
		await until("a refusal", async () => (await person.questions()).status === 401, 15_000);
	});
});

describe("the door", () => {
	const good = "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n";

	it("answers pipelined requests in order", async () => {
		const { text } = await raw(good + good.replace("livez", "nothing") + good);
		assert.deepEqual(text.match(/HTTP\/1.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200"]);
	});

	for (const [name, text] of [
		["no Host", "GET /livez HTTP/1.1\r\n\r\n"],
		["two Hosts", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
		["two Content-Lengths", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"],
		["a signed Content-Length", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}"],
		["another transfer coding", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}"],
		["both lengths", "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"],
		["a header beyond 16 KiB", `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`],
	]) {
		it(`refuses ${name} and closes`, async () => {
			const answer = await raw(text);
			assert.match(answer.text, /^HTTP\/1.1 400 /);
			assert.equal(answer.closed, true);
		});
	}

	it("gives a header 5 s and a body 10 s, however they drip", async () => {
		const [silent, header, body] = await Promise.all([
			raw("", { ms: 8_000 }),
			raw("GET /livez HTTP/1.1\r\nX: ", { ms: 8_000, drip: true }),
			raw("PUT /v1/me/trading/config HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n", { ms: 14_000, drip: true }),
		]);
		for (const [answer, seconds] of [[silent, 5], [header, 5], [body, 10]]) {
			assert.equal(answer.closed, true);
			assert.ok(Math.abs(answer.took - seconds * 1000) < 1_500, `${answer.took} ms`);
		}
	});

	it("sends no body to HEAD", async () => {
		const { text } = await raw("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
		assert.match(text, /^HTTP\/1.1 200 /);
		assert.ok(text.endsWith("\r\n\r\n") && /Content-Length: [1-9]/.test(text));
	});

	it("ends the pause of one's own rule, and of no other", async () => {
		const rita = stack.person("rita");
		const path = "/v1/me/trading/rules/dip_confirm/resume";
		wantProblem(await rita.post(path), 404);
		assert.equal((await rita.putConfig(SEED)).status, 200);
		await stack.sql.rows(`insert into users (firebase_uid) values ('carol') on conflict do nothing;
			insert into rule_instances (firebase_uid, rule_id, symbol, skips_in_row)
			values ('rita', 'dip_confirm', 'SPY', 5), ('carol', 'dip_confirm', 'SPY', 5)`);
		const { status, body } = await rita.post(path);
		assert.deepEqual([status, body], [200, { rule_id: "dip_confirm", paused: false }]);
		assert.deepEqual(await stack.sql.rows("select firebase_uid, skips_in_row from rule_instances where rule_id = 'dip_confirm' and firebase_uid in ('rita', 'carol') order by 1"),
			[["carol", "5"], ["rita", "0"]]);
		for (const other of ["nothing", "Not An Id", "%ff", "a'b"])
			wantProblem(await rita.post(`/v1/me/trading/rules/${encodeURIComponent(other)}/resume`), 404);
		wantProblem(await rita.get(path), 405);
	});

	it("serves the page under a policy that allows nothing inline", async () => {
		const page = await call("GET", `${stack.api}/`);
		assert.equal(page.status, 200);
		assert.match(page.headers.get("content-type"), /^text\/html/);
		assert.match(page.headers.get("content-security-policy"), /^default-src 'none'; script-src 'self';/);
		for (const path of ["/page.css", "/page.js", "/signalr.js", "/livez", "/readyz"])
			assert.equal((await call("GET", stack.api + path)).status, 200, path);
	});

	it("says at /readyz where trading is switched off", async () => {
		const ready = async (instance) => (await call("GET", `http://127.0.0.1:${stack.running.get(instance).ports.http}/readyz`)).body;
		assert.equal(await ready("apid"), "ready\n");
		await stack.startDaemon("apid", { instance: "idle", env: { TRADING_ENABLED: "false" } });
		await stack.waitReady("idle");
		assert.equal(await ready("idle"), "ready, but no yes is sent: TRADING_ENABLED is false\n");
		const { ports } = stack.running.get("idle");
		const { body } = await call("GET", `http://127.0.0.1:${ports.http}/v1/me/trading/status`, { token: stack.token("idler") });
		assert.deepEqual([body.orders, body.orders_reason], ["none", "TRADING_ENABLED"]);
		await stack.stopDaemon("idle");
	});

	it("describes itself, and every described path is there", async () => {
		const { body } = await call("GET", `${stack.api}/openapi.json`);
		for (const [path, operations] of Object.entries(body.paths))
			for (const method of Object.keys(operations)) {
				const answer = await call(method.toUpperCase(), stack.api + path.replace("{id}", randomUUID()));
				assert.ok(![404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
				assert.ok(operations[method].responses[answer.status], `${method} ${path} describes ${answer.status}`);
			}
	});

	it("lets the listed origin in, and no other", async () => {
		const ask = (origin, method = "OPTIONS") => call(method, `${stack.api}/v1/me/questions`, { headers: { Origin: origin } });
		const good = await ask("https://app.example.com");
		assert.equal(good.status, 204);
		assert.equal(good.headers.get("access-control-allow-origin"), "https://app.example.com");
		assert.equal(good.headers.get("access-control-allow-credentials"), "true");
		assert.match(good.headers.get("access-control-allow-headers"), /x-signalr-user-agent/);
		assert.equal((await ask("https://evil.example")).headers.get("access-control-allow-origin"), null);
		assert.equal((await ask("https://app.example.com", "GET")).headers.get("access-control-allow-origin"), "https://app.example.com");
	});
});

describe("an end before everything is drained", () => {
	it("exits 0, also when hub and requests wait for a silent database", async () => {
		const hubs = await Promise.all(Array.from({ length: 8 }, (_, i) => stack.hub(`silent${i}`, { reconnect: false })));
		const backends = (await stack.sql.rows("select pid from pg_stat_activity where application_name ~ '^hybridhub-apid-[0-9]'"))
			.map(([pid]) => Number(pid));
		assert.equal(backends.length, 4);
		for (const pid of backends)
			process.kill(pid, "SIGSTOP");
		try {
			await ask("silent0");
			const waiting = stack.person("silent1").questions().catch(() => "cut off");
			await new Promise((resolve) => setTimeout(resolve, 300));
			const apid = stack.program("apid");
			apid.signal("SIGTERM");
			await apid.nextLine(/event=daemon\.draining/);
			apid.signal("SIGTERM");
			assert.equal(await waiting, "cut off");
			assert.deepEqual(await apid.exited, { code: 0, signal: null });
		} finally {
			for (const pid of backends)
				process.kill(pid, "SIGCONT");
		}
		await Promise.all(hubs.map((hub) => hub.close()));
		await stack.restartDaemon("apid");
	});

	it("logs each session's rise once", async () => {
		// apid is ready with one request session; the others rise in their own time.
		const rises = () => stack.program("apid").lines.filter((line) => /event=db\.up /.test(line));
		await until("five sessions up", () => rises().length >= 5);
		for (const session of ["listen", 1, 2, 3, 4])
			assert.equal(rises().filter((line) => line.includes(`session=hybridhub-apid-${session}`)).length, 1, `${session}`);
		assert.equal(rises().length, 5);
	});
});

describe("certificates", () => {
	it("that could not be fetched give 503 with Retry-After, and come by themselves", async () => {
		stack.certs.status = 500;
		await stack.stopDaemon("apid");
		await stack.startDaemon("apid");
		await until("the door", async () => (await call("GET", `${stack.api}/livez`)).status === 200);
		const answer = await stack.person("alice").questions();
		wantProblem(answer, 503);
		assert.ok(Number(answer.headers.get("retry-after")) > 0);
		assert.match((await call("GET", `${stack.api}/readyz`)).body.detail, /token certificates/);
		stack.certs.status = 200;
		await stack.waitReady("apid");
		await until("certificates", async () => (await stack.person("alice").questions()).status === 200);
	});

	it("are fetched again on SIGHUP: a new key counts, a failure keeps the old", async () => {
		const next = new TokenMint(join(stack.dir, "next-key"), stack.mint.project);
		const status = async (mint) =>
			(await call("GET", `${stack.api}/v1/me/questions`, { token: mint.mint("alice") })).status;
		assert.equal(await status(next), 401);
		stack.certs.document = { ...stack.mint.certs(), ...next.certs() };
		stack.program("apid").signal("SIGHUP");
		await until("the new key", async () => (await status(next)) === 200);
		assert.equal(await status(stack.mint), 200);

		const asked = stack.certs.asked;
		stack.certs.document = { broken: "no certificate" };
		stack.program("apid").signal("SIGHUP");
		await stack.program("apid").nextLine(/event=certs\.failed/);
		assert.ok(stack.certs.asked > asked);
		assert.equal(await status(next), 200);

		stack.certs.document = next.certs();
		await until("the old key to be gone", async () => (await status(stack.mint)) === 401);
		stack.certs.document = { ...stack.mint.certs(), ...next.certs() };
	});

	it("are not fetched for every unknown kid", async () => {
		const asked = stack.certs.asked;
		for (let i = 0; i < 20; i++)
			await call("GET", `${stack.api}/v1/me/questions`, { token: stack.mint.bad("unknown_kid", "alice") });
		assert.ok(stack.certs.asked <= asked + 1);
	});
});
