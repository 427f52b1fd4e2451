// apid for real: the hub, with the official client and with raw sockets.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { HubConnectionBuilder, HttpTransportType, LogLevel } from "@microsoft/signalr";
import { call } from "../lib/http.mjs";
import { until } from "../lib/wait.mjs";
import { ask, closed, column, END, open, refusedUpgrade, shake, stack, useApid, wantProblem } from "./apiddesk.mjs";

useApid();

describe("the hub", () => {
	it("brings a question, takes the ack and the answer, and tells the other device", async () => {
		const [phone, tablet, stranger] = await Promise.all([stack.hub("frank"), stack.hub("frank"), stack.hub("grace")]);
		const id = await ask("frank");
		const question = await phone.waitQuestion((q) => q.id === id, 2_000);
		assert.equal(question.question_text, "Yes?");
		await tablet.waitQuestion((q) => q.id === id, 2_000);
		assert.equal(await column(id, "status"), "queued");
		await phone.ack(id);
		assert.equal(await column(id, "status"), "delivered");
		assert.deepEqual((await phone.pending()).map((q) => q.id), [id]);
		const answered = await phone.answer(id, 10);
		assert.equal(answered.answer, 10);
		assert.deepEqual(await tablet.waitResolved(id, 2_000), { id, status: "answered" });
		assert.deepEqual(await phone.pending(), []);
		assert.equal(stranger.questions.length, 0);
		assert.equal(stranger.resolved.length, 0);
		assert.equal(phone.questions.length, 1);
		await Promise.all([phone, tablet, stranger].map((hub) => hub.close()));
	});

	it("brings an open question again on every connect, once a socket", async () => {
		const id = await ask("heidi");
		for (let i = 0; i < 2; i++) {
			const hub = await stack.hub("heidi");
			await hub.waitQuestion((q) => q.id === id, 2_000);
			await new Promise((resolve) => setTimeout(resolve, 2_500)); // a sweep passes
			assert.equal(hub.questions.length, 1);
			await hub.close();
		}
	});

	it("refuses with status, title and detail", async () => {
		const hub = await stack.hub("ivan");
		const mine = await ask("ivan");
		const foreign = await ask("judy");
		const late = await ask("ivan", { expires_at: "2020-01-01" });
		const refused = (call, pattern) => assert.rejects(call, (error) => pattern.test(error.message) || assert.fail(error.message));
		await refused(hub.answer(mine, 11), /422 Unprocessable Content: answer must be a number from -10 to 10\./);
		await refused(hub.answer(mine, "10"), /422 Unprocessable Content: /);
		await refused(hub.answer(foreign, 10), /404 Not Found: /);
		await refused(hub.answer("x", 10), /404 Not Found: /);
		await refused(hub.answer(late, 10), /410 Gone: /);
		await refused(hub.ack(foreign), /404 Not Found: /);
		await refused(hub.connection.invoke("Approve", mine), /Unknown hub method 'Approve'/);
		await refused(hub.connection.invoke("SubmitAnswer", mine), /Failed to invoke 'SubmitAnswer' due to an error on the server\./);
		assert.equal((await hub.answer(mine, -10)).answer, -10);
		await refused(hub.answer(mine, 10), /409 Conflict: /);
		assert.equal(await column(foreign, "status"), "queued");
		await hub.close();
	});

	it("finds what a lost ring left, and tells again after Postgres was away", async () => {
		const hub = await stack.hub("kim");
		const before = await ask("kim");
		await hub.waitQuestion((q) => q.id === before, 2_000);
		await stack.sql.rows("alter table questions disable trigger user");
		const silent = await ask("kim");
		await stack.sql.rows("alter table questions enable trigger user");
		await hub.waitQuestion((q) => q.id === silent, 4_000);
		await stack.sql.close();
		await stack.cluster.restart("immediate");
		stack.sql = stack.cluster.session();
		const after = await ask("kim");
		await hub.waitQuestion((q) => q.id === after, 15_000);
		assert.equal(hub.closed, null);
		assert.equal((await hub.answer(after, 10)).status, "answered");
		await hub.waitResolved(after);
		await hub.close();
	});

	it("is one hub over several apid", async () => {
		await stack.startDaemon("apid", { instance: "apid2" });
		await stack.waitReady("apid2");
		const second = `http://127.0.0.1:${stack.running.get("apid2").ports.http}`;
		const here = await stack.hub("leo");
		const builder = new HubConnectionBuilder().withUrl(`${second}/hubs/questions`, {
			accessTokenFactory: () => stack.token("leo"), transport: HttpTransportType.WebSockets,
		});
		const there = builder.configureLogging(LogLevel.None).build();
		const got = [];
		there.on("ReceiveQuestion", (question) => got.push(question.id));
		await there.start();
		const id = await ask("leo");
		await here.waitQuestion((q) => q.id === id, 2_000);
		await until("the question at the second", () => got.includes(id), 15_000);
		await there.invoke("SubmitAnswer", id, 10);
		await here.waitResolved(id, 2_000);

		// Negotiated at one, connected to the other.
		const negotiated = await call("POST", `${stack.api}/hubs/questions/negotiate?negotiateVersion=1`, { token: stack.token("leo") });
		const socket = await shake(second, `?id=${negotiated.body.connectionToken}`, stack.token("leo"));
		socket.close();
		await Promise.all([here.close(), there.stop()]);
		await stack.stopDaemon("apid2");
	});

	it("closes at the token's end without a word, so that the client comes back", async () => {
		const exp = Math.floor(Date.now() / 1000) + 3;
		const socket = await shake(stack.api, "", stack.mint.mint("mia", { claims: { exp } }));
		const [code] = await new Promise((resolve) => socket.once("close", (...how) => resolve(how)));
		assert.equal(code, 1001);
		assert.ok(Math.abs(Date.now() / 1000 - exp) < 2);
		assert.ok(!socket.records.some((record) => record.includes('"type":7')));
	});

	it("closes for whoever has been signed out, within 5 s", async () => {
		const hub = await stack.hub("nina");
		await stack.sql.rows("update users set tokens_valid_after = clock_timestamp() where firebase_uid = 'nina'");
		await until("the end of the socket", () => hub.closed, 15_000);
		assert.match(String(hub.closed.message), /signed out/);
	});

	it("lets the oldest socket go when the sixth comes", async () => {
		const sockets = [];
		for (let i = 0; i < 6; i++)
			sockets.push(await stack.hub("olga", { reconnect: false }));
		await until("the oldest is closed", () => sockets[0].closed, 15_000);
		assert.ok(sockets.slice(1).every((hub) => hub.closed === null));
		await Promise.all(sockets.map((hub) => hub.close()));
	});

	it("never writes a token into its log", async () => {
		const token = stack.token("peggy");
		const socket = await shake(stack.api, `?access_token=${token}`, null);
		socket.close();
		await call("GET", `${stack.api}/v1/me/questions?access_token=${token}`);
		const log = readFileSync(join(stack.dir, "apid.log"), "utf8");
		assert.ok(log.includes("path=/v1/me/questions"));
		assert.ok(!log.includes(token.split(".")[2].slice(0, 40)) && !log.includes("access_token"));
	});

	it("negotiates as each client expects it", async () => {
		const negotiate = (query, token = stack.token("rita")) => call("POST", `${stack.api}/hubs/questions/negotiate${query}`, { token });
		const v1 = (await negotiate("?negotiateVersion=1")).body;
		assert.deepEqual(v1.availableTransports, [{ transport: "WebSockets", transferFormats: ["Text"] }]);
		assert.ok(v1.connectionToken && v1.connectionToken !== v1.connectionId);
		const v0 = (await negotiate("")).body;
		assert.equal(v0.negotiateVersion, 0);
		assert.equal(v0.connectionToken, undefined);
		assert.match((await negotiate("?negotiateVersion=x")).body.error, /non-integer/);
		wantProblem(await call("GET", `${stack.api}/hubs/questions/negotiate`, { token: stack.token("rita") }), 405);
		wantProblem(await negotiate(`?access_token=${stack.token("sam")}`), 401);
		(await shake(stack.api, `?id=${v0.connectionId}&access_token=${stack.token("rita")}`, null)).close();
		await refusedUpgrade(`?id=${v1.connectionToken}`, stack.token("sam"), 404);
		await refusedUpgrade("?id=unknown", stack.token("rita"), 404);
		await refusedUpgrade("", null, 401);
		await refusedUpgrade("", stack.mint.bad("expired", "rita"), 401);
		await refusedUpgrade("", stack.token("rita"), 403, { Origin: "https://evil.example" });
		const listed = await shake(stack.api, "", stack.token("rita"), { Origin: "https://app.example.com" });
		listed.close();
		const own = await shake(stack.api, "", stack.token("rita"), { Origin: stack.api });
		own.close();
	});

	it("speaks only when it was spoken to, and survives what it should not get", async () => {
		const token = stack.token("tom");
		const silent = await open(stack.api, "", token);
		await new Promise((resolve) => setTimeout(resolve, 300));
		assert.deepEqual(silent.records, []);
		silent.send(`{"protocol":"messagepack","version":1}${END}`);
		await closed(silent);
		assert.match(silent.records[0], /messagepack/);

		const split = await open(stack.api, "", token);
		split.send('{"protocol":"js');
		split.send(`on","version":1}${END}{"type":6}${END}{"type":1,"invocationId":"1","target":"getpendingquestions","arguments":[]`);
		split.send(`,"headers":{},"streamIds":[]}${END}{"type":99}${END}`);
		await until("both answers", () => split.records.length >= 2);
		assert.deepEqual(split.records.slice(0, 2), ["{}", '{"type":3,"invocationId":"1","result":[]}']);
		split.send(Array.from({ length: 300 }, (_, i) => `{"type":1,"invocationId":"${i}","target":"Nothing","arguments":[]}${END}`).join(""));
		await until("300 completions", () => split.records.length >= 302);
		split.send(`nonsense${END}`);
		await closed(split);

		for (const bytes of ["a".repeat(33_000), Buffer.from([1, 2, 3])]) {
			const socket = await shake(stack.api, "", token);
			socket.send(bytes);
			await closed(socket);
		}
		assert.equal((await stack.person("tom").questions()).status, 200);
	});

	it("brings many long questions to one who reads, and holds little for one who does not", async () => {
		const metadata = JSON.stringify({ evidence: "e".repeat(20_000) });
		const ids = await Promise.all(Array.from({ length: 100 }, () => ask("vera", { metadata })));
		const hub = await stack.hub("vera");
		await until("all of them", () => hub.questions.length >= ids.length, 15_000);
		assert.deepEqual(hub.questions.map(({ id }) => id).sort(), ids.sort());
		assert.equal((await hub.pending()).length, ids.length);
		assert.equal(hub.closed, null);

		const deaf = await shake(stack.api, "", stack.token("vera"));
		deaf.pause();
		const calls = `{"type":1,"invocationId":"1","target":"GetPendingQuestions","arguments":[]}${END}`.repeat(300);
		deaf.send(calls);
		const memory = async () => Number(/resident_memory_bytes (\d+)/.exec(await stack.metrics("apid"))[1]);
		const before = await memory();
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		const grown = (await memory()) - before; // the sanitizer keeps up to 256 MB of what was freed
		assert.ok(grown < 300e6, `300 answers of 2 MB are not made for somebody who takes none: ${grown} bytes`);
		deaf.terminate();
		assert.equal((await hub.answer(ids[0], 10)).answer, 10);
		await hub.close();
	});

	it("says going away when it stops", async () => {
		const socket = await shake(stack.api, "", stack.token("uma"));
		const code = new Promise((resolve) => socket.once("close", resolve));
		await stack.stopDaemon("apid");
		assert.equal(await code, 1001);
		assert.deepEqual(stack.program("apid").exit, { code: 0, signal: null });
		await stack.restartDaemon("apid");
	});
});
