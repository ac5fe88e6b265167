// What is known of contributions that travel in batches (SPEC §7.12): those that wait for one, and the ids and slots of all.
import type { Member } from "../observation/batch.ts";
import type { Id, VerifiedObservation } from "../observation/observation.ts";
import { type Layers, lookUp, withEntries } from "./layers.ts";

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
};

export const NO_INTAKE: Intake = {
  waiting: new Map(),
  bytes: 0,
  stored: new Set(),
  dueAt: null,
  known: [],
  perSeat: new Map(),
};

export const slotKey = ({ slot }: Member) => `${slot.seat}/${slot.item ?? ""}`;
export const secondKey = (member: Member) => `${slotKey(member)}/second`;

/** Notes ids and slots of what was not known before. Items are texts of a party's own: a key of theirs begins with a number, an id never has a slash. */
export function withKnown(intake: Intake, fresh: readonly Member[]): Intake {
  const entries = new Map<string, string>();
  const perSeat = new Map(intake.perSeat);
  const find = (key: string) => entries.get(key) ?? lookUp(intake.known, key);
  for (const member of fresh) {
    entries.set(member.id, "");
    entries.set(find(slotKey(member)) === undefined ? slotKey(member) : secondKey(member), member.id);
    const seat = member.slot.seat as number;
    perSeat.set(seat, (perSeat.get(seat) ?? 0) + 1);
  }
  return { ...intake, known: withEntries(intake.known, entries), perSeat };
}

/** What a batch brings that was not known, the pairs of it that contradict each other, and the intake behind it. */
export function noteBatch(
  intake: Intake,
  members: readonly Member[],
): { readonly intake: Intake; readonly fresh: number; readonly pairs: readonly (readonly [Id, Member])[] } {
  const fresh = members.filter(({ id }) => lookUp(intake.known, id) === undefined);
  const noted = withKnown(intake, fresh);
  const pairs = fresh.flatMap((member): (readonly [Id, Member])[] => {
    const first = lookUp(noted.known, slotKey(member));
    return first === undefined || first === member.id ? [] : [[first, member]];
  });
  const ids = new Set(members.map(({ id }) => id));
  const waiting = new Map([...noted.waiting].filter(([id]) => !ids.has(id)));
  const stored = new Set([...noted.stored].filter((id) => !ids.has(id)));
  const bytes = [...waiting.values()].reduce((sum, { frame }) => sum + frame.length, 0);
  return { intake: { ...noted, waiting, bytes, stored }, fresh: fresh.length, pairs };
}
