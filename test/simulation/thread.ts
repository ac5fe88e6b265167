// A thread that runs schedules, so that rules can be broken in it and nowhere else.
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Request } from "./flags.ts";
import { type Edit, SABOTAGES } from "./sabotage/patches.ts";
import type { Tally } from "./tally.ts";

export type Thread = {
  /** What the seeds from `first` to `last` come to; one range at a time. */
  readonly run: (first: number, last: number) => Promise<Tally>;
  readonly stop: () => Promise<unknown>;
};

export function startThread(request: Request, edits: readonly Edit[] = editsOf(request.sabotage)): Thread {
  const worker = new Worker(join(import.meta.dirname, "worker.ts"), { workerData: { request, edits } });
  const run = (first: number, last: number) =>
    new Promise<Tally>((resolve, reject) => {
      const settle = (act: () => void) => {
        worker.off("message", onMessage).off("error", onError);
        act();
      };
      const onMessage = (tally: Tally) => settle(() => resolve(tally));
      const onError = (error: Error) => settle(() => reject(error));
      worker.on("message", onMessage).on("error", onError);
      worker.postMessage({ first, last });
    });
  return { run, stop: () => worker.terminate() };
}

export function editsOf(sabotage: string | null): readonly Edit[] {
  return SABOTAGES.find(({ name }) => name === sabotage)?.edits ?? [];
}
