// What the tests of apid share: one apid over a private Postgres, questions of another pipeline, raw bytes and raw sockets.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { after, before } from "node:test";
import WebSocket from "ws";
import { Stack } from "../lib/stack.mjs";
import { until } from "../lib/wait.mjs";

export const SEED = JSON.parse(readFileSync(new URL("../data/seed.json", import.meta.url)));
export const END = "\x1e";
export let stack;

// For the whole file that calls it.
export function useApid() {
	before(async () => {
		stack = await new Stack({ name: "apid", daemons: ["apid"], binDir: process.env.BIN_DIR ?? "build/bin", env: { APID_ALLOWED_ORIGINS: "https://app.example.com" } }).start();
	});
	after(() => stack?.stop());
}

// Another pipeline's question: the plan's columns and nothing else.
export async function ask(uid, more = {}) {
	const row = { id: randomUUID(), firebase_uid: uid, question_text: "Yes?", question_type: "numeric", min_value: -10,
		max_value: 10, correct_answer: 10, source_tag: "test", pipeline_key: "test", pipeline_step: "a", ...more };
	const value = (v) => (v === null ? "null" : typeof v === "number" ? String(v) : `'${String(v).replaceAll("'", "''")}'`);
	await stack.sql.rows(`insert into users (firebase_uid) values ('${uid}') on conflict do nothing`);
	await stack.sql.rows(
		`insert into questions (${Object.keys(row)}) values (${Object.values(row).map(value).join(", ")})`);
	return row.id;
}

export const column = (id, name) => stack.sql.value(`select ${name} from questions where id = '${id}'`);

export function wantProblem(answer, status) {
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
	assert.equal(answer.body.status, status);
	assert.ok(answer.body.title && answer.body.detail);
	return answer.body;
}

// Bytes as they are, answered until the server closes or ms have passed.
export function raw(text, { ms = 1000, drip = false } = {}) {
	const { port } = new URL(stack.api);
	return new Promise((resolve) => {
		const began = Date.now();
		const socket = net.connect(Number(port), "127.0.0.1", () => socket.write(text));
		const timer = drip && setInterval(() => socket.write("a"), 300);
		const end = (closed) => {
			clearInterval(timer);
			clearTimeout(limit);
			socket.destroy();
			resolve({ text: out, closed, took: Date.now() - began });
		};
		const limit = setTimeout(() => end(false), ms);
		let out = "";
		socket.on("data", (data) => (out += data));
		socket.on("close", () => end(true));
		socket.on("error", () => {});
	});
}

// A raw socket: records are kept as texts without their end.
export function open(base, query, token, headers = {}) {
	const socket = new WebSocket(`${base.replace("http", "ws")}/hubs/questions${query}`, {
		headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers },
	});
	socket.records = [];
	socket.on("message", (data) => {
		assert.ok(String(data).endsWith(END), "whole records only");
		socket.records.push(...String(data).split(END).slice(0, -1));
	});
	return new Promise((resolve, reject) => {
		socket.once("open", () => resolve(socket));
		socket.once("error", reject);
	});
}

export async function shake(base, query, token, headers) {
	const socket = await open(base, query, token, headers);
	socket.send(`{"protocol":"json","version":1}${END}`);
	await until("the handshake", () => socket.records.length > 0);
	assert.equal(socket.records.shift(), "{}");
	return socket;
}

export function closed(socket) {
	return until("the socket's end", () => socket.readyState === WebSocket.CLOSED, 15_000);
}

export async function refusedUpgrade(query, token, status, headers) {
	await assert.rejects(open(stack.api, query, token, headers), { message: `Unexpected server response: ${status}` });
}
