// A burst: many bidders who run no agent, three organisations that do, every bid accounted for.
import type { LocalAgent } from "../../cli/stack/agent.ts";
import type { Party } from "../../cli/stack/party.ts";
import type { Stack } from "../../cli/stack/stack.ts";
import {
  bodiesOf,
  type Counts,
  ended,
  handIn,
  liveStack,
  MESH,
  openAuction,
  show,
  submit,
  until,
  verdictsIn,
} from "./auction.ts";
import { ELECTOR_ROLES, makeBidders, signBids } from "./bids.ts";
import {
  type Beside,
  besideCeiling,
  type Ceiling,
  ceilingOf,
  meanOf,
  mediansOf,
  type Rate,
  ratio,
  spentOn,
} from "./ceiling.ts";
import { type Counted, countIn } from "./counted.ts";
import { childrenRunning, peakMiB, processorMicros, quiet } from "./processes.ts";
import type { Runtime } from "./runtime.ts";
import { measureVerify, type Verifying } from "./verifying.ts";

export type Agreement = { readonly same: number; readonly of: number };

export type Burst = {
  /** Checks a second, and what one takes of the processor: the mean over all that was taken beside it. */
  readonly ceiling: { readonly verifyPerSecond: number; readonly microsPerCheck: number | null };
  /** One agent takes all, while the others are down; they come back, and all three end alike. Medians of some auctions. */
  readonly ingest: {
    readonly bids: number;
    readonly bidders: number;
    /** From the first request to the last answer. */
    readonly perSecond: number;
    /** Of each auction over the ceiling beside it. */
    readonly ratioToCeiling: number;
    /** Both of each auction. */
    readonly runs: readonly number[];
    readonly ratios: readonly number[];
    /** Of the first auction, as large: an agent that has just started has no code compiled yet, and no bidder's chain proved. */
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
    /** From the close time of the last auction, with the others closing beside it, to the moment when all three parties showed the ending. */
    readonly closeMs: number;
    readonly agreement: Agreement;
    readonly three: ThreeAgents;
  };
  readonly verify: Verifying;
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
/** Auctions that count for no median: meanwhile the code is compiled, and the bidders' chains are proved. */
const WARM = 2;
/** Auctions behind them, which are measured. */
const AUCTIONS = 5;
/** Frames on which the ceiling is measured. */
const SAMPLE = 2_000;
/** A view of hundreds of seats is work for the agent: asking for it all the time would be measured too. */
const ASK_MS = 250;
const HOLD_S = 300;

export async function measureBurst(runtime: Runtime, bids: number, bidders: number): Promise<Burst> {
  const guests = makeBidders(bidders, MESH);
  const { stack, stop } = await liveStack(ELECTOR_ROLES.length, guests);
  const { told, ceiling, evidence, counted } = await burstAt(stack, guests, bids, runtime).finally(stop);
  // By a stranger, with no agent running.
  const verify = await measureVerify(runtime, ceiling, evidence, [...stack.parties, ...guests], {
    frames: counted.frames + counted.held,
    signatures: counted.frames + counted.held + counted.credentials,
  });
  return { ...told, verify };
}

async function burstAt(stack: Stack, guests: readonly Party[], bids: number, runtime: Runtime) {
  const [agent] = stack.agents as readonly [LocalAgent];
  const parties = [...stack.parties, ...guests];
  const closesIn = 60 + Math.ceil((bids * (WARM + AUCTIONS + 3)) / 500); // a machine that others use must be done by then
  const sales = await openSales(stack, guests, bids, closesIn);
  const { ceremony, closesAt, frames } = sales.at(-1) as Sale;
  const ceiling = await ceilingOf(runtime, frames.slice(0, SAMPLE), parties);
  const { fromStart, bursts } = await takeInAlone(stack, sales, bids, runtime, ceiling);
  const repeated = await submit([agent], frames.slice(0, bids / REPEATED));
  for (const { ceremony: each } of sales) await hold(stack, each, bids);
  // Whoever was away has everything by now, and may still be brought some of it again.
  await quiet(agentsOf(runtime), closesAt - 500 * closesIn);
  const atThree = () => measureThree(stack, ceremony, frames.slice(bids, 2 * bids), 2 * bids);
  const [three] = (await besideCeiling(ceiling, [atThree])) as [Beside<Three>];
  const { agreement, closeMs } = await endAll(stack, sales, closesIn);
  const late = await submit([agent], frames.slice(2 * bids));
  const found = await evidenceOf(agent, sales);
  const { evidence, counted } = found.at(-1) as Found;
  const { perSecond, micros, checkToEach, ...rates } = mediansOf(bursts);
  const told: Omit<Burst, "verify"> = {
    ceiling: shownChecks(meanOf([...bursts, three].map(({ ceiling: checks }) => checks))),
    ingest: {
      bids,
      bidders: guests.length,
      perSecond,
      ...rates,
      microsPerBid: micros === null ? null : Math.round(micros),
      checkToBid: checkToEach,
      fromStartPerSecond: Math.round(fromStart.perSecond),
      duplicates: repeated.ignored ?? 0,
      repeated,
      lost: found.reduce((sum, each) => sum + each.lost, 0),
      late,
      verdicts: (bursts.at(-1) as Beside<Taken>).found.verdicts,
      doorPerSecond: Math.round(await ceiling.door()),
      batches: counted.batches,
      bytesPerBid: Math.round(counted.batchBytes / counted.held),
      largestMessageBytes: counted.largest,
      peakMemoryMiB: agentsOf(runtime).map(peakMiB),
      closeMs,
      agreement,
      three: threeOf(three, stack.agents.length),
    },
  };
  return { told, ceiling, evidence, counted };
}

/** An auction, and the bids that are signed for it: as many as one agent takes in, and behind them in the last what else is handed in. */
type Sale = {
  readonly ceremony: string;
  readonly closesAt: number;
  readonly frames: readonly Uint8Array[];
  /** Of those that are handed in before the close. */
  readonly ids: ReadonlySet<string>;
};

async function openSales(
  stack: Stack,
  guests: readonly Party[],
  bids: number,
  closesIn: number,
): Promise<readonly Sale[]> {
  const sales: Sale[] = [];
  for (let opened = 1; opened <= WARM + AUCTIONS; opened++) {
    const closesAt = Date.now() + closesIn * 1_000;
    const ceremony = await openAuction(stack, guests, closesIn);
    const [inTime, late] = opened < WARM + AUCTIONS ? [bids, 0] : [2 * bids, LATE];
    const signed = signBids(guests, inTime + late, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
    const ids = new Set(signed.slice(0, inTime).map(({ id }) => id));
    sales.push({ ceremony, closesAt, frames: signed.map(({ frame }) => frame), ids });
  }
  return sales;
}

/** One agent takes in burst after burst while the others are down; they come back. The first burst meets code that is not compiled yet. */
async function takeInAlone(
  { agents }: Stack,
  sales: readonly Sale[],
  bids: number,
  runtime: Runtime,
  ceiling: Ceiling,
): Promise<{ readonly fromStart: Taken; readonly bursts: readonly Beside<Taken>[] }> {
  const [agent, ...others] = agents as readonly [LocalAgent, ...LocalAgent[]];
  await Promise.all(others.map((other) => other.kill()));
  const take = ({ frames }: Sale) => takeIn(agent, frames.slice(0, bids), runtime);
  const fromStart = await take(sales[0] as Sale);
  for (const sale of sales.slice(1, WARM)) await take(sale);
  const measured = sales.slice(WARM).map((sale) => () => take(sale));
  const bursts = await besideCeiling(ceiling, measured);
  await Promise.all(others.map((other) => other.start()));
  return { fromStart, bursts };
}

type Taken = Rate & { readonly verdicts: Counts };

/** One agent takes in a burst. */
async function takeIn(agent: LocalAgent, frames: readonly Uint8Array[], runtime: Runtime): Promise<Taken> {
  const [pid] = agentsOf(runtime);
  const bodies = bodiesOf(frames, 1);
  const used = processorMicros(pid);
  const start = performance.now();
  const replies = await handIn([agent], bodies);
  const perSecond = (1_000 * frames.length) / (performance.now() - start);
  const micros = spentOn(frames.length, used, processorMicros(pid));
  const verdicts = verdictsIn(replies);
  if (verdicts.admitted !== frames.length) throw new Error(`a burst is not admitted: ${JSON.stringify(verdicts)}`);
  return { perSecond, micros, verdicts };
}

function shownChecks({ perSecond, micros }: Rate): Burst["ceiling"] {
  return { verifyPerSecond: Math.round(perSecond), microsPerCheck: micros === null ? null : Math.round(micros) };
}

/** Every workerd of ours but the one that is measured beside the agents. */
const agentsOf = ({ pid }: Runtime) => childrenRunning("workerd").filter((child) => child !== pid);

export function agreementOf(digests: readonly (string | null)[]): Agreement {
  return { same: digests.filter((digest) => digest !== null && digest === digests[0]).length, of: digests.length };
}

/** Each auction to its ending: the worst that any of them came to, and how long behind the close of the last that one took. */
async function endAll(stack: Stack, sales: readonly Sale[], closesIn: number) {
  const reached: Agreement[] = [];
  let closeMs: number | null = null;
  for (const { ceremony, closesAt } of [...sales].reverse()) {
    const views = await ended(stack, ceremony, closesIn + 120, ASK_MS);
    closeMs ??= Date.now() - closesAt;
    reached.push(agreementOf(views.map(({ outcome }) => outcome?.digest ?? null)));
  }
  const agreement = reached.reduce((worst, each) => (each.same < worst.same ? each : worst));
  return { agreement, closeMs: closeMs ?? 0 };
}

type Found = { readonly evidence: Uint8Array; readonly counted: Counted; readonly lost: number };

/** What the evidence of each auction holds, and how many bids it lacks. */
async function evidenceOf(agent: LocalAgent, sales: readonly Sale[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { ceremony, ids } of sales) {
    const response = await agent.request(`/v1/ceremonies/${ceremony}/evidence`);
    const evidence = new Uint8Array(await response.arrayBuffer());
    const counted = countIn(evidence, ids);
    found.push({ evidence, counted, lost: ids.size - counted.bids });
  }
  return found;
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

type Three = Omit<ThreeAgents, "workToCeiling">;

async function measureThree(
  stack: Stack,
  ceremony: string,
  frames: readonly Uint8Array[],
  total: number,
): Promise<Three> {
  const bodies = bodiesOf(frames, stack.agents.length);
  const start = performance.now();
  await handIn(stack.agents, bodies);
  await hold(stack, ceremony, total);
  const perSecond = (1_000 * frames.length) / (performance.now() - start);
  return { bids: frames.length, perSecond: Math.round(perSecond) };
}

function threeOf({ found, ceiling }: Beside<Three>, agents: number): ThreeAgents {
  return { ...found, workToCeiling: ratio(agents * found.perSecond, ceiling.perSecond) };
}
