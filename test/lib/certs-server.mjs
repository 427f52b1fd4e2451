// Google's token certificates on loopback: the x509 document with its Cache-Control.
// Also a program: node test/lib/certs-server.mjs DIR PROJECT [HOST:PORT] [MAX_AGE] serves the key of token.mjs in DIR.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { TokenMint } from "./token.mjs";

export class CertsServer {
	// document: what is answered, replaced at will. status other than 200 stands for an outage.
	constructor(document, maxAge = 21_600) {
		this.document = document;
		this.maxAge = maxAge;
		this.status = 200;
		this.asked = 0;
	}

	async start(host = "127.0.0.1", port = 0) {
		this.server = createServer((req, res) => this.answer(res));
		await new Promise((resolve, reject) => {
			this.server.once("error", reject);
			this.server.listen(port, host, resolve);
		});
		this.url = `http://${host}:${this.server.address().port}/robot/v1/metadata/x509/securetoken`;
		return this;
	}

	answer(res) {
		this.asked += 1;
		const body = this.status === 200 ? JSON.stringify(this.document) : "{}";
		res.writeHead(this.status, {
			"Content-Type": "application/json; charset=UTF-8",
			"Content-Length": Buffer.byteLength(body),
			"Cache-Control": `public, max-age=${this.maxAge}, must-revalidate, no-transform`,
		});
		res.end(body);
	}

	async stop() {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const [dir, project, listen = "127.0.0.1:0", maxAge] = process.argv.slice(2);
	if (!project) {
		console.error("usage: node test/lib/certs-server.mjs DIR PROJECT [HOST:PORT] [MAX_AGE]");
		process.exit(64);
	}
	const [host, port] = listen.split(":");
	const server = new CertsServer(new TokenMint(dir, project).certs(), maxAge && Number(maxAge));
	await server.start(host, Number(port));
	console.log(server.url);
}
