// A policy: the immutable document that says who may do what, when a round ends and what follows from its set (SPEC §6).
// For people it is JSON; for hashing and signing, canonical CBOR. A pattern is nothing but such a document.
import type { AdmissionRule } from "../admission/rule.ts";
import type { Json } from "../cbor/json.ts";
import type { Id } from "../observation/observation.ts";
import type { Profile } from "../reference/profile.ts";

export type Ratio = { readonly num: number; readonly den: number };
/** A share of the contributors' power, or a count of contributors. */
export type Threshold = Ratio | number;

/** What a contribution may be; the outcome function says what follows from it. */
export const FORMS = ["choice", "ballot", "bid", "value"] as const;
export type Form = (typeof FORMS)[number];

export type Role = {
  /** How many seats of this role a call names. */
  readonly least: number;
  readonly most: number;
  /** Holders close rounds: they are the electors. */
  readonly closes: boolean;
  /** Holders contribute to rounds. */
  readonly contributes: boolean;
  /** The forms that their contributions may have. */
  readonly gives: readonly Form[];
  /** What a contribution of this role may choose; for a ballot, the ways of not voting. */
  readonly choices: readonly string[];
  /** Whether a seat speaks once in a round, or once for each slot: bids of several, ballots counted for others. */
  readonly slots: "one" | "many";
  /** Holders may bring ballots that they counted for others, as `count`. */
  readonly delegated: boolean;
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

export type CandidateTieBreak = "declared" | "hash";
export type EliminationTieBreak = CandidateTieBreak | "previous-counts" | "together";

export type TallyOutcome = {
  readonly function: "tally";
  readonly rule: "plurality" | "approval" | "instant-runoff" | "schulze";
  /** Who stands; empty where the ballots name them. */
  readonly candidates: readonly string[];
  /** Power, or count, of the voters that must be heard; null where any turnout will do. */
  readonly turnout: Threshold | null;
  /** How several candidates on one place of a ballot count in a runoff: a part each, nobody from there on, or in full each. */
  readonly equals: "split" | "exhaust" | "each";
  /** What makes a pairwise win strong. */
  readonly strength: "winning-votes" | "margins";
  /** Who leaves of the weakest in a runoff, rule after rule until one decides. */
  readonly elimination: readonly EliminationTieBreak[];
  /** Who wins of those tied for the first place; none where such a tie stands. */
  readonly ties: readonly CandidateTieBreak[];
};

export type BidTieBreak = "highest-tier" | "highest-power" | "larger-quantity" | "earliest";

export type AwardOutcome = {
  readonly function: "award";
  readonly rule: "first-price" | "second-price" | "uniform-price";
  readonly direction: "highest" | "lowest";
  /** Of each item. */
  readonly units: number;
  /** The worst amount that can win; null where any can. */
  readonly reserve: number | null;
  /** What sets a uniform price. */
  readonly clearing: "lowest-accepted" | "highest-rejected";
  /** Whether the last bid that wins may get fewer units than it asks for. */
  readonly partial: boolean;
  /** Names of the items; empty where the bids name them, or where there is one without a name. */
  readonly items: readonly string[];
  /** Bidders without whom nothing is awarded. */
  readonly minimum: number;
  /** Which of equal bids is the better, rule after rule; after the last, the one with the lowest hash. */
  readonly ties: readonly BidTieBreak[];
};

export type Rounding = "floor" | "ceiling" | "towards-zero" | "half-up" | "half-even";

export type AggregateOutcome = {
  readonly function: "aggregate";
  readonly statistic: "sum" | "mean" | "weighted-mean" | "median" | "weighted-median" | "trimmed-mean" | "union";
  /** Parts per million of the values cut at each end. */
  readonly trim: number;
  /** Contributors without whom there is no result. */
  readonly minimum: number;
  readonly rounding: Rounding;
  /** Contributors that must name an element of a union. */
  readonly support: number;
};

export type OutcomeRule = ThresholdOutcome | TallyOutcome | AwardOutcome | AggregateOutcome;

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
  /** What admits a contribution beyond the door, and where its signer has to be; null where nothing is asked. */
  readonly admission: AdmissionRule | null;
  readonly proximity: Profile | null;
};

/** The same as plain JSON: what patterns are written in and what people read. */
export type PolicyDocument = Omit<Policy, "roles" | "admission" | "proximity"> & {
  readonly roles: { readonly [name: string]: Role };
  readonly admission?: Json;
  readonly proximity?: Json;
};

/** A policy with the name it is pinned by. */
export type PinnedPolicy = { readonly policy: Policy; readonly hash: Id; readonly bytes: Uint8Array };
