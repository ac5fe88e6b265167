// A round of a hundred thousand bids through three agents, one of which is killed in the middle: how long each stage takes, of the clock and of the
// processor, how large messages and memories become, and whether everything that is done with a ceremony afterwards still works.
// `npm run bench:hundred`, or `node test/bench/hundred.ts [--one] [bids] [bidders] [seconds until the close]`; with `--one` a single agent is handed all
// of them. One JSON document on stdout.
import { parseArgs } from "node:util";

import type { LocalAgent } from "../../cli/stack/agent.ts";
import type { Party } from "../../cli/stack/party.ts";
import { rootsOf } from "../../cli/stack/party.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { type LiveStack, liveStack, MESH } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders } from "./bids.ts";
import { type HeapSeen, watchHeaps } from "./heap.ts";
import { type Look, lookAround } from "./looks.ts";
import { childrenRunning, peakMiB, processorMicros } from "./processes.ts";
import { burstAtOne, burstWithRestart, type Restart } from "./restart.ts";
import { listenTo, type Wire } from "./wire.ts";

const MIB = 1_048_576;
const SAMPLE_MS = 3_000;
/** What an object takes is read where it has an isolate of its own: here there is one ceremony, one link, and shards of one intake. */
export const APART = ["Ceremony", "Link", "Intake"] as const;

/** A stage: seconds of the clock, and of the processor by the agents' processes. */
export type Stage = { readonly name: string; readonly seconds: number; readonly processor: number };

export type Hundred = Restart & {
  readonly stages: readonly Stage[];
  readonly wire: Wire;
  /** Of each isolate, in MiB: all of it at the most, what it had grown by since before the ceremony, when, and how often was looked. */
  readonly heaps: Readonly<Record<string, ReturnType<typeof inMiB>>>;
  /** The most that any agent's process held. */
  readonly processMiB: number;
  readonly evidence: { readonly bytes: number; readonly verdict: string; readonly verifySeconds: number };
  readonly looks: readonly Look[];
};

function stopwatch() {
  const used = () => childrenRunning("workerd").reduce((sum, pid) => sum + (processorMicros(pid) ?? 0), 0);
  const stages: Stage[] = [];
  let open: { name: string; at: number; processor: number } | null = null;
  const stage = (name: string | null) => {
    const [at, processor] = [performance.now(), used()];
    if (open !== null) {
      const spent = (processor - open.processor) / 1_000_000;
      stages.push({ name: open.name, seconds: tenths((at - open.at) / 1_000), processor: tenths(spent) });
      process.stderr.write(`${JSON.stringify(stages.at(-1))}\n`);
    }
    open = name === null ? null : { name, at, processor };
  };
  return { stages, stage, now: () => open?.name ?? "start" };
}

const tenths = (value: number) => Math.round(10 * value) / 10;

/** `live` is as `burstWithRestart` needs it, and may be looked into. */
export async function measureHundred(
  live: LiveStack,
  bids: number,
  bidders: number,
  closesIn: number,
  burst = burstWithRestart,
): Promise<Hundred> {
  const { stack } = live;
  const parties = [...stack.parties, ...makeBidders(bidders, MESH)];
  const { stages, stage, now } = stopwatch();
  const [heard, seen] = [await listenTo(stack), await watchHeaps(stack.agents, SAMPLE_MS, now)];
  const { told, ceremony, evidence } = await burst(live, bids, bidders, closesIn, stage);
  stage("looks");
  const looks = await lookAround(stack.agents[0] as LocalAgent, ceremony);
  const heaps = Object.entries(await seen()).map(([name, heap]) => [name, inMiB(heap)] as const);
  stage("verify");
  const verified = await verifyHere(evidence, parties);
  stage(null);
  return {
    ...told,
    stages,
    wire: await heard(),
    heaps: Object.fromEntries(heaps),
    processMiB: Math.max(0, ...childrenRunning("workerd").map((pid) => peakMiB(pid) ?? 0)),
    evidence: { bytes: evidence.length, ...verified },
    looks,
  };
}

function inMiB({ before, peak, during, samples }: HeapSeen) {
  return { peak: Math.round(peak / MIB), grown: Math.round((peak - before) / MIB), during, samples };
}

async function verifyHere(evidence: Uint8Array, parties: readonly Party[]) {
  const start = performance.now();
  const { verdict } = await verifyBundle(evidence, { trust: writeTrustStatement(MESH, rootsOf(parties)) });
  return { verdict, verifySeconds: tenths((performance.now() - start) / 1_000) };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { one: { type: "boolean" } }, allowPositionals: true });
  const [bids = 100_000, bidders = 400, closesIn = 240] = positionals.map(Number);
  const live = await liveStack(ELECTOR_ROLES.length, makeBidders(bidders, MESH), {
    inspected: true,
    apart: APART,
  });
  const told = await measureHundred(live, bids, bidders, closesIn, values.one ? burstAtOne : burstWithRestart).finally(
    live.stop,
  );
  process.stdout.write(`${JSON.stringify(told, null, 1)}\n`);
}
