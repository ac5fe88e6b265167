// A policy: the immutable document that says who may do what, when a round ends and what follows from its set (SPEC §6).
// For people it is JSON; for hashing and signing, canonical CBOR. A pattern is nothing but such a document.
import type { AdmissionRule } from "../admission/rule.ts";
import type { Json } from "../cbor/json.ts";
import type { MembershipRules } from "../membership/rules.ts";
import type { Id } from "../observation/observation.ts";
import type { Profile } from "../reference/profile.ts";

export type Ratio = { readonly num: number; readonly den: number };
/** A share of the contributors' power, or a count of contributors. */
export type Threshold = Ratio | number;

/** What a contribution may be; the outcome function says what follows from it. */
export const FORMS = ["choice", "ballot", "bid", "value", "plan", "ack", "release", "accept", "translation"] as const;
export type Form = (typeof FORMS)[number];

/** What a role must attest beside its form, and the condition that all it says must meet. */
export type Attests = {
  /** JSON Schema of what stands under `attestation`; null where nothing does. */
  readonly schema: Json | null;
  /** CEL over content, party, subject and round; null where nothing is asked. */
  readonly where: string | null;
};

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
  /** CEL over the call's subject: the role is a part of ceremonies about such a subject only; null where of all. */
  readonly when: string | null;
  readonly attests: Attests | null;
  /** Holders run agents. Where they do not, electors take in what they say and bring it in batches, and nothing is sent to them. */
  readonly agent: boolean;
  readonly shards: number | null; // objects over which electors spread what such holders say (SPEC §7.14); null where the load says
  /** Roles that speak for this one where all its holders are silent, the first that is heard; they count for nothing else. */
  readonly substitutes: readonly string[];
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

export type Requirement = {
  readonly role: string;
  readonly choice: string;
  /** Of the role's power, or a count of its seats. */
  readonly threshold: Threshold;
};

/** All that is required, about one subject. */
export type RequirementsOutcome = {
  readonly function: "requirements";
  readonly require: readonly Requirement[];
  /** What the outcome is called once all is met. */
  readonly grants: string;
  /** The choice by which any role that is required ends it; null where none does. */
  readonly refusal: string | null;
  /** The outcome where something is missing; null where there is none then. */
  readonly otherwise: string | null;
};

/** Values that agree, within a tolerance, round their median. */
export type ToleranceOutcome = {
  readonly function: "tolerance";
  /** Largest deviation from the median in any coordinate, the author's own uncertainty included. */
  readonly tolerance: number;
  readonly threshold: Threshold;
};

/** A plan of the first leader in line that has one, and the acknowledgements of those who follow. */
export type LeaderOutcome = {
  readonly function: "leader";
  /** Roles in the order of succession. */
  readonly leaders: readonly string[];
  /** Acknowledgements that put the plan in force. */
  readonly threshold: Threshold;
};

/** Releases and acceptances in matched pairs, each leg from where the last one ended. */
export type ChainOutcome = {
  readonly function: "chain";
  /** Role of whoever holds custody at first. */
  readonly start: string;
  /** Role in which the chain must end; null where any will do. */
  readonly end: string | null;
  /** Role whose every seat must choose `ratification`; null where nobody ratifies. */
  readonly ratify: string | null;
  readonly ratification: string;
  /** Microseconds after a release within which it can be accepted; null for the whole round. */
  readonly within: number | null;
  /** Role whose translations stand between halves in different vocabularies; null where there are none. */
  readonly translator: string | null;
  /** Fields of the object's state that an acceptance may except; null for any. */
  readonly exceptions: readonly string[] | null;
};

/** The choice of the highest role that makes one. */
export type PrecedenceOutcome = {
  readonly function: "precedence";
  /** Roles, the highest first. */
  readonly order: readonly string[];
  /** Choices that decide. */
  readonly decisive: readonly string[];
  /** Role that must speak, itself or by one above it; null where any may decide. */
  readonly required: string | null;
};

export type OutcomeRule =
  | ThresholdOutcome
  | RequirementsOutcome
  | TallyOutcome
  | AwardOutcome
  | AggregateOutcome
  | ToleranceOutcome
  | LeaderOutcome
  | ChainOutcome
  | PrecedenceOutcome;

/** How rounds follow each other. */
export type Rounds = {
  /** Rounds of contributions at most, besides those that a shortfall adds. */
  readonly most: number;
  /** What a party that is silent in a later round is worth there: what it said last, nothing, or its seat is gone. */
  readonly silent: "carry" | "abstain" | "drop";
  /** When no further round is needed: once there is a decision, once nobody raises a bid, or once the values have converged. */
  readonly until: "decided" | "quiet" | "converged";
  /** The least raise of a bid, or the largest spread of values that have converged. */
  readonly step: number;
  /** In a sealed ceremony: whoever does not reveal is left out, or ends it. */
  readonly unrevealed: "exclude" | "abandon";
};

/** What to do where the outcome is not reached; tried in order, and the ceremony is abandoned after the last. */
export type Procedure = Guard & Way;
/** CEL over what is missing; the procedure is passed over where it does not hold. Null where nothing is asked. */
type Guard = { readonly when: string | null };
type Way =
  /** Decide among those present, if they have this share of the power and hold these roles. */
  | { readonly do: "proceed"; readonly threshold: Threshold; readonly requires: readonly string[] }
  /** Wait for so many further rounds; what was said stands. */
  | { readonly do: "defer"; readonly rounds: number }
  /** Ask a role that was not asked before; its seats decide by a rule of their own. */
  | { readonly do: "escalate"; readonly role: string; readonly outcome: OutcomeRule }
  /** Decide by a less strict rule, with a disclaimer that goes wherever the outcome goes. */
  | { readonly do: "fallback"; readonly outcome: OutcomeRule; readonly disclaimer: string }
  | { readonly do: "fail" };

/** What shuts a contribution out whatever speaks for it: CEL as above. */
export type Veto = { readonly name: string; readonly when: string };

/**
 * Who takes part: of the seats that the call names those who join in a round of their own, and besides them, where the roster is open,
 * whoever holds a credential of a class.
 */
export type Convening =
  | { readonly roster: "closed-by-name" }
  | { readonly roster: "open-by-class"; readonly class: string };

export type Policy = {
  readonly format: 1;
  readonly id: string;
  readonly title: string;
  /** Version of the rules that read this document; an engine with another version says so instead of answering. */
  readonly engine: 1;
  readonly parties: { readonly least: number };
  readonly roles: ReadonlyMap<string, Role>;
  /** Null where everyone whom the call names takes part. */
  readonly convening: Convening | null;
  readonly faults: Ratio;
  /** How an equivocator's slot counts: once for each value it signed, or not at all. */
  readonly equivocation: "each" | "void";
  readonly timing: Timing;
  /** Round 0 closes over hashes, round 1 over what they are hashes of. */
  readonly sealed: boolean;
  readonly rounds: Rounds;
  readonly outcome: OutcomeRule;
  readonly shortfall: readonly Procedure[];
  /** Null where whoever is in stays in. */
  readonly membership: MembershipRules | null;
  /** May be called by itself; else it serves as a part of others only. */
  readonly standalone: boolean;
  /** What admits a contribution beyond the door, and where its signer has to be; null where nothing is asked. */
  readonly admission: AdmissionRule | null;
  readonly proximity: Profile | null;
  readonly vetoes: readonly Veto[];
  /** Names of what a reader must know beyond this format; whoever does not holds the ceremony. */
  readonly critical: readonly string[];
};

type OptionalOfRole = "when" | "attests" | "agent" | "shards" | "substitutes";
/** A role as people write it: what it does not say is not asked. */
export type RoleDocument = Omit<Role, OptionalOfRole> & Partial<Pick<Role, OptionalOfRole>>;
type Optional = "roles" | "convening" | "membership" | "admission" | "proximity" | "vetoes" | "critical" | "shortfall";

/** The same as plain JSON: what patterns are written in and what people read. */
export type PolicyDocument = Omit<Policy, Optional> & {
  readonly roles: { readonly [name: string]: RoleDocument };
  readonly shortfall: readonly (Way & Partial<Guard>)[];
  readonly convening?: Convening | null;
  readonly membership?: MembershipRules | null;
  readonly admission?: Json;
  readonly proximity?: Json;
  readonly vetoes?: readonly Veto[];
  readonly critical?: readonly string[];
};

/** A policy with the name it is pinned by. */
export type PinnedPolicy = { readonly policy: Policy; readonly hash: Id; readonly bytes: Uint8Array };
