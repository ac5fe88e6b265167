// The record of an abandonment (SPEC §6.8): its cause, who was waited for, who signed two things, and which statements bind nobody any more.
import type { CborValue } from "../cbor/value.ts";
import { type CborMap, isCborMap } from "../cbor/value.ts";
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { nameOf, type Seat, type Verdict } from "./contribution.ts";

/** What was admitted in all rounds, and the seats that signed two statements for one slot. */
export type Heard = {
  readonly admitted: readonly { readonly id: Id; readonly seat: number; readonly round: number }[];
  readonly faulty: ReadonlySet<number>;
};

type Abandoned = Extract<Verdict, { is: "abandoned" }>;

/** `left` are those who were in once: they are not waited for, and what they said is released as well. */
export function abandonmentOf(
  policy: Policy,
  seats: readonly Seat[],
  left: readonly Seat[],
  heard: Heard,
  verdict: Abandoned,
): Abandoned {
  const spoke = new Set(heard.admitted.map(({ seat }) => seat));
  const names = (some: readonly Seat[]) => some.map(nameOf);
  const byIndex = new Map([...left, ...seats].map((seat) => [seat.index, seat]));
  const absent = seats.filter(({ role, index }) => policy.roles.get(role)?.contributes === true && !spoke.has(index));
  const faulty = seats.filter(({ index }) => heard.faulty.has(index));
  // A matched pair binds whatever became of the rest.
  const standing = new Set((verdict.handovers ?? []).flatMap(({ release, acceptance }) => [release, acceptance]));
  const bound = heard.admitted.filter(({ id }) => !standing.has(id));
  const released = bound.flatMap(({ id, seat: index, round }): CborMap[] => {
    const seat = byIndex.get(index);
    return seat === undefined
      ? []
      : [
          new Map<string, CborValue>([
            ["party", nameOf(seat)],
            ["round", round],
            ["statement", id],
          ]),
        ];
  });
  const reached = isCborMap(verdict.value) ? [...verdict.value] : [];
  const value = new Map<string | number, CborValue>([
    ...reached,
    ["absent", names(absent)],
    ["faulty", names(faulty)],
    ["released", released],
  ]);
  return { ...verdict, value };
}
