// A certificate of our own for a server on loopback, and its key: cert.pem and key.pem in a folder.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export function makeTlsKey(dir) {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	execFileSync("openssl", [
		...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=loopback.test"],
		...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
		...["-keyout", join(dir, "key.pem"), "-out", join(dir, "cert.pem")],
	], { stdio: "pipe" });
	return join(dir, "cert.pem");
}
