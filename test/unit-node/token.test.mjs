// Tokens and certificates: a reference verifier accepts the good one and refuses each bad one.
import assert from "node:assert/strict";
import { X509Certificate, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { CertsServer } from "../lib/certs-server.mjs";
import { call } from "../lib/http.mjs";
import { run } from "../lib/proc.mjs";
import { BAD, TokenMint } from "../lib/token.mjs";

const dir = mkdtempSync(join(tmpdir(), "token-"));
const mint = new TokenMint(dir, "hub-test");
after(() => rmSync(dir, { recursive: true }));

const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));

// The uid, or null: the rules of Firebase, without leeway.
function uidOf(token, certs) {
	const [head, body, signature] = token.split(".");
	const { alg, kid } = decode(head);
	if (alg !== "RS256" || !certs[kid])
		return null;
	const key = new X509Certificate(certs[kid]).publicKey;
	if (!verify("RSA-SHA256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url")))
		return null;
	const c = decode(body);
	const now = Date.now() / 1000;
	const good = c.aud === "hub-test" && c.iss === "https://securetoken.google.com/hub-test" && c.sub && c.exp > now && c.iat <= now;
	return good ? c.sub : null;
}

test("token: a good one is accepted", () => assert.equal(uidOf(mint.mint("ada"), mint.certs()), "ada"));

test("token: the bad ones that the issue names are there", () => {
	for (const kind of ["expired", "unsigned", "wrong_aud", "hs256_pem", "wrong_iss", "unknown_kid"])
		assert.ok(BAD[kind], kind);
	assert.throws(() => mint.bad("fine", "ada"));
});

for (const kind of Object.keys(BAD))
	test(`token: ${kind} is refused`, () => assert.equal(uidOf(mint.bad(kind, "ada"), mint.certs()), null));

test("token: a mint on the same folder has the same key, another folder another", () => {
	assert.equal(uidOf(mint.mint("ada"), new TokenMint(dir, "hub-test").certs()), "ada");
	assert.equal(uidOf(mint.mint("ada"), new TokenMint(join(dir, "other"), "hub-test").certs()), null);
});

test("token: the program prints one that is good", async () => {
	const script = new URL("../lib/token.mjs", import.meta.url).pathname;
	const { output } = await run("token", [process.execPath, script, dir, "hub-test", "bob"]);
	assert.equal(uidOf(output, mint.certs()), "bob");
});

test("certs: the document, its max-age, and an outage", async () => {
	const server = await new CertsServer(mint.certs(), 300).start();
	const { status, headers, body } = await call("GET", server.url);
	assert.equal(status, 200);
	assert.match(headers.get("cache-control"), /max-age=300\b/);
	assert.deepEqual(body, mint.certs());
	server.status = 503;
	assert.equal((await call("GET", server.url)).status, 503);
	assert.equal(server.asked, 2);
	await server.stop();
});
