// A TCP port on loopback that nobody listens on at this moment, for programs that cannot say which one they took.
import { createServer } from "node:net";

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}
