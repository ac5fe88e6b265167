// A burst in which one of three agents is killed and comes back: nothing that anyone was told is taken is lost, and all three end alike.
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { type Counts, ended, type LiveStack, MESH, openAuction, show, submit, sumOf, until } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders, signBids } from "./bids.ts";
import { type Agreement, agreementOf, countIn, hold } from "./ingest.ts";

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

/**
 * `live` has as many electors as the auction, and recognises the roots of `bidders` bidders. `stage` is told what begins.
 */
export async function burstWithRestart(
  live: LiveStack,
  bids: number,
  bidders: number,
  closesIn: number,
  stage: (name: string) => void = () => undefined,
): Promise<Burst> {
  const { stack } = live;
  const guests = makeBidders(bidders, MESH);
  const [first, second, third] = stack.agents as readonly [LocalAgent, LocalAgent, LocalAgent];
  stage("open and sign");
  const ceremony = await openAuction(stack, guests, closesIn);
  const signed = signBids(guests, bids, ceremony, ELECTOR_ROLES.length, Date.now() * 1_000);
  const frames = signed.map(({ frame }) => frame);
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
  stage("all hold all");
  await hold(stack, ceremony, bids);
  stage("close");
  // Nobody is asked before the time to close: a view costs those who are asked.
  const { closesAt } = await show(first, ceremony);
  await sleep(Math.max(0, (closesAt ?? 0) / 1_000 - Date.now()));
  const views = await ended(stack, ceremony, closesIn + 60, ASK_MS);
  stage("evidence");
  const evidence = new Uint8Array(await (await third.request(`/v1/ceremonies/${ceremony}/evidence`)).arrayBuffer());
  const counted = countIn(evidence, new Set(signed.map(({ id }) => id)));
  const told = {
    bids,
    verdicts: sumOf([before, after]),
    held,
    restartMs,
    lost: bids - counted.bids,
    agreement: agreementOf(views.map(({ outcome }) => outcome?.digest ?? null)),
  };
  return { told, ceremony, evidence };
}
