// What admission is judged by (SPEC §18.1): facts that an observation itself carries, or that its credential states. No fact comes from
// the receiver, so that everybody who holds the same observations judges alike.
import type { Tier } from "../authority/credential.ts";
import type { Id, Interval } from "../observation/observation.ts";
import type { Place } from "../reference/place.ts";
import type { RefusalCode } from "../refusals.ts";

/** Parts per million: all weights, scores and shares. */
export const MILLION = 1_000_000;

/** What others say of a subject in the name of a profile that this policy cannot evaluate itself. */
export type Attested = {
  readonly profile: string;
  readonly state: "admit" | "admit-with-conditions" | "defer" | "refuse";
  /** Parts per million; null for what the state says by itself. */
  readonly score: number | null;
  readonly conditions: readonly string[];
  readonly reason: string;
  /** The credential that supports it. */
  readonly by: string;
};

export type Evidence = {
  readonly id: Id;
  /** The organisation that its chain ends at, and the device that signed it. */
  readonly authority: string;
  readonly device: string;
  /** Its tier in words; null where its credential claims none. */
  readonly tier: string | null;
  /** The place that its credential names, under the version by which it is to be read; absent where it names none. */
  readonly held?: Tier;
  readonly governanceClass: string;
  /** Classes that its credential grants. */
  readonly granted: readonly string[];
  readonly credential: {
    /** Links of its chain. */
    readonly depth: number;
    /** Microseconds since it began to hold, at the earliest stated time. */
    readonly age: number;
    /** Earlier credentials of its holder that were revoked, as far as the evidence shows. */
    readonly revocations: number;
  };
  readonly places: readonly Place[];
  readonly frame: string;
  readonly at: Interval;
  /** Last instant, in microseconds, at which it may be relied on. */
  readonly until: number;
  /** Observations it was derived from. */
  readonly sources: readonly Id[];
  /** What it claims, as far as others can claim the same; null where nobody can. */
  readonly claim: string | null;
  readonly operation: "live" | "replay" | "training";
  /** How it was made, such as `radar`; null where that is not said. */
  readonly modality: string | null;
  readonly attested: readonly Attested[];
  /** Checks that it failed before its factors were looked at; none can be made good by any factor. */
  readonly vetoes: readonly { readonly code: RefusalCode; readonly detail: Readonly<Record<string, unknown>> }[];
};

/** The tiers that an observation's signer holds together. */
export function tiersOf({ held, tier }: Pick<Evidence, "held" | "tier">): readonly string[] {
  return held?.names ?? (tier === null ? [] : [tier]);
}
