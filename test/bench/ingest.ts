// A burst: many bidders, three organisations, every bid accounted for. And the ceiling, on the very same frames.
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { rootsOf } from "../../cli/stack/party.ts";
import { toBase64 } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { type Counts, ended, liveStack, MESH, openAuction, submit } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders, signBids } from "./bids.ts";
import type { Runtime } from "./runtime.ts";

export type Burst = {
  readonly ceiling: { readonly verifyPerSecond: number };
  readonly ingest: {
    readonly bids: number;
    readonly bidders: number;
    readonly perSecond: number;
    readonly ratioToCeiling: number;
    readonly duplicates: number;
    readonly lost: number;
    readonly verdicts: Counts;
    readonly doorPerSecond: number;
    /** From the close time to the moment when all three parties showed the ending. */
    readonly closeMs: number;
    readonly agreement: { readonly same: number; readonly of: number };
  };
  readonly verify: { readonly frames: number; readonly perSecond: number; readonly ratioToCeiling: number };
};

/** Part of the bids that is sent a second time. */
const REPEATED = 10;
const ROUND_S = 5;
/** A view of hundreds of seats is work for the agent: asking for it all the time would be measured too. */
const ASK_MS = 100;

export async function measureBurst(runtime: Runtime, bids: number, bidders: number): Promise<Burst> {
  const guests = makeBidders(bidders, MESH);
  const { stack, stop } = await liveStack(ELECTOR_ROLES.length, guests);
  try {
    const [agent] = stack.agents as readonly [LocalAgent];
    const closesIn = ROUND_S + Math.ceil(bids / 250);
    const opened = Date.now();
    const ceremony = await openAuction(stack, guests, closesIn);
    const signed = signBids(guests, bids, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
    const frames = signed.map(({ frame }) => frame);
    const roots = [...rootsOf([...stack.parties, ...guests])];
    await runtime.post("/load", JSON.stringify({ frames: frames.map(toBase64), roots }));
    const all = (answer: unknown) => answer === frames.length;
    const ceiling = (1_000 * bids) / (await runtime.time("/ceiling", "", all));
    const door = (1_000 * bids) / (await runtime.time("/door", "", all));
    const start = performance.now();
    const verdicts = await submit(agent, frames);
    const perSecond = (1_000 * bids) / (performance.now() - start);
    const again = await submit(agent, frames.slice(0, bids / REPEATED));
    const views = await ended(stack, ceremony, closesIn + 120, ASK_MS);
    const closeMs = Date.now() - (opened + closesIn * 1_000);
    const digests = views.map(({ outcome }) => outcome?.digest ?? null);
    const evidence = new Uint8Array(await (await agent.request(`/v1/ceremonies/${ceremony}/evidence`)).arrayBuffer());
    const counted = countIn(evidence, new Set(signed.map(({ id }) => id)));
    await runtime.post("/bundle", evidence);
    const trust = JSON.stringify(writeTrustStatement(MESH, new Map(roots)));
    const verified =
      (1_000 * counted.frames) / (await runtime.time("/verify", trust, (verdict) => verdict === "passed"));
    return {
      ceiling: { verifyPerSecond: Math.round(ceiling) },
      ingest: {
        bids,
        bidders,
        perSecond: Math.round(perSecond),
        ratioToCeiling: ratio(perSecond, ceiling),
        duplicates: again.ignored ?? 0,
        lost: bids - counted.bids,
        verdicts,
        doorPerSecond: Math.round(door),
        closeMs,
        agreement: {
          same: digests.filter((digest) => digest !== null && digest === digests[0]).length,
          of: views.length,
        },
      },
      verify: { frames: counted.frames, perSecond: Math.round(verified), ratioToCeiling: ratio(verified, ceiling) },
    };
  } finally {
    await stop();
  }
}

export const ratio = (ours: number, theirs: number) => Math.round((1_000 * ours) / theirs) / 1_000;

/** How many of the bids the evidence carries, and how many frames in all. */
function countIn(evidence: Uint8Array, bids: ReadonlySet<string>): { readonly bids: number; readonly frames: number } {
  const { frames } = JSON.parse(new TextDecoder().decode(evidence)) as { frames: { id: string }[] };
  return { bids: frames.filter(({ id }) => bids.has(id)).length, frames: frames.length };
}
