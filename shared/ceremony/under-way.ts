// Which batches a peer lacks because they were lost, and which have not arrived yet (SPEC §9.2). What is sent to a peer arrives in about the order in
// which it was sent, and each of its reports names the last one of ours that it has heard: what left well before that one, and is lacking, was lost. No
// clock tells them apart: a peer that was away, or is busy, may work off for minutes what waits for it, and sent to it again that would never end.
import type { Id, Observation, StatusBody } from "../observation/observation.ts";
import { batchesOf, prefixOf } from "./gathered.ts";
import type { Round } from "./state.ts";

/** Own reports that are remembered: whoever has heard none of so many has minutes of work before it. */
const REPORTS_REMEMBERED = 256;

export type Repairs = {
  /** Reports of one's own, and when each was signed, the oldest first. A restart forgets them: the next ones will be named. */
  readonly told: ReadonlyMap<Id, number>;
  /** By whoever lacks it, of a batch that was sent again, or is left to others first: which of those reports must have been heard before it is sent. */
  readonly after: ReadonlyMap<number | string, ReadonlyMap<Id, number>>;
};

export const NO_REPAIRS: Repairs = { told: new Map(), after: new Map() };

export function noteReport({ told, after }: Repairs, { id, at }: Observation): Repairs {
  const kept = [...told].slice(1 - REPORTS_REMEMBERED);
  return { told: new Map([...kept, [id, at[0]]]), after };
}

export type Asking = {
  /** The asker's seat, or its organisation where it has none. */
  readonly who: number | string;
  readonly status: Observation<StatusBody>;
  readonly now: number;
  readonly interval: number;
  /** How many are to send a statement before this party does. */
  readonly behind: (held: Observation) => number;
};

/** Batches to send to the asker now, and, of those that it lacks, what `Repairs` notes of it. */
export function lostOf(
  { held, repairs }: Pick<Round, "held" | "repairs">,
  { who, status, now, interval, behind }: Asking,
): { readonly lost: ReadonlySet<Id>; readonly after: ReadonlyMap<Id, number> } {
  const known = repairs.after.get(who);
  const heard = heardBy(repairs, status);
  const has = new Set([...status.body.contributions, ...status.body.messages]);
  const lost = new Set<Id>();
  const after = new Map<Id, number>();
  for (const batch of batchesOf([...held.values()])) {
    if (has.has(prefixOf(batch.id))) continue;
    const before = known?.get(batch.id);
    if (before !== undefined) after.set(batch.id, before);
    if (heard < (before ?? leftBy(batch.at[0], interval))) continue;
    const others = before === undefined ? behind(batch) : 0;
    // They are told of it too, within an interval: this party's turn comes once the asker has heard what is reported after theirs.
    if (others > 0) after.set(batch.id, leftBy(now, interval) + others * interval);
    else lost.add(batch.id);
  }
  return { lost, after };
}

/** Notes what is sent again now, which is on its way once more. */
export function noteSent(
  { told, after }: Repairs,
  { who, now, interval }: Pick<Asking, "who" | "now" | "interval">,
  waiting: ReadonlyMap<Id, number>,
  sent: readonly Observation[],
): Repairs {
  const again = batchesOf(sent).map(({ id }) => [id, leftBy(now, interval)] as const);
  return { told, after: new Map(after).set(who, new Map([...waiting, ...again])) };
}

/** Roads may bring a report before what left shortly before it. */
function leftBy(at: number, interval: number): number {
  return at + interval / 2;
}

/** When the last report of ours was signed that this one names. */
function heardBy({ told }: Repairs, { lineage }: Observation): number {
  return Math.max(...lineage.parents.map((id) => told.get(id) ?? Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY);
}
