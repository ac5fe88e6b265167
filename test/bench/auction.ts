// The auction of the benchmark on a live stack: opened over HTTP, bid in batches at one agent, closed by three.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { buildBundle } from "../../cli/stack/bundle.ts";
import type { Party } from "../../cli/stack/party.ts";
import { PARTY_NAMES, type Stack, type StackPlan, startStack } from "../../cli/stack/stack.ts";
import type { ShownCeremony } from "../../durable/alerts.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { BATCH_FRAMES_MAX } from "../../shared/limits.ts";
import { AUCTION_SETTINGS, ELECTOR_ROLES } from "./bids.ts";
import { postAll, type Reply } from "./client.ts";

export const MESH = "bench-mesh";
const ENDED = new Set(["final", "abandoned", "expired"]);
const POLL_MS = 5;
const AT_ONCE = 8;

export type LiveStack = { readonly stack: Stack; readonly stop: () => Promise<void> };

export async function liveStack(
  parties: number,
  guests: readonly Party[] = [],
  more: Pick<StackPlan, "inspected" | "apart" | "documents" | "road"> = {},
): Promise<LiveStack> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const { script } = await buildBundle();
  const names = Array.from({ length: parties }, (_, index) => PARTY_NAMES[index] ?? `party-${index}`);
  const stack = await startStack({ names, mesh: MESH, dir, script, sources: {}, guests, isBare: true, ...more });
  const stop = async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  await until(30, async () => {
    const ready = await Promise.all(stack.agents.map((agent) => agent.request("/readyz")));
    return ready.every(({ ok }) => ok);
  });
  return { stack, stop };
}

/** Asks until it holds; a connection that was closed meanwhile is an answer that has not come yet. */
export async function until(seconds: number, holds: () => Promise<boolean>, pollMs = POLL_MS): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain`);
    await sleep(pollMs);
  }
}

/** Asked twice where the first asking fails: a connection that was idle for long may be closed under it. */
export function show(agent: LocalAgent, ceremony: string): Promise<ShownCeremony> {
  const ask = () => agent.json<ShownCeremony>(`/v1/ceremonies/${ceremony}`);
  return ask().catch(ask);
}

/** Resolves once every agent shows an ending, with what each shows. */
export async function ended(
  stack: Stack,
  ceremony: string,
  seconds: number,
  pollMs = POLL_MS,
): Promise<readonly CeremonyView[]> {
  return shown(stack, ceremony, ({ phase }) => ENDED.has(phase), seconds, pollMs);
}

/** What each agent shows once it holds of it. Whoever has shown it is not asked again: asking is work for those who have not. */
export async function shown(
  stack: Stack,
  ceremony: string,
  holds: (view: CeremonyView) => boolean,
  seconds: number,
  pollMs = POLL_MS,
): Promise<readonly CeremonyView[]> {
  return Promise.all(
    stack.agents.map(async (agent) => {
      let view: CeremonyView | null = null;
      await until(
        seconds,
        async () => {
          view = await show(agent, ceremony);
          return holds(view);
        },
        pollMs,
      );
      return view as unknown as CeremonyView;
    }),
  );
}

export async function openAuction(
  stack: Stack,
  bidders: readonly Party[],
  closesIn: number,
  set: readonly object[] = AUCTION_SETTINGS,
): Promise<string> {
  const electors = stack.parties.map(({ name }, index) => ({ authority: name, role: ELECTOR_ROLES[index], power: 1 }));
  const [opener] = stack.agents as readonly [LocalAgent];
  const opened = await opener.post<{ ceremony?: string; code?: string }>("/v1/ceremonies", {
    pattern: "auction",
    title: "Bench",
    set,
    parties: [...electors, ...bidders.map(({ name }) => ({ authority: name, role: "bidder", power: 1 }))],
    closesIn,
    expiresIn: closesIn + 120,
  });
  if (opened.ceremony === undefined) throw new Error(`the auction does not open: ${JSON.stringify(opened)}`);
  const { ceremony } = opened;
  await until(30, async () => {
    const views = await Promise.all(stack.agents.map((agent) => show(agent, ceremony)));
    return views.every(({ policy }) => policy);
  });
  return ceremony;
}

export type Counts = Readonly<Record<string, number>>;

export function sumOf(all: readonly Counts[]): Counts {
  const total: Record<string, number> = {};
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** Frames in batches, as they are posted to so many agents. */
export function bodiesOf(frames: readonly Uint8Array[], agents: number): readonly Uint8Array[] {
  const bodies: Uint8Array[] = [];
  const size = Math.min(BATCH_FRAMES_MAX, Math.ceil(frames.length / (AT_ONCE * agents)));
  for (let from = 0; from < frames.length; from += size) bodies.push(encodeCanonical(frames.slice(from, from + size)));
  return bodies;
}

/** Posts such bodies, some at a time, to the agents in turn. */
export function handIn(agents: readonly LocalAgent[], bodies: readonly Uint8Array[]): Promise<readonly Reply[]> {
  const targets = agents.map(({ url, apiKey }) => ({
    url: `${url}/v1/observations:batch`,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/cbor" },
  }));
  return postAll(targets, bodies, AT_ONCE);
}

/** Verdicts, counted; refusals by their codes. */
export function verdictsIn(replies: readonly Reply[]): Counts {
  const counts: Record<string, number> = {};
  for (const { status, text } of replies) {
    const { answers } = JSON.parse(text) as { answers?: { verdict: string; code: string | null }[] };
    if (answers === undefined) throw new Error(`a batch is refused: ${status}`);
    for (const { verdict, code } of answers) {
      const name = verdict === "refused" ? (code ?? verdict) : verdict;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

export async function submit(agents: readonly LocalAgent[], frames: readonly Uint8Array[]): Promise<Counts> {
  return verdictsIn(await handIn(agents, bodiesOf(frames, agents.length)));
}
