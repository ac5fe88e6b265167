// Admission over a set of observations (SPEC §18.7). The same function runs twice: provisionally over what a party holds when an observation
// arrives, and finally over the closed set. It sees carried evidence only, and its answer does not depend on the order of the set.
import type { Id } from "../observation/observation.ts";
import type { Participant } from "../reference/fix.ts";
import type { Profile } from "../reference/profile.ts";
import { judgeProximity } from "../reference/proximity.ts";
import { type Composition, compose } from "./compose.ts";
import { type Evidence, MILLION } from "./evidence.ts";
import { decimal, evaluate, type FactorResult, type When } from "./factor.ts";
import { ancestries, corroborate } from "./independence.ts";
import { type Change, nearestChanges } from "./nearest.ts";
import { type AdmissionRule, PLACE_ALONE } from "./rule.ts";
import { type Deed, type Standing, standingOf } from "./standing.ts";
import { weigh } from "./weight.ts";

export type AdmissionPolicy = { readonly admission: AdmissionRule | null; readonly proximity: Profile | null };

export type Surroundings = {
  readonly when: When;
  /** Observations beside the set that others may rest on. */
  readonly sources: readonly Evidence[];
  /** What the evidence shows of each organisation's earlier conduct. */
  readonly records: ReadonlyMap<string, readonly Deed[]>;
};

export type Admission = Composition & {
  readonly id: Id;
  readonly rule: AdmissionRule["rule"];
  readonly factors: readonly FactorResult[];
  /** How much of its seat's power it speaks with, in parts per million. */
  readonly share: number;
  readonly standing: Standing | null;
  readonly nearest: readonly Change[];
};

/** The rule in force; null where the policy asks for nothing beyond the door. */
export function ruleOf({ admission, proximity }: AdmissionPolicy): AdmissionRule | null {
  return admission ?? (proximity === null ? null : PLACE_ALONE);
}

/** Judges every observation of a set; each id once. */
export function judgeAdmission(
  policy: AdmissionPolicy,
  rule: AdmissionRule,
  set: readonly Evidence[],
  around: Surroundings,
): ReadonlyMap<Id, Admission> {
  // What is vetoed is no evidence of anything: it neither corroborates nor takes a place among the others.
  const sound = [...new Map([...around.sources, ...set].map((evidence) => [evidence.id, evidence])).values()].filter(
    ({ vetoes }) => vetoes.length === 0,
  );
  const present = set.filter(({ vetoes }) => vetoes.length === 0);
  const all = ancestries(sound);
  const places = policy.proximity === null ? null : judgeProximity(policy.proximity, participantsOf(present)).findings;
  const judged = set.map((evidence): Admission => {
    const weight =
      rule.weight === null
        ? null
        : weigh(rule.weight, evidence, corroborate(evidence, sound, all).count, rule.taxonomies);
    const standing =
      rule.standing === null ? null : standingOf(rule.standing, around.records.get(evidence.authority) ?? []);
    const place = places?.filter(({ participant }) => participant === evidence.id) ?? null;
    const given = { when: around.when, weight, standing, place };
    const factors = rule.factors.map((_, index) => evaluate(rule, index, evidence, given));
    const vetoes = [...evidence.vetoes, ...barred(standing)];
    const composed = compose(rule, factors, vetoes);
    const nearest = composed.verdict === "admit" || vetoes.length > 0 ? [] : nearestChanges(rule, factors);
    return {
      id: evidence.id,
      rule: rule.rule,
      factors,
      ...composed,
      standing,
      nearest,
      share: shareOf(composed, standing),
    };
  });
  return new Map(judged.map((admission) => [admission.id, admission]));
}

/** Each observation is where its signer was; ranges name organisations. */
function participantsOf(set: readonly Evidence[]): readonly Participant[] {
  return set.map(({ id, authority, places }) => ({ id, authority, places }));
}

/** Who may only watch, or is left out, does not speak, whatever else it has to show. */
function barred(standing: Standing | null): Evidence["vetoes"] {
  if (standing === null || standing.mode === "full" || standing.mode === "reduced") return [];
  const detail = { got: decimal(standing.multiplier), need: "a standing that speaks", mode: standing.mode };
  return [{ code: "STANDING_TOO_LOW", detail }];
}

/** A partial admission speaks with its score's part, a reduced standing with its own, and both with the lesser. */
function shareOf({ verdict, score }: Composition, standing: Standing | null): number {
  const admitted = verdict === "admit" ? MILLION : verdict === "partial" ? score : 0;
  return standing === null ? admitted : Math.min(admitted, standing.multiplier);
}
