// Runs cells in lanes side by side. Used by test/it/matrix.test.mjs (the chosen cells) and by `make torture` (all of them):
//   SEED=7 LANES=6 node test/matrix/run.mjs [WORD ...]      only cells whose name has each WORD
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "../lib/cluster.mjs";
import { leftOver } from "../lib/proc.mjs";
import { runAnswerCell, startAnswering } from "./answer.mjs";
import { allCells, chosenCells } from "./cells.mjs";
import { Lane, prepareGround } from "./lane.mjs";
import { Unstaged, runTradeCell, startTrading } from "./trade.mjs";

const TOP = new URL("../../", import.meta.url).pathname;

// Then something is wrong with all of them, and nobody wants to wait for each.
const BAD_IN_A_ROW = 4;

// The same seed, the same order.
export function shuffle(list, seed) {
	const out = [...list];
	let state = seed >>> 0;
	for (let i = out.length - 1; i > 0; i--) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		const j = state % (i + 1);
		[out[i], out[j]] = [out[j], out[i]];
	}
	return out;
}

// A cell that failed may have left anything behind: its lane is made anew.
async function runLane(cluster, name, daemon, queue, tell) {
	let lane = null;
	let number = 0;
	let bad = 0;
	const start = async () => {
		lane = new Lane(cluster, `${name}${number++}`);
		await lane.startGround();
		await (daemon === "apid" ? startAnswering : startTrading)(lane);
	};
	try {
		for (let cell = queue.shift(); cell; cell = queue.shift()) {
			const began = Date.now();
			try {
				if (!lane)
					await start();
				const end = await (daemon === "apid" ? runAnswerCell : runTradeCell)(lane, cell);
				tell({ cell, end, ms: Date.now() - began });
				bad = 0;
			} catch (error) {
				if (error instanceof Unstaged && !cell.again) {
					queue.unshift({ ...cell, again: true });
					await lane.stop();
					lane = null;
					continue;
				}
				tell({ cell, error, log: lane?.main && lane.running.get(lane.main)?.program.tail(40), ms: Date.now() - began });
				await lane?.stop();
				lane = null;
				if (++bad === BAD_IN_A_ROW)
					queue.splice(0).forEach((rest) => tell({ cell: rest, error: new Error(`not run: ${bad} in a row failed`), ms: 0 }));
			}
		}
		await lane?.finish();
	} finally {
		await lane?.stop();
	}
}

// tell({cell, end, error, ms}) for each cell, as it ends.
export async function runCells(cells, { lanes, tell }) {
	const dir = mkdtempSync(join(TOP, "build", "matrix-"));
	const cluster = new Cluster(join(dir, "pg"), { database: "ground" });
	const onExit = () => {
		cluster.stopNow();
		cluster.discard();
	};
	process.on("exit", onExit);
	try {
		await prepareGround(cluster);
		const answers = cells.filter((cell) => cell.daemon === "apid");
		const trades = cells.filter((cell) => cell.daemon === "tradectl");
		const names = Array.from({ length: Math.max(1, lanes - 1) }, (_, n) => `t${n}_`);
		await Promise.all([
			runLane(cluster, "a_", "apid", answers, tell),
			...names.map((name) => runLane(cluster, name, "tradectl", trades, tell)),
		]);
	} finally {
		await cluster.stop();
		process.off("exit", onExit);
		cluster.discard();
		rmSync(dir, { recursive: true, force: true });
	}
}

async function main() {
	const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
	const words = process.argv.slice(2);
	const cells = shuffle(process.env.CHOSEN ? chosenCells() : allCells(), seed).filter((cell) => words.every((word) => cell.name.includes(word)));
	let done = 0;
	let failed = 0;
	console.log(`SEED=${seed}: ${cells.length} cells`);
	await runCells(cells, {
		lanes: Number(process.env.LANES ?? 5),
		tell: ({ cell, end, error, log, ms }) => {
			done += 1;
			failed += error ? 1 : 0;
			console.log(`cell ${done}/${cells.length} ${error ? "FAILED" : "ok"} ${cell.name}: ${error ? error.message : end} (${ms} ms)`);
			if (error)
				console.log(`${error.stack}\n${log ?? ""}`.replace(/^/gm, "    "));
		},
	});
	console.log(`crash matrix: ${done} cells, ${failed} failed, SEED=${seed}${leftOver().length > 0 ? `, left running: ${JSON.stringify(leftOver())}` : ""}`);
	process.exitCode = failed > 0 ? 1 : 0;
}

if (process.argv[1] === new URL(import.meta.url).pathname)
	await main();
