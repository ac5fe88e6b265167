// The agreement under which two meshes exchange facts (SPEC §20.2): a contract, not a common controller. What it does not mention does
// not cross.
import { encodeCanonical } from "../cbor/encode.ts";
import type { Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Loss } from "./translator.ts";

export type Disposition = "sharable" | "translation-only" | "excluded";

export const FATES = ["keep-with-mark", "freeze", "drop-from-view"] as const;
export type Fate = (typeof FATES)[number];

export type ClassTerms = {
  readonly disposition: Disposition;
  /** Meshes whose facts of this class may cross; null for all. */
  readonly from: readonly string[] | null;
  /** Losses in translation that this class bears; null for all. */
  readonly losses: readonly Loss[] | null;
  /** True where facts that a mesh has itself imported may go on to the next. */
  readonly onward: boolean;
  /** Difference up to which two numbers count as one value. */
  readonly tolerance: number;
};

export const ARBITRATION_RULES = ["priority", "authority", "admissibility", "custom"] as const;
/** Ways to compare two facts, best first; see arbitrate.ts. */
export const CRITERIA = ["order", "tier", "score", "corroboration", "admissibility", "precision"] as const;
export type Criterion = (typeof CRITERIA)[number];

export type Arbitration = {
  readonly rule: (typeof ARBITRATION_RULES)[number];
  /** Meshes, authorities, or mesh/authority, best first. */
  readonly order: readonly string[];
  /** Weight of a criterion in a score. */
  readonly weights: ReadonlyMap<string, number>;
  /** Of a custom rule: CEL over one `fact`; a fact for which the first of them holds prevails over one for which it does not, and so on. */
  readonly prefer: readonly string[];
  /** Of a custom rule, after those: criteria in turn. */
  readonly criteria: readonly Criterion[];
  /** Criteria for a tie; the last resort is the lowest id. */
  readonly tiebreak: readonly Criterion[];
};

export type Agreement = {
  readonly id: string;
  readonly meshes: readonly string[];
  readonly classes: ReadonlyMap<string, ClassTerms>;
  /** Share of comparable subjects in conflict at which nothing is merged automatically. */
  readonly divergenceLimit: { readonly num: number; readonly den: number };
  /** What the share counts: subjects, or the tiers of the foreign authorities that speak of them. */
  readonly measure: "subjects" | "tiers";
  readonly arbitration: Arbitration;
  /** What each mesh's authorities weigh; a higher tier outweighs a lower one. */
  readonly tiers: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Meshes that a chain of translators may pass through on its way. */
  readonly hops: number;
  readonly notBefore: number | null;
  /** First instant at which it no longer holds. */
  readonly notAfter: number | null;
  /** The agreement, by id, that this one amends once every side has signed it; null for none. */
  readonly replaces: string | null;
  /** Each mesh's clock frame, version of its vocabulary, and root keys in hexadecimal by authority, where it states them. */
  readonly frames: ReadonlyMap<string, string>;
  readonly taxonomies: ReadonlyMap<string, string>;
  readonly roots: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** What becomes of facts that were admitted under it once it ends. */
  readonly fate: Fate;
  readonly suspendedBy: readonly string[];
  readonly terminatedBy: readonly string[];
};

/** The name of an arbitration rule: two sides hold the same rule if they hold the same hash. */
export function ruleHash(arbitration: Arbitration): string {
  const { rule, order, weights, prefer, criteria, tiebreak } = arbitration;
  return sha256Hex(encodeCanonical({ rule, order, weights, prefer, criteria, tiebreak } as Encodable));
}

/** Refuses an agreement that does not bind these two meshes at this instant; a suspension binds only the pairs of whoever suspends. */
export function inForce(agreement: Agreement, pair: readonly [string, string], at: number): Result<true> {
  const { id, meshes, notBefore, notAfter, suspendedBy, terminatedBy } = agreement;
  const outside = pair.find((mesh) => !meshes.includes(mesh));
  if (outside !== undefined)
    return fault("AGREEMENT_MESH", { agreement: id, mesh: outside, meshes: meshes.join(", ") });
  if (pair[0] === pair[1]) return fault("AGREEMENT_MESH", { agreement: id, mesh: pair[0], meshes: meshes.join(", ") });
  const ended = pair.find((mesh) => terminatedBy.includes(mesh));
  if (ended !== undefined) return fault("AGREEMENT_TERMINATED", { agreement: id, by: ended });
  const paused = pair.find((mesh) => suspendedBy.includes(mesh));
  if (paused !== undefined) return fault("AGREEMENT_SUSPENDED", { agreement: id, by: paused });
  if (notBefore !== null && at < notBefore) return fault("AGREEMENT_NOT_YET", { agreement: id, from: notBefore, at });
  if (notAfter !== null && at >= notAfter) return fault("AGREEMENT_EXPIRED", { agreement: id, until: notAfter, at });
  return ok(true);
}

const DENIED: ClassTerms = { disposition: "excluded", from: [], losses: [], onward: false, tolerance: 0 };
const RANK: Readonly<Record<Disposition, number>> = { sharable: 0, "translation-only": 1, excluded: 2 };

/** The terms of a class. A class that is not mentioned is excluded; a fact without a class gets the strictest of those mentioned. */
export function termsOf(agreement: Agreement, name: string | null): ClassTerms {
  if (name !== null) return agreement.classes.get(name) ?? DENIED;
  const terms = [...agreement.classes.values()].sort((a, b) => RANK[b.disposition] - RANK[a.disposition]);
  return terms[0] ?? DENIED;
}

/** The rank of an authority in its own mesh; null where the agreement ranks nobody of that mesh. */
export function tierOf(agreement: Agreement, mesh: string, authority: string): number | null {
  const tiers = agreement.tiers.get(mesh);
  return tiers === undefined ? null : (tiers.get(authority) ?? 0);
}
