// What outcome functions see: seats and contributions, stripped of signatures (SPEC §6.3).
import type { Evidence } from "../admission/evidence.ts";
import type { CborMap, CborValue } from "../cbor/value.ts";
import type { Id, Interval } from "../observation/observation.ts";
import type { Threshold } from "../policy/policy.ts";
import type { RefusalCode } from "../refusals.ts";

export type Seat = {
  readonly index: number;
  readonly authority: string;
  readonly role: string;
  readonly power: number;
  /** Root key of its authority; absent in plain documents. */
  readonly root?: string;
  /** What outcomes call the seat; its authority where nothing else is given. */
  readonly name?: string;
  /** Rank of its authority, the higher the weightier; 0 where no taxonomy says more. */
  readonly tier?: number;
};

export type Contribution = {
  readonly id: Id;
  readonly seat: number;
  readonly role: string;
  readonly item: string | null;
  readonly content: CborMap;
  readonly at: Interval;
  /** Last instant at which it may be relied on, in microseconds. */
  readonly until: number;
  /** Frame of its stated time; absent in plain documents. */
  readonly timeFrame?: string;
  /** What admission is judged by; absent where a plain document stands in for a signed one. */
  readonly evidence?: Evidence;
  /** The commitment that it opens, where it was sealed. */
  readonly commitment?: Id;
};

/** The same contribution with something else in its place: its fields are read where they are kept, and do not spread. */
export function withChange(
  said: Contribution,
  change: Partial<Pick<Contribution, "seat" | "content" | "commitment">>,
): Contribution {
  const { id, seat, role, item, content, at, until, timeFrame, commitment } = said;
  const fields = { id, seat, role, item, content, at, until };
  return {
    ...fields,
    ...(timeFrame === undefined ? {} : { timeFrame }),
    ...(said.evidence === undefined ? {} : { evidence: said.evidence }),
    ...(commitment === undefined ? {} : { commitment }),
    ...change,
  };
}

export type Exclusion = {
  readonly id: Id;
  readonly code: RefusalCode;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Custody that passed: a release and the acceptance that cites it, by their ids. */
export type Handover = {
  readonly release: Id;
  readonly acceptance: Id;
  /** The statement by which the one reads in the words of the other; null where both use the same. */
  readonly translation: Id | null;
  readonly from: string;
  readonly to: string;
  readonly object: string | null;
  /** From when on the receiver has custody: the end of the acceptance's stated time, in microseconds. */
  readonly at: number;
};

/**
 * An outcome function's answer over one closed set. A decided one has a cause where the value says that nobody won; an abandoned one
 * may show how far the set got.
 */
export type Verdict =
  | {
      readonly is: "decided";
      readonly value: CborValue;
      readonly explanation: readonly string[];
      readonly cause?: string;
      readonly handovers?: readonly Handover[];
    }
  | {
      readonly is: "abandoned";
      readonly cause: string;
      readonly explanation: readonly string[];
      readonly value?: CborValue;
      /** Nothing that anyone could still say would change it. */
      readonly settled?: boolean;
      /** These stand all the same. */
      readonly handovers?: readonly Handover[];
    };

export function nameOf(seat: Seat): string {
  return seat.name ?? seat.authority;
}

/** An outcome value as the functions write it. */
export type Plain = number | bigint | string | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** Maps for records, so that a party's text never becomes an object key further on. */
function toValue(plain: Plain): CborValue {
  if (Array.isArray(plain)) return (plain as readonly Plain[]).map(toValue);
  if (typeof plain !== "object" || plain === null) return plain as CborValue;
  return new Map(
    Object.entries(plain as { readonly [name: string]: Plain }).map(([key, item]) => [key, toValue(item)]),
  );
}

export function decided(value: Plain, explanation: readonly string[], cause?: string): Verdict {
  const verdict = { is: "decided", value: toValue(value), explanation } as const;
  return cause === undefined ? verdict : { ...verdict, cause };
}

export function abandoned(
  cause: string,
  explanation: readonly string[],
  more: { readonly value?: Plain; readonly settled?: boolean } = {},
): Verdict {
  const verdict = { is: "abandoned", cause, explanation, settled: more.settled ?? false } as const;
  return more.value === undefined ? verdict : { ...verdict, value: toValue(more.value) };
}

/** Seats by index, so that one look-up serves a set of any size. */
export function seatsByIndex(seats: readonly Seat[]): ReadonlyMap<number, Seat> {
  return new Map(seats.map((seat) => [seat.index, seat]));
}

/** Power of some seats, or their number where a threshold counts heads. */
export function weigh(threshold: Threshold, seats: readonly Seat[]): number {
  return seats.reduce((sum, { power }) => sum + (typeof threshold === "number" ? 1 : power), 0);
}

/** Text in code-unit order, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
