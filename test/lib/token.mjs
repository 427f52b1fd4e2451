// Firebase ID tokens from a key of our own: an RSA key, a self-signed certificate, and the claims Google would sign.
// Also a program: node test/lib/token.mjs DIR PROJECT UID [LIFETIME_SECONDS] prints a token (DIR keeps the key).
import { execFileSync } from "node:child_process";
import { createHash, createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const LIFETIME = 3600;

const base64url = (value) => Buffer.from(value).toString("base64url");
const encode = (value) => base64url(JSON.stringify(value));

function makeKey(dir) {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	// node:crypto makes keys but no certificates.
	execFileSync("openssl", [
		...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=securetoken.test"],
		...["-keyout", join(dir, "key.pem"), "-out", join(dir, "cert.pem")],
	], { stdio: "pipe" });
}

export class TokenMint {
	// The key in dir is used again when it is there, so that tokens outlive a restart.
	constructor(dir, project) {
		if (!existsSync(join(dir, "cert.pem")))
			makeKey(dir);
		this.project = project;
		this.key = createPrivateKey(readFileSync(join(dir, "key.pem")));
		this.certificate = readFileSync(join(dir, "cert.pem"), "utf8");
		this.kid = createHash("sha1").update(this.certificate).digest("hex");
	}

	// What Google's x509 endpoint answers.
	certs() {
		return { [this.kid]: this.certificate };
	}

	claims(uid, now = Math.floor(Date.now() / 1000)) {
		return {
			iss: `https://securetoken.google.com/${this.project}`,
			aud: this.project,
			auth_time: now - 10,
			user_id: uid,
			sub: uid,
			iat: now - 10,
			exp: now + LIFETIME,
			firebase: { identities: {}, sign_in_provider: "custom" },
		};
	}

	// A good token, unless claims or header say otherwise.
	mint(uid, { claims = {}, header = {}, key = this.key } = {}) {
		const head = { alg: "RS256", kid: this.kid, typ: "JWT", ...header };
		const signed = `${encode(head)}.${encode({ ...this.claims(uid), ...claims })}`;
		return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
	}

	// A token that must be refused, of one of the kinds of BAD.
	bad(kind, uid) {
		if (!BAD[kind])
			throw new Error(`no such kind of bad token: ${kind}`);
		return BAD[kind](this, uid);
	}
}

const hourAgo = () => Math.floor(Date.now() / 1000) - 3600;

// Each changes one thing about a good token.
export const BAD = {
	expired: (mint, uid) =>
		mint.mint(uid, { claims: { iat: hourAgo() - LIFETIME, auth_time: hourAgo() - LIFETIME, exp: hourAgo() } }),
	unsigned: (mint, uid) => `${encode({ alg: "none", typ: "JWT" })}.${encode(mint.claims(uid))}.`,
	empty_signature: (mint, uid) => mint.mint(uid).replace(/\.[^.]*$/, "."),
	wrong_aud: (mint, uid) => mint.mint(uid, { claims: { aud: "another-project" } }),
	wrong_iss: (mint, uid) => mint.mint(uid, { claims: { iss: `https://session.firebase.google.com/${mint.project}` } }),
	unknown_kid: (mint, uid) => mint.mint(uid, { header: { kid: "0".repeat(40) } }),
	no_kid: (mint, uid) => mint.mint(uid, { header: { kid: undefined } }),
	// The certificate is public: taken as an HMAC secret it would let anyone sign.
	hs256_pem: (mint, uid) => {
		const signed = `${encode({ alg: "HS256", kid: mint.kid, typ: "JWT" })}.${encode(mint.claims(uid))}`;
		return `${signed}.${createHmac("sha256", mint.certificate).update(signed).digest("base64url")}`;
	},
	wrong_key: (mint, uid) => mint.mint(uid, { key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey }),
	no_sub: (mint, uid) => mint.mint(uid, { claims: { sub: "" } }),
	future_iat: (mint, uid) => mint.mint(uid, { claims: { iat: Math.floor(Date.now() / 1000) + LIFETIME } }),
	swapped_payload: (mint, uid) => {
		const [head, , signature] = mint.mint(uid).split(".");
		return `${head}.${encode(mint.claims("somebody-else"))}.${signature}`;
	},
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const [dir, project, uid, lifetime] = process.argv.slice(2);
	if (!uid) {
		console.error("usage: node test/lib/token.mjs DIR PROJECT UID [LIFETIME_SECONDS]");
		process.exit(64);
	}
	const exp = Math.floor(Date.now() / 1000) + Number(lifetime ?? LIFETIME);
	console.log(new TokenMint(dir, project).mint(uid, { claims: { exp } }));
}
