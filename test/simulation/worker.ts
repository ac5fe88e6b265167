// One thread of a run: it breaks rules where it is told to, then runs the ranges of seeds that it is given.
import { parentPort, workerData } from "node:worker_threads";
import type { Request } from "./flags.ts";
import { editWhileLoading } from "./sabotage/loader.ts";
import type { Edit } from "./sabotage/patches.ts";

const { request, edits } = workerData as { readonly request: Request; readonly edits: readonly Edit[] };
if (edits.length > 0) editWhileLoading(edits);
const { runSeeds } = await import("./tally.ts");
parentPort?.on("message", ({ first, last }: { first: number; last: number }) => {
  parentPort?.postMessage(runSeeds(request, first, last));
});
