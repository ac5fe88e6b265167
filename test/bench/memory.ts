// What three agents take in memory while a burst goes through them, one of which is killed in the middle:
// `node test/bench/memory.ts [bids] [bidders] [seconds until the close]`. An agent's heap is that of its Worker and all of its objects together, since
// they share an isolate here; deployed, the ceremony's object is one of them.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { liveStack, MESH } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders } from "./bids.ts";
import { measureRestart, type Restart } from "./restart.ts";

const MIB = 1_048_576;
const SAMPLE_MS = 4_000;
const ANSWER_MS = 5_000;

/** Of one agent, in MiB: JavaScript's heap with the buffers behind it, and all of its process. */
type Peak = { heap: number; buffers: number; process: number };
export type MemoryCost = Restart & { readonly peaks: Readonly<Record<string, Peak>> };

/** Asked one after the other: what is garbage by then is not counted. */
const QUESTIONS = ["HeapProfiler.enable", "HeapProfiler.collectGarbage", "Runtime.getHeapUsage"];

/** How much of its heap an isolate uses; null where it does not answer in time. */
async function heapOf(agent: LocalAgent): Promise<{ readonly used: number; readonly buffers: number } | null> {
  const url = await agent.inspector().catch(() => null);
  if (url === null) return null;
  const socket = new WebSocket(url);
  try {
    return await Promise.race([
      sleep(ANSWER_MS, null),
      new Promise<{ used: number; buffers: number } | null>((resolve) => {
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

/** The largest that any workerd started by this process has been, in bytes. */
function largestProcess(): number {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const sizes = children.flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const ours = new RegExp(`^PPid:\\s*${process.pid}$`, "m").test(status) && /^Name:\s*workerd$/m.test(status);
      return ours ? [1_024 * Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0)] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
  return Math.max(0, ...sizes);
}

export async function measureMemory(bids: number, bidders: number, closesIn: number): Promise<MemoryCost> {
  const live = await liveStack(ELECTOR_ROLES.length, makeBidders(bidders, MESH), true);
  const peaks: Record<string, Peak> = {};
  let measuring = true;
  const sample = async (agent: LocalAgent) => {
    const peak: Peak = { heap: 0, buffers: 0, process: 0 };
    peaks[agent.name] = peak;
    while (measuring) {
      const found = agent.isRunning ? await heapOf(agent) : null;
      peak.heap = Math.max(peak.heap, Math.round((found?.used ?? 0) / MIB));
      peak.buffers = Math.max(peak.buffers, Math.round((found?.buffers ?? 0) / MIB));
      peak.process = Math.round(largestProcess() / MIB);
      if (found !== null) process.stderr.write(`${agent.name} ${JSON.stringify(found)}\n`);
      await sleep(SAMPLE_MS);
    }
  };
  const sampling = live.stack.agents.map(sample);
  try {
    const restart = await measureRestart(live, bids, bidders, closesIn);
    return { ...restart, peaks };
  } finally {
    measuring = false;
    await Promise.all(sampling);
    await live.stop();
  }
}

if (import.meta.main) {
  const [bids = 10_000, bidders = 400, closesIn = 60] = process.argv.slice(2).map(Number);
  process.stdout.write(`${JSON.stringify(await measureMemory(bids, bidders, closesIn))}\n`);
}
