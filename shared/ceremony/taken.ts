// What is known of contributions that travel in batches (SPEC §7.12): those that wait for one, and the ids and slots of all.
import type { Member } from "../observation/batch.ts";
import { keptBytes } from "../observation/kept.ts";
import type { Id, VerifiedObservation } from "../observation/observation.ts";
import { type Layers, lookUp, NO_ENTRIES, withEntries } from "./layers.ts";
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
  readonly perSeat: ReadonlyMap<number, number>;
  /** What is kept of each seat's, in bytes, and of all that waits. */
  readonly keptOf: ReadonlyMap<number, number>;
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
  perSeat: new Map(),
  keptOf: new Map(),
  kept: 0,
  spread: null,
};

export const slotKey = ({ slot }: Member) => `${slot.seat}/${slot.item ?? ""}`;
/** Behind a word, so that it is the key of no slot, whatever a seat calls its items. */
export const secondKey = (member: Member) => `second ${slotKey(member)}`;

/** An intake under change: copied once for all that comes together. Items are texts of a party's own, so slots have a slash, which no id has. */
export class Draft {
  readonly #before: Intake;
  readonly #entries = new Map<string, string>();
  readonly #perSeat: Map<number, number>;
  readonly #keptOf: Map<number, number>;
  readonly #fresh: Taken[] = [];
  bytes: number;
  kept: number;

  constructor(before: Intake) {
    this.#before = before;
    this.#perSeat = new Map(before.perSeat);
    this.#keptOf = new Map(before.keptOf);
    this.bytes = before.bytes;
    this.kept = before.kept;
  }

  find(key: string): string | undefined {
    return this.#entries.get(key) ?? lookUp(this.#before.known, key);
  }

  countOf(seat: number): number {
    return this.#perSeat.get(seat) ?? 0;
  }

  keptOf(seat: number): number {
    return this.#keptOf.get(seat) ?? 0;
  }

  get added(): number {
    return this.#fresh.length;
  }

  /** Notes the id and the slot; answers what was said in that slot before. */
  note(member: Member): Id | undefined {
    const slot = slotKey(member);
    const first = this.find(slot);
    this.#entries.set(member.id, "");
    this.#entries.set(first === undefined ? slot : secondKey(member), member.id);
    const seat = member.slot.seat as number;
    this.#perSeat.set(seat, this.countOf(seat) + 1);
    this.#keptOf.set(seat, this.keptOf(seat) + keptBytes(member));
    return first;
  }

  add(taken: Taken): Id | undefined {
    this.#fresh.push(taken);
    this.bytes += taken.frame.length;
    this.kept += keptBytes(taken);
    return this.note(taken);
  }

  /** `stored` says that what was added is on disk already. */
  take(stored: boolean): Intake {
    const before = this.#before;
    const waiting = new Map(before.waiting);
    for (const taken of this.#fresh) waiting.set(taken.id, taken);
    return {
      ...before,
      waiting,
      bytes: this.bytes,
      stored: stored ? new Set([...before.stored, ...this.#fresh.map(({ id }) => id)]) : before.stored,
      known: withEntries(before.known, this.#entries),
      perSeat: this.#perSeat,
      keptOf: this.#keptOf,
      kept: this.kept,
    };
  }
}

/** What a batch brings that was not known, the pairs of it that contradict each other, and the intake behind it. */
export function noteBatch(
  before: Intake,
  members: readonly Member[],
): { readonly intake: Intake; readonly fresh: number; readonly pairs: readonly (readonly [Id, Member])[] } {
  const draft = new Draft(before);
  const fresh = members.filter(({ id }) => draft.find(id) === undefined);
  const pairs = fresh.flatMap((member): (readonly [Id, Member])[] => {
    const first = draft.note(member);
    return first === undefined ? [] : [[first, member]];
  });
  const noted = draft.take(false);
  if (before.waiting.size === 0) return { intake: noted, fresh: fresh.length, pairs };
  const ids = new Set(members.map(({ id }) => id));
  const waiting = new Map([...noted.waiting].filter(([id]) => !ids.has(id)));
  const stored = new Set([...noted.stored].filter((id) => !ids.has(id)));
  const bytes = [...waiting.values()].reduce((sum, { frame }) => sum + frame.length, 0);
  const kept = [...waiting.values()].reduce((sum, taken) => sum + keptBytes(taken), 0);
  return { intake: { ...noted, waiting, bytes, stored, kept }, fresh: fresh.length, pairs };
}
