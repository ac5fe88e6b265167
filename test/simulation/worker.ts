// One thread of a run: it breaks a rule where it is told to, then runs the ranges of seeds that it is given.
import { parentPort, workerData } from "node:worker_threads";
import type { Request } from "./flags.ts";
import { sabotage } from "./sabotage/loader.ts";

const request = workerData as Request;
if (request.sabotage !== null) sabotage(request.sabotage);
const { runSeeds } = await import("./tally.ts");
parentPort?.on("message", ({ first, last }: { first: number; last: number }) => {
  parentPort?.postMessage(runSeeds(request, first, last));
});
