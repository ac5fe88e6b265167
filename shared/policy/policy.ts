// A policy: the immutable document that says who may do what, when a round ends and what follows from its set (SPEC §6).
// For people it is JSON; for hashing and signing, canonical CBOR. A pattern is nothing but such a document.
import type { Id } from "../observation/observation.ts";

export type Ratio = { readonly num: number; readonly den: number };
/** A share of the contributors' power, or a count of contributors. */
export type Threshold = Ratio | number;

export type Role = {
  /** How many seats of this role a call names. */
  readonly least: number;
  readonly most: number;
  /** Holders close rounds: they are the electors. */
  readonly closes: boolean;
  /** Holders contribute to rounds. */
  readonly contributes: boolean;
  /** What a contribution of this role may choose. */
  readonly choices: readonly string[];
};

/** Durations in microseconds. */
export type Timing = {
  /** Length of a round where the call states no close time of its own. */
  readonly window: number;
  /** How long after the close the ceremony may still find its certificate. */
  readonly expiry: number;
  /** Clock error tolerated in the stated time of a contribution. */
  readonly tolerance: number;
  /** Rounds may close before their time once their verdict is settled (SPEC §8.3). */
  readonly early: boolean;
  readonly settleMargin: number;
  readonly witnessTimeout: number;
  /** T(0) of a contested close; T(r) = base × (1 + r). */
  readonly attemptTimeout: number;
  readonly statusInterval: number;
};

export type ThresholdOutcome = {
  readonly function: "threshold";
  readonly threshold: Threshold;
  /** Choices that win by reaching the threshold. */
  readonly carries: readonly string[];
  /** The choice that wins once no carrying one can reach the threshold because of it; null where nothing follows from that. */
  readonly refusal: string | null;
  /** Roles whose refusal decides at once. */
  readonly veto: readonly string[];
};
export type OutcomeRule = ThresholdOutcome;

export type Policy = {
  readonly format: 1;
  readonly id: string;
  readonly title: string;
  /** Version of the rules that read this document; an engine with another version says so instead of answering. */
  readonly engine: 1;
  readonly parties: { readonly least: number };
  readonly roles: ReadonlyMap<string, Role>;
  readonly faults: Ratio;
  /** How an equivocator's slot counts: once for each value it signed, or not at all. */
  readonly equivocation: "each" | "void";
  readonly timing: Timing;
  readonly outcome: OutcomeRule;
};

/** The same as plain JSON: what patterns are written in and what people read. */
export type PolicyDocument = Omit<Policy, "roles"> & { readonly roles: { readonly [name: string]: Role } };

/** A policy with the name it is pinned by. */
export type PinnedPolicy = { readonly policy: Policy; readonly hash: Id; readonly bytes: Uint8Array };
