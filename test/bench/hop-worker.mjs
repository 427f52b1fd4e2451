// graphile-worker as one runs it: a process of its own. Says when each task started: "started N NANOSECONDS" by the host's
// monotonic clock, which all processes share. SIGTERM ends it.
//   DATABASE_URL=... node hop-worker.mjs
import { Logger } from "@graphile/logger";
import { run } from "graphile-worker";

const runner = await run({
	connectionString: process.env.DATABASE_URL,
	concurrency: 1,
	noHandleSignals: true,
	pollInterval: 2000,
	logger: new Logger(() => (level, message) => level === "error" && console.error(message)),
	taskList: { hop: async ({ n }) => void console.log(`started ${n} ${process.hrtime.bigint()}`) },
});
console.log("ready");
await new Promise((resolve) => process.once("SIGTERM", resolve));
await runner.stop();
