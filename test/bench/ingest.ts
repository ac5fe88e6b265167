// A burst: many bidders who run no agent, three organisations that do, every bid accounted for. And the ceiling, on the very same frames.
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import type { Stack } from "../../cli/stack/stack.ts";
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import { contributionsOf } from "../../shared/ceremony/gathered.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { type Counts, ended, liveStack, MESH, openAuction, show, submit, until } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders, signBids } from "./bids.ts";
import { childrenRunning, peakMiB, processorMicros } from "./processes.ts";
import { quantile, type Runtime } from "./runtime.ts";

export type Agreement = { readonly same: number; readonly of: number };

export type Burst = {
  /** Checks a second, taken before and behind the burst, since a machine that others use is not always as fast; and what one takes of the processor. */
  readonly ceiling: { readonly verifyPerSecond: number; readonly microsPerCheck: number | null };
  /** One agent takes all, while the others are down; they come back, and all three end alike. Medians of some auctions. */
  readonly ingest: {
    readonly bids: number;
    readonly bidders: number;
    /** From the first request to the last answer. */
    readonly perSecond: number;
    readonly ratioToCeiling: number;
    /** The same of each auction. */
    readonly runs: readonly number[];
    /** The same of an auction before them, as large: an agent that has just started meets its bids with code that is not compiled yet. */
    readonly fromStartPerSecond: number;
    /** Of the processor, by the agent's process; and one check over it. What else the machine does changes the rate, and hardly these. */
    readonly microsPerBid: number | null;
    readonly checkToBid: number | null;
    readonly duplicates: number;
    /** Answers to bids that were handed in again, by their codes; a shard that was enlisted meanwhile admits what the ceremony counts once. */
    readonly repeated: Counts;
    readonly lost: number;
    /** Answers to bids that were handed in after the end, by their codes. */
    readonly late: Counts;
    readonly verdicts: Counts;
    readonly doorPerSecond: number;
    readonly batches: number;
    readonly bytesPerBid: number;
    readonly largestMessageBytes: number;
    /** The most that each agent's process held at a time. */
    readonly peakMemoryMiB: readonly (number | null)[];
    /** From the close time, or the return of the last agent, to the moment when all three parties showed the ending. */
    readonly closeMs: number;
    readonly agreement: Agreement;
    readonly three: ThreeAgents;
  };
  readonly verify: {
    readonly frames: number;
    readonly perSecond: number;
    readonly ratioToCeiling: number;
    /** Signatures that are checked: those of frames, and of the credentials that they bear, each once. */
    readonly signatures: number;
    /** Of the processor: one check, over what verifying takes for each of them. */
    readonly checkToSignature: number | null;
  };
};

/** Three agents on one machine, each handed a third: every bid is checked by all of them. */
export type ThreeAgents = {
  readonly bids: number;
  /** Until every agent held every bid. */
  readonly perSecond: number;
  /** Checks of all three a second, over the ceiling. */
  readonly workToCeiling: number;
};

/** Part of the bids that is sent a second time. */
const REPEATED = 10;
const LATE = 50;
/** Auctions at one agent, one after the other; the last is the one that is looked into. */
const AUCTIONS = 3;
/** Frames on which the ceiling is measured. */
const SAMPLE = 2_000;
/** A view of hundreds of seats is work for the agent: asking for it all the time would be measured too. */
const ASK_MS = 250;
const HOLD_S = 300;

export async function measureBurst(runtime: Runtime, bids: number, bidders: number): Promise<Burst> {
  const guests = makeBidders(bidders, MESH);
  const { stack, stop } = await liveStack(ELECTOR_ROLES.length, guests);
  try {
    const [agent, ...others] = stack.agents as readonly [LocalAgent, ...LocalAgent[]];
    const { perSecond: fromStartPerSecond } = await takeInOne(stack, guests, bids, runtime);
    const bursts: Taken[] = [];
    while (bursts.length < AUCTIONS - 1) bursts.push(await takeInOne(stack, guests, bids, runtime));
    const closesIn = 60 + Math.ceil(bids / 75); // a machine that others use must be done by then
    const closesAt = Date.now() + closesIn * 1_000;
    const ceremony = await openAuction(stack, guests, closesIn);
    const signed = signBids(guests, 2 * bids + LATE, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
    const frames = signed.map(({ frame }) => frame);
    const before = await ceilingOf(runtime, frames.slice(0, SAMPLE), [...stack.parties, ...guests]);
    await Promise.all(others.map((other) => other.kill()));
    const taken = await takeIn(agent, frames.slice(0, bids), runtime);
    const rates = mediansOf([...bursts, taken]);
    const again = await submit([agent], frames.slice(0, bids / REPEATED));
    await Promise.all(others.map((other) => other.start()));
    await hold(stack, ceremony, bids);
    const third = await measureThree(stack, ceremony, frames.slice(bids, 2 * bids), 2 * bids);
    // Only now: the round is open for so long, and what is handed in behind its close counts no more.
    const behind = await ceilingOf(runtime, frames.slice(0, SAMPLE), [...stack.parties, ...guests]);
    const sample = between(before, behind);
    const three = { ...third, workToCeiling: ratio(stack.agents.length * third.perSecond, sample.ceiling) };
    const views = await ended(stack, ceremony, closesIn + 120, ASK_MS);
    const closeMs = Date.now() - closesAt;
    const late = await submit([agent], frames.slice(2 * bids));
    const evidence = new Uint8Array(await (await agent.request(`/v1/ceremonies/${ceremony}/evidence`)).arrayBuffer());
    const counted = countIn(evidence, new Set(signed.slice(0, 2 * bids).map(({ id }) => id)));
    const verify = await measureVerify(runtime, evidence, [...stack.parties, ...guests], counted, sample);
    return {
      ceiling: { verifyPerSecond: Math.round(sample.ceiling), microsPerCheck: sample.micros },
      ingest: {
        bids,
        bidders,
        ...rates,
        fromStartPerSecond,
        ratioToCeiling: ratio(rates.perSecond, sample.ceiling),
        checkToBid: quotient(sample.micros, rates.microsPerBid),
        duplicates: again.ignored ?? 0,
        repeated: again,
        lost: 2 * bids - counted.bids,
        late,
        verdicts: taken.verdicts,
        doorPerSecond: Math.round(sample.door),
        batches: counted.batches,
        bytesPerBid: Math.round(counted.batchBytes / counted.held),
        largestMessageBytes: counted.largest,
        peakMemoryMiB: agentsOf(runtime).map(peakMiB),
        closeMs,
        agreement: agreementOf(views.map(({ outcome }) => outcome?.digest ?? null)),
        three,
      },
      verify,
    };
  } finally {
    await stop();
  }
}

/** Seconds that an auction is open which is over once its bids are in. */
const opensFor = (bids: number) => 20 + Math.ceil(bids / 500);

/** An auction whose bids one agent takes in while the others are down, to its end. */
async function takeInOne(stack: Stack, guests: readonly Party[], bids: number, runtime: Runtime): Promise<Taken> {
  const [agent, ...others] = stack.agents as readonly [LocalAgent, ...LocalAgent[]];
  const ceremony = await openAuction(stack, guests, opensFor(bids));
  const frames = signBids(guests, bids, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000).map(({ frame }) => frame);
  await Promise.all(others.map((other) => other.kill()));
  const taken = await takeIn(agent, frames, runtime);
  await Promise.all(others.map((other) => other.start()));
  await ended(stack, ceremony, opensFor(bids) + 120, ASK_MS);
  if (taken.verdicts.admitted !== bids) throw new Error(`a burst is not admitted: ${JSON.stringify(taken.verdicts)}`);
  return taken;
}

type Taken = { readonly perSecond: number; readonly microsPerBid: number | null; readonly verdicts: Counts };

/** One agent takes in a burst. */
async function takeIn(agent: LocalAgent, frames: readonly Uint8Array[], runtime: Runtime): Promise<Taken> {
  const [pid] = agentsOf(runtime);
  const used = processorMicros(pid);
  const start = performance.now();
  const verdicts = await submit([agent], frames);
  const perSecond = Math.round((1_000 * frames.length) / (performance.now() - start));
  const usedNow = processorMicros(pid);
  const microsPerBid = used === null || usedNow === null ? null : Math.round((usedNow - used) / frames.length);
  return { perSecond, microsPerBid, verdicts };
}

function mediansOf(bursts: readonly Taken[]) {
  const micros = bursts.flatMap(({ microsPerBid }) => microsPerBid ?? []);
  const runs = bursts.map(({ perSecond }) => perSecond);
  return { perSecond: quantile(runs, 0.5), runs, microsPerBid: micros.length === 0 ? null : quantile(micros, 0.5) };
}

/** Every workerd of ours but the one that is measured beside the agents. */
const agentsOf = ({ pid }: Runtime) => childrenRunning("workerd").filter((child) => child !== pid);

const quotient = (part: number | null, whole: number | null) =>
  part === null || whole === null ? null : ratio(part, whole);

export const ratio = (ours: number, theirs: number) => Math.round((1_000 * ours) / theirs) / 1_000;

export function agreementOf(digests: readonly (string | null)[]): Agreement {
  return { same: digests.filter((digest) => digest !== null && digest === digests[0]).length, of: digests.length };
}

type Ceiling = { readonly ceiling: number; readonly door: number; readonly micros: number | null };

/** Signature checks a second of the platform alone, and of our door, on the same frames in the same runtime; a check's processor time. */
export async function ceilingOf(
  runtime: Runtime,
  frames: readonly Uint8Array[],
  parties: readonly Party[],
): Promise<Ceiling> {
  const roots = [...rootsOf(parties)];
  await runtime.post("/load", JSON.stringify({ frames: frames.map(toBase64), roots }));
  const all = (answer: unknown) => answer === frames.length;
  const perSecond = async (path: string) => (1_000 * frames.length) / (await runtime.time(path, "", all));
  const [ceiling, door] = [await perSecond("/ceiling"), await perSecond("/door")];
  const used = processorMicros(runtime.pid);
  await runtime.post("/ceiling", "");
  const usedNow = processorMicros(runtime.pid);
  const micros = used === null || usedNow === null ? null : Math.round((usedNow - used) / frames.length);
  return { ceiling, door, micros };
}

function between(one: Ceiling, other: Ceiling): Ceiling {
  const mean = (of: "ceiling" | "door") => (one[of] + other[of]) / 2;
  const micros = one.micros === null || other.micros === null ? null : Math.round((one.micros + other.micros) / 2);
  return { ceiling: mean("ceiling"), door: mean("door"), micros };
}

/** Waits until every agent holds so many contributions. */
export async function hold(stack: Stack, ceremony: string, bids: number, seconds = HOLD_S): Promise<void> {
  const running = stack.agents.filter(({ isRunning }) => isRunning);
  await until(
    seconds,
    async () => {
      for (const agent of running) if ((await show(agent, ceremony)).contributions < bids) return false;
      return true;
    },
    ASK_MS,
  );
}

async function measureThree(
  stack: Stack,
  ceremony: string,
  frames: readonly Uint8Array[],
  total: number,
): Promise<Omit<ThreeAgents, "workToCeiling">> {
  const start = performance.now();
  await submit(stack.agents, frames);
  await hold(stack, ceremony, total);
  const perSecond = (1_000 * frames.length) / (performance.now() - start);
  return { bids: frames.length, perSecond: Math.round(perSecond) };
}

/** Timed at best, and once more for what it takes of the processor. */
async function measureVerify(
  runtime: Runtime,
  evidence: Uint8Array,
  parties: readonly Party[],
  { frames: lone, held, credentials }: ReturnType<typeof countIn>,
  { ceiling, micros }: Ceiling,
): Promise<Burst["verify"]> {
  await runtime.post("/bundle", evidence);
  const trust = JSON.stringify(writeTrustStatement(MESH, rootsOf(parties)));
  const ms = await runtime.time("/verify", trust, (verdict) => verdict === "passed");
  const used = processorMicros(runtime.pid);
  await runtime.post("/verify", trust);
  const usedNow = processorMicros(runtime.pid);
  const frames = lone + held;
  const perSecond = (1_000 * frames) / ms;
  const signatures = frames + credentials;
  const each = used === null || usedNow === null ? null : (usedNow - used) / signatures;
  return {
    frames,
    perSecond: Math.round(perSecond),
    ratioToCeiling: ratio(perSecond, ceiling),
    signatures,
    checkToSignature: quotient(micros, each),
  };
}

/** How many of the bids the evidence carries, in how many batches of how many bytes, and what it holds in all. */
export function countIn(evidence: Uint8Array, bids: ReadonlySet<string>) {
  const { frames } = JSON.parse(new TextDecoder().decode(evidence)) as { frames: { frame: string }[] };
  const statements = frames.flatMap(({ frame }) => {
    const parsed = parseObservation(parseBase64(frame) as Uint8Array);
    return parsed.ok ? [parsed.value.observation] : [];
  });
  const held = contributionsOf(statements);
  const batches = statements.filter(({ body }) => body.kind === "batch");
  return {
    bids: held.filter(({ id }) => bids.has(id)).length,
    held: held.length,
    credentials: new Set([...statements, ...held].flatMap(({ chain }) => chain.map(({ id }) => id))).size,
    frames: statements.length,
    batches: batches.length,
    batchBytes: batches.reduce((sum, { frame }) => sum + frame.length, 0),
    largest: Math.max(...statements.map(({ frame }) => frame.length)),
  };
}
