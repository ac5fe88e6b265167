// What an agent takes in memory, asked of its runtime by the inspector, isolate by isolate: JavaScript's heap and the buffers behind it. Objects that
// share the Worker's isolate are read with it; deployed, each has one of its own or shares it with others of its class.
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../../cli/stack/agent.ts";

/** In bytes, without what is garbage at the time. */
export type Heap = { readonly used: number; readonly buffers: number };

const ANSWER_MS = 10_000;
/** Asked one after the other: what is garbage by then is not counted. */
const QUESTIONS = ["HeapProfiler.enable", "HeapProfiler.collectGarbage", "Runtime.getHeapUsage"];

/** How much of its heap an isolate uses; null where it does not answer in time. */
export async function heapOf(agent: LocalAgent, isolate: string): Promise<Heap | null> {
  const url = agent.isRunning ? await agent.inspector(isolate).catch(() => null) : null;
  if (url === null) return null;
  const socket = new WebSocket(url);
  try {
    return await Promise.race([
      sleep(ANSWER_MS, null),
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
  }
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
