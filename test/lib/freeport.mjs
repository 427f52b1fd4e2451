// A TCP port on loopback that nobody listens on at this moment, for programs that cannot say which one they took.
import { createServer } from "node:net";

// The wished port where it is free, else any.
export function freePort(wished = 0) {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", (error) => (wished ? resolve(freePort()) : reject(error)));
		server.listen(wished, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}
