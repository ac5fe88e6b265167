// What is known of contributions that travel in batches (SPEC §7.12): those that wait for one, and the ids and slots of all.
import type { Member } from "../observation/batch.ts";
import { keptBytes } from "../observation/kept.ts";
import type { Id, VerifiedObservation } from "../observation/observation.ts";
import { Growing, type Layers, NO_ENTRIES } from "./layers.ts";
import { CountsDraft, NO_COUNTS, type SeatCounts } from "./seat-counts.ts";
import type { Spread } from "./spread.ts";

export type Taken = VerifiedObservation & Member;

export type Intake = {
  /** Taken in and in no batch yet, in order of arrival. */
  readonly waiting: ReadonlyMap<Id, Taken>;
  readonly bytes: number;
  /** Those of them that are on disk already. */
  readonly stored: ReadonlySet<Id>;
  /** When what waits is brought at the latest; null where that is at once. */
  readonly dueAt: number | null;
  /** Ids of all that waits or is in a batch, and for each slot the first two that were said in it. */
  readonly known: Layers;
  readonly perSeat: SeatCounts;
  /** What is kept of each seat's, in bytes, and of all that waits. */
  readonly keptOf: SeatCounts;
  readonly kept: number;
  /** The objects over which this party spreads its intake; null where the ceremony takes in all by itself. */
  readonly spread: Spread | null;
};

export const NO_INTAKE: Intake = {
  waiting: new Map(),
  bytes: 0,
  stored: new Set(),
  dueAt: null,
  known: NO_ENTRIES,
  perSeat: NO_COUNTS,
  keptOf: NO_COUNTS,
  kept: 0,
  spread: null,
};

const slotKey = ({ slot }: Member) => `${slot.seat}/${slot.item ?? ""}`;
/** Behind a word, so that it is the key of no slot, whatever a seat calls its items. */
const secondKey = (slot: string) => `second ${slot}`;

/** Where a contribution stands among what is known: its slot, the first that was said in it, and what is kept of it, in bytes. */
export type Standing = { readonly slot: string; readonly first: Id | undefined; readonly kept: number };

/** An intake under change: copied once for all that comes together. Items are texts of a party's own, so slots have a slash, which no id has. */
export class Draft {
  readonly #before: Intake;
  readonly #known: Growing;
  readonly #perSeat: CountsDraft;
  readonly #keptOf: CountsDraft;
  readonly #fresh: Taken[] = [];
  bytes: number;
  kept: number;

  constructor(before: Intake) {
    this.#before = before;
    this.#known = new Growing(before.known);
    this.#perSeat = new CountsDraft(before.perSeat);
    this.#keptOf = new CountsDraft(before.keptOf);
    this.bytes = before.bytes;
    this.kept = before.kept;
  }

  has(id: Id): boolean {
    return this.#known.find(id) !== undefined;
  }

  standingOf(member: Member): Standing {
    const slot = slotKey(member);
    return { slot, first: this.#known.find(slot), kept: keptBytes(member) };
  }

  /** Whether two things are known of the slot: more than two prove nothing more. */
  isTwice({ slot, first }: Standing): boolean {
    return first !== undefined && this.#known.find(secondKey(slot)) !== undefined;
  }

  countOf(seat: number): number {
    return this.#perSeat.of(seat);
  }

  keptOf(seat: number): number {
    return this.#keptOf.of(seat);
  }

  get added(): number {
    return this.#fresh.length;
  }

  /** Notes the id and the slot. */
  note(member: Member, { slot, first, kept }: Standing): void {
    this.#known.add(member.id, "");
    this.#known.add(first === undefined ? slot : secondKey(slot), member.id);
    const seat = member.slot.seat as number;
    this.#perSeat.add(seat, 1);
    this.#keptOf.add(seat, kept);
  }

  add(taken: Taken, standing: Standing): void {
    this.#fresh.push(taken);
    this.bytes += taken.frame.length;
    this.kept += standing.kept;
    this.note(taken, standing);
  }

  /** `stored` says that what was added is on disk already. */
  take(stored: boolean): Intake {
    const before = this.#before;
    return {
      ...before,
      waiting: this.#waiting(),
      bytes: this.bytes,
      stored: stored ? new Set([...before.stored, ...this.#fresh.map(({ id }) => id)]) : before.stored,
      known: this.#known.take(),
      perSeat: this.#perSeat.take(),
      keptOf: this.#keptOf.take(),
      kept: this.kept,
    };
  }

  #waiting(): ReadonlyMap<Id, Taken> {
    if (this.#fresh.length === 0) return this.#before.waiting;
    const waiting = new Map(this.#before.waiting);
    for (const taken of this.#fresh) waiting.set(taken.id, taken);
    return waiting;
  }
}

/** What goes on waiting once these are in batches. */
export function withoutWaiting(before: Intake, gone: readonly Member[]): Intake {
  const waiting = new Map(before.waiting);
  let { bytes, kept } = before;
  for (const { id } of gone) {
    const taken = waiting.get(id);
    if (taken === undefined || !waiting.delete(id)) continue;
    bytes -= taken.frame.length;
    kept -= keptBytes(taken);
  }
  return { ...before, waiting, bytes, kept };
}

/** What a batch brings that was not known, the pairs of it that contradict each other, and the intake behind it. */
export function noteBatch(
  before: Intake,
  members: readonly Member[],
): { readonly intake: Intake; readonly fresh: number; readonly pairs: readonly (readonly [Id, Member])[] } {
  const draft = new Draft(before);
  const fresh = members.filter(({ id }) => !draft.has(id));
  const pairs = fresh.flatMap((member): (readonly [Id, Member])[] => {
    const standing = draft.standingOf(member);
    draft.note(member, standing);
    return standing.first === undefined ? [] : [[standing.first, member]];
  });
  const noted = draft.take(false);
  const waited = members.some(({ id }) => before.waiting.has(id));
  const intake = waited ? withoutWaiting(noted, members) : noted;
  return { intake: { ...intake, stored: withoutStored(before.stored, members) }, fresh: fresh.length, pairs };
}

function withoutStored(stored: ReadonlySet<Id>, members: readonly Member[]): ReadonlySet<Id> {
  if (!members.some(({ id }) => stored.has(id))) return stored;
  const gone = new Set(members.map(({ id }) => id));
  return new Set([...stored].filter((id) => !gone.has(id)));
}
