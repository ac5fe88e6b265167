// What an agent keeps in memory of each bid that it holds, and how long it takes to be itself again after a restart: the fold and the ledger
// alone, over bids of many bidders, in this process. `node test/bench/held.ts [bids] [bidders]`.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CeremonyLedger } from "../../durable/ceremony-ledger.ts";
import { type CeremonyState, emptyState, type Round } from "../../shared/ceremony/state.ts";
import { type Input, step } from "../../shared/ceremony/step.ts";
import { viewOf } from "../../shared/ceremony/view.ts";
import { BATCH_MEMBERS_MAX } from "../../shared/limits.ts";
import type { Draft } from "../../shared/observation/author.ts";
import { batchOf, type Member } from "../../shared/observation/batch.ts";
import type { BatchBody, Observation, WitnessBody } from "../../shared/observation/observation.ts";
import { reopen } from "../../shared/observation/reopen.ts";
import { ELECTORS, openSale, type Sale } from "../support/bidders.ts";
import { SECOND } from "../support/network.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { signBids } from "./bids.ts";

export type Held = {
  readonly bids: number;
  readonly bytesPerBid: number;
  readonly batches: number;
  /** Of the processor, not of the clock: other work on the machine costs nothing here. */
  readonly microsPerBid: { readonly fold: number; readonly restart: number; readonly outcome: number };
  readonly restartMs: number;
};

const AT_ONCE = 100;

function inUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 4; round++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function microsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** What one of three agents is handed: a third of the bids by themselves, and the others' in batches of theirs. */
function arrivals({ net }: Sale, frames: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const third = Math.ceil(frames.length / 3);
  const turns: Uint8Array[][] = [];
  for (let from = 0; from < third; from += AT_ONCE) turns.push(frames.slice(from, Math.min(from + AT_ONCE, third)));
  for (const [seat, from] of [third, 2 * third].entries()) {
    const theirs = frames.slice(from, from + third);
    const { author } = net.agents[seat + 1] as (typeof net.agents)[number];
    for (let at = 0; at < theirs.length; at += BATCH_MEMBERS_MAX) {
      const held = theirs.slice(at, at + BATCH_MEMBERS_MAX).map((frame) => reopen(frame) as Observation as Member);
      turns.push([author(draftOf(net, seat + 1, `batch ${turns.length}`, batchOf(held))).frame.slice()]);
    }
  }
  return turns;
}

function draftOf({ now, call }: Sale["net"], seat: number, item: string | null, body: BatchBody | WitnessBody): Draft {
  const lineage = { sequence: 70, prev: null, parents: [], sources: [], derivation: null };
  const slot = { seat, attempt: null, item };
  return { ceremony: call.id, round: 0, slot, at: [now, now], timeToLive: 86_400 * SECOND, lineage, body };
}

export function measureHeld(bids: number, bidders: number): Held {
  const sale = openSale(bidders);
  const { net } = sale;
  const { state: opened, author } = net.agent("acme");
  const { sql } = sqliteStorage();
  const ledger = new CeremonyLedger(sql);
  const signed = signBids(sale.bidders, bids, net.call.id, ELECTORS.length, net.now);
  const turns = arrivals(
    sale,
    signed.map(({ frame }) => frame.slice()),
  );
  let state: CeremonyState = emptyState(opened.ceremony, opened.self);
  const turn = (input: Input) => {
    const stepped = step(state, input, author);
    ledger.commit(stepped);
    state = stepped.state;
  };
  turn({ on: "observations", now: net.now, observations: [net.call] });
  const before = inUse();
  const start = process.cpuUsage();
  for (const frames of turns) turn({ on: "observations", now: net.now, observations: frames.map(reopen) });
  turn({ on: "clock", now: net.now + 9 * SECOND });
  const folded = microsSince(start);
  const bytes = inUse() - before;
  const again = process.cpuUsage();
  const restored = new CeremonyLedger(sql).load(state.ceremony, state.self);
  const restart = microsSince(again);
  const held = viewOf(restored).contributions;
  if (held !== bids) throw new Error(`${held} of ${bids} bids are there after the restart`);
  const ending = process.cpuUsage();
  net.now += 10 * SECOND;
  turn({ on: "clock", now: net.now });
  const { witnesses, own } = (state.rounds[0] as Round).closing;
  const [[{ body }]] = [witnesses.get(own as number) as readonly [Observation<WitnessBody>]];
  for (const seat of [1, 2]) {
    const { author: other } = net.agents[seat] as (typeof net.agents)[number];
    turn({ on: "observations", now: net.now, observations: [other(draftOf(net, seat, null, body))] });
  }
  if (state.ending?.record.status !== "decided") throw new Error("the sale has not ended");
  const closed = microsSince(ending);
  return {
    bids,
    bytesPerBid: Math.round(bytes / bids),
    batches: body.ids.length,
    microsPerBid: {
      fold: Math.round(folded / bids),
      restart: Math.round(restart / bids),
      outcome: Math.round(closed / bids),
    },
    restartMs: Math.round(restart / 1_000),
  };
}

if (import.meta.main) {
  const [bids = 10_000, bidders = 400] = process.argv.slice(2).map(Number);
  process.stdout.write(`${JSON.stringify(measureHeld(bids, bidders))}\n`);
}
