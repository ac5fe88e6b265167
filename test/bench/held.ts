// What an agent keeps in memory of each bid that it holds, and how long it takes to be itself again after a restart: the fold and the ledger
// alone, over bids of many bidders, in this process. `node test/bench/held.ts [bids] [bidders]`.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CeremonyLedger } from "../../durable/ceremony-ledger.ts";
import { type CeremonyState, emptyState } from "../../shared/ceremony/state.ts";
import { type Input, step } from "../../shared/ceremony/step.ts";
import { reopen } from "../../shared/observation/reopen.ts";
import { ELECTORS, openSale } from "../support/bidders.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { signBids } from "./bids.ts";

export type Held = {
  readonly bids: number;
  readonly bytesPerBid: number;
  /** Of the processor, not of the clock: other work on the machine costs nothing here. */
  readonly microsPerBid: { readonly fold: number; readonly restart: number };
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

export function measureHeld(bids: number, bidders: number): Held {
  const { net, bidders: guests } = openSale(bidders);
  const { state: opened, author } = net.agent("acme");
  const { sql } = sqliteStorage();
  const ledger = new CeremonyLedger(sql);
  const frames = signBids(guests, bids, net.call.id, ELECTORS.length, net.now).map(({ frame }) => frame);
  let state: CeremonyState = emptyState(opened.ceremony, opened.self);
  const turn = (input: Input) => {
    const stepped = step(state, input, author);
    ledger.commit(stepped);
    state = stepped.state;
  };
  turn({ on: "observations", now: net.now, observations: [net.call] });
  const before = inUse();
  const start = process.cpuUsage();
  for (let from = 0; from < frames.length; from += AT_ONCE)
    turn({ on: "observations", now: net.now + from, observations: frames.slice(from, from + AT_ONCE).map(reopen) });
  turn({ on: "clock", now: net.now + 9_000_000 });
  const folded = microsSince(start);
  const bytes = inUse() - before;
  const again = process.cpuUsage();
  const restored = new CeremonyLedger(sql).load(state.ceremony, state.self);
  const restart = microsSince(again);
  const held = [...(restored.rounds[0]?.intake.perSeat.values() ?? [])].reduce((sum, count) => sum + count, 0);
  if (held !== bids) throw new Error(`${held} of ${bids} bids are there after the restart`);
  return {
    bids,
    bytesPerBid: Math.round(bytes / bids),
    microsPerBid: { fold: Math.round(folded / bids), restart: Math.round(restart / bids) },
    restartMs: Math.round(restart / 1_000),
  };
}

if (import.meta.main) {
  const [bids = 10_000, bidders = 400] = process.argv.slice(2).map(Number);
  process.stdout.write(`${JSON.stringify(measureHeld(bids, bidders))}\n`);
}
