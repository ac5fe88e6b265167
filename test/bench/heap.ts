// What an agent takes in memory, asked of its runtime by the inspector, isolate by isolate: JavaScript's heap and the buffers behind it. Objects that
// share the Worker's isolate are read with it; deployed, each has one of its own or shares it with others of its class. To be asked is work for it: all its
// garbage is collected, twice.
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../../cli/stack/agent.ts";

/** In bytes, without what is garbage at the time. */
export type Heap = { readonly used: number; readonly buffers: number };

const ANSWER_MS = 10_000;
/** workerd answers `collectGarbage` and collects nothing; the end of a sampling collects. */
const COLLECT = ["HeapProfiler.startSampling", "HeapProfiler.stopSampling"];
/** Asked one after the other. Buffers are given back by the collection after the one that finds them unused. */
const QUESTIONS = ["HeapProfiler.enable", ...COLLECT, ...COLLECT, "Runtime.getHeapUsage"];

/** How much of its heap an isolate uses, asked where its inspector listens; null where it does not answer in time. */
export async function heapAt(inspector: URL): Promise<Heap | null> {
  const socket = new WebSocket(inspector);
  // One that comes while the one before is on its way out is never answered.
  const over = new Promise((resolve) => socket.addEventListener("close", resolve));
  try {
    return await Promise.race([
      sleep(ANSWER_MS, null, { ref: false }),
      new Promise<Heap | null>((resolve) => {
        socket.addEventListener("error", () => resolve(null));
        socket.addEventListener("open", () => {
          for (const [id, method] of QUESTIONS.entries()) socket.send(JSON.stringify({ id, method }));
        });
        socket.addEventListener("message", ({ data }) => {
          const { result } = JSON.parse(String(data)) as { result?: { usedSize?: number; backingStorageSize: number } };
          if (result?.usedSize !== undefined) resolve({ used: result.usedSize, buffers: result.backingStorageSize });
        });
      }),
    ]);
  } finally {
    socket.close();
    await Promise.race([over, sleep(ANSWER_MS, null, { ref: false })]);
  }
}

/** The same of an agent's isolate, by its name; null where the agent does not run, either. */
async function heapOf(agent: LocalAgent, isolate: string): Promise<Heap | null> {
  const url = agent.isRunning ? await agent.inspector(isolate).catch(() => null) : null;
  return url === null ? null : heapAt(url);
}

/** Of one isolate, in bytes: before it was given anything, the most of all samples, and at which stage that was. */
export type HeapSeen = {
  readonly before: number;
  readonly peak: number;
  readonly during: string;
  readonly samples: number;
};

/** Samples every isolate of the agents at an interval until it is told to stop. */
export async function watchHeaps(
  agents: readonly LocalAgent[],
  everyMs: number,
  stageNow: () => string,
): Promise<() => Promise<Readonly<Record<string, HeapSeen>>>> {
  const seen: Record<string, HeapSeen> = {};
  let watching = true;
  const sample = async (agent: LocalAgent, isolate: string) => {
    const during = stageNow();
    const heap = await heapOf(agent, isolate);
    if (heap === null) return;
    const now = heap.used + heap.buffers;
    const known = seen[isolate] ?? { before: now, peak: 0, during, samples: 0 };
    const samples = known.samples + 1;
    seen[isolate] = now > known.peak ? { ...known, peak: now, during, samples } : { ...known, samples };
  };
  const isolates = agents.flatMap((agent) => agent.isolates.map((isolate) => [agent, isolate] as const));
  await Promise.all(isolates.map(([agent, isolate]) => sample(agent, isolate)));
  const watched = isolates.map(async ([agent, isolate]) => {
    for (await sleep(everyMs); watching; await sleep(everyMs)) await sample(agent, isolate);
  });
  return async () => {
    watching = false;
    await Promise.all(watched);
    return seen;
  };
}
