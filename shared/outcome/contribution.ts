// What outcome functions see: seats and contributions, stripped of signatures (SPEC §6.3).
import type { CborMap, CborValue } from "../cbor/value.ts";
import type { Id, Interval } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";

export type Seat = {
  readonly index: number;
  readonly authority: string;
  readonly role: string;
  readonly power: number;
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
};

export type Exclusion = {
  readonly id: Id;
  readonly code: RefusalCode;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** An outcome function's answer over one closed set. */
export type Verdict =
  | { readonly is: "decided"; readonly value: CborValue; readonly explanation: readonly string[] }
  | { readonly is: "abandoned"; readonly cause: string; readonly explanation: readonly string[] };
