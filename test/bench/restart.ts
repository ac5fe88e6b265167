// A burst in which one of three agents is killed and comes back: nothing that anyone was told is taken is lost, and all three end alike.
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { type Counts, ended, type LiveStack, MESH, openAuction, show, submit, sumOf, until } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders, signBids } from "./bids.ts";
import { countIn } from "./counted.ts";
import { type Agreement, agreementOf, hold } from "./ingest.ts";

export type Restart = {
  readonly bids: number;
  readonly verdicts: Counts;
  /** Contributions that the agent held when it was killed, and milliseconds from its start until it showed as many again. */
  readonly held: number;
  readonly restartMs: number;
  /** Of the bids that were answered for as admitted, how many the evidence of the agent that was killed does not hold. */
  readonly lost: number;
  readonly agreement: Agreement;
};

/** The same, with what is left of it for whoever goes on from there. */
export type Burst = { readonly told: Restart; readonly ceremony: string; readonly evidence: Uint8Array };

const ASK_MS = 50;

export async function measureRestart(...given: Parameters<typeof burstWithRestart>): Promise<Restart> {
  return (await burstWithRestart(...given)).told;
}

type Stage = (name: string) => void;
const silent: Stage = () => undefined;

/** `live` has as many electors as the auction, and recognises the roots of `bidders` bidders. `stage` is told what begins. */
export async function burstWithRestart(
  live: LiveStack,
  bids: number,
  bidders: number,
  closesIn: number,
  stage: Stage = silent,
): Promise<Burst> {
  const { stack } = live;
  const [first, second, third] = stack.agents as readonly [LocalAgent, LocalAgent, LocalAgent];
  const sale = await openSale(live, bids, bidders, closesIn, stage);
  const { ceremony, frames } = sale;
  const half = Math.floor(bids / 2);
  stage("first half");
  const before = await submit([first, second, third], frames.slice(0, half));
  const { contributions: held } = await show(third, ceremony);
  // It dies while the others are handed the rest, and some that it was handed before.
  stage("rest, without one agent");
  const rest = submit([first, second], frames.slice(Math.floor(half / 2)));
  await third.kill();
  const after = await rest;
  stage("its return");
  const start = performance.now();
  await third.start();
  await until(60, async () => (await show(third, ceremony)).contributions >= held, ASK_MS);
  const restartMs = Math.round(performance.now() - start);
  const ending = await finish(live, sale, third, closesIn, stage);
  return { ...ending, told: { ...ending.told, verdicts: sumOf([before, after]), held, restartMs } };
}

/** One agent is handed everything, and brings it to the others. */
export async function burstAtOne(
  live: LiveStack,
  bids: number,
  bidders: number,
  closesIn: number,
  stage: Stage = silent,
): Promise<Burst> {
  const [first, , third] = live.stack.agents as readonly [LocalAgent, LocalAgent, LocalAgent];
  const sale = await openSale(live, bids, bidders, closesIn, stage);
  stage("all to one agent");
  const verdicts = await submit([first], sale.frames);
  process.stderr.write(`${JSON.stringify(verdicts)}\n`);
  const ending = await finish(live, sale, third, closesIn, stage);
  return { ...ending, told: { ...ending.told, verdicts, held: 0, restartMs: 0 } };
}

type Sale = { readonly ceremony: string; readonly ids: ReadonlySet<string>; readonly frames: readonly Uint8Array[] };

async function openSale(
  { stack }: LiveStack,
  bids: number,
  bidders: number,
  closesIn: number,
  stage: Stage,
): Promise<Sale> {
  const guests = makeBidders(bidders, MESH);
  stage("open and sign");
  const ceremony = await openAuction(stack, guests, closesIn);
  const signed = signBids(guests, bids, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
  return { ceremony, ids: new Set(signed.map(({ id }) => id)), frames: signed.map(({ frame }) => frame) };
}

/** Until all have ended alike, and what `told` has to show for it. */
async function finish(live: LiveStack, { ceremony, ids }: Sale, told: LocalAgent, closesIn: number, stage: Stage) {
  const { stack } = live;
  stage("all hold all");
  const { closesAt } = await show(told, ceremony);
  const left = () => Math.max(0, (closesAt ?? 0) / 1_000 - Date.now());
  // Where somebody lacks some until the time to close, what is lost says so.
  await hold(stack, ceremony, ids.size, left() / 1_000).catch(() => undefined);
  // Nobody is asked before the time to close: a view costs those who are asked.
  stage("rest until the time to close");
  await sleep(left());
  stage("close");
  const views = await ended(stack, ceremony, closesIn + 60, ASK_MS);
  stage("evidence");
  const evidence = new Uint8Array(await (await told.request(`/v1/ceremonies/${ceremony}/evidence`)).arrayBuffer());
  const agreement = agreementOf(views.map(({ outcome }) => outcome?.digest ?? null));
  const lost = ids.size - countIn(evidence, ids).bids;
  return { told: { bids: ids.size, lost, agreement }, ceremony, evidence };
}
