// One case of an operation in a thread in which a rule is broken, or none.
import { parentPort, workerData } from "node:worker_threads";
import { editWhileLoading } from "../../simulation/sabotage/loader.ts";
import type { Edit } from "../../simulation/sabotage/patches.ts";

const { edits, names } = workerData as { readonly edits: readonly Edit[]; readonly names: readonly string[] };
if (edits.length > 0) editWhileLoading(edits);
const { CASES } = await import("../../support/operation-cases.ts");
const found: Record<string, string> = {};
for (const name of names) found[name] = (await CASES[name]?.()) ?? "no such case";
parentPort?.postMessage(found);
