// Composing factors into one verdict (SPEC §18.6). Never a single threshold: the three rules give different answers to the same factors,
// and which one holds is a word in the policy. A veto is no factor and is made good by none.
import { type Fault, fault } from "../result.ts";
import type { Evidence } from "./evidence.ts";
import { MILLION } from "./evidence.ts";
import { decimal, type FactorResult } from "./factor.ts";
import type { AdmissionRule } from "./rule.ts";

export type AdmissionVerdict = "admit" | "partial" | "defer" | "refuse";

export type Composition = {
  readonly verdict: AdmissionVerdict;
  /** The weighted mean of the factors that count, in parts per million; of no effect under the other two rules. */
  readonly score: number;
  readonly conditions: readonly string[];
  /** Why it is not admitted in full; null where it is. */
  readonly fault: Fault | null;
};

export function compose(
  rule: AdmissionRule,
  results: readonly FactorResult[],
  vetoes: Evidence["vetoes"],
): Composition {
  const counted = results.filter(({ advisory }) => !advisory);
  const score = mean(counted);
  const [veto] = vetoes;
  if (veto !== undefined)
    return { verdict: "refuse", score, conditions: [], fault: { code: veto.code, detail: veto.detail } };
  const found = RULES[rule.rule](rule, counted, score);
  const heard = found.verdict === "admit" || found.verdict === "partial" ? counted : [];
  const conditions = [...new Set(heard.flatMap((result) => result.conditions))].sort();
  return { ...found, score, conditions };
}

type Found = Pick<Composition, "verdict" | "fault">;
type Combine = (rule: AdmissionRule, counted: readonly FactorResult[], score: number) => Found;

const RULES: { readonly [R in AdmissionRule["rule"]]: Combine } = {
  intersection: (_, counted) => firstOf(counted, "refuse") ?? firstOf(counted, "defer") ?? ADMITTED,
  hierarchical: (_, counted) => {
    const leading = counted.find(({ state }) => state !== "defer");
    if (leading === undefined) return firstOf(counted, "defer") ?? ADMITTED;
    return leading.state === "refuse" ? { verdict: "refuse", fault: leading.fault } : ADMITTED;
  },
  "weighted-intersection": weighted,
};

const ADMITTED: Found = { verdict: "admit", fault: null };

function firstOf(counted: readonly FactorResult[], state: "refuse" | "defer"): Found | null {
  const first = counted.find((result) => result.state === state);
  if (first === undefined) return null;
  return { verdict: state, fault: state === "defer" ? waitingFor(counted) : first.fault };
}

/**
 * Graduated: a refusal or a gap may be outweighed, but keeps what is admitted partial. Too low a score waits where what is missing could
 * still lift it.
 */
function weighted({ thresholds }: AdmissionRule, counted: readonly FactorResult[], score: number): Found {
  const whole = counted.every(({ state }) => state === "admit" || state === "admit-with-conditions");
  const need = decimal(thresholds.admit);
  const below = fault("ADMISSION_BELOW_THRESHOLD", { score: decimal(score), need, worst: worstOf(counted) }).fault;
  if (score >= thresholds.partial)
    return score >= thresholds.admit && whole ? ADMITTED : { verdict: "partial", fault: below };
  const hoped = mean(counted.map((result) => (result.state === "defer" ? { ...result, score: MILLION } : result)));
  if (hoped > score && hoped >= thresholds.partial) return { verdict: "defer", fault: waitingFor(counted) };
  return score >= thresholds.defer ? { verdict: "defer", fault: below } : { verdict: "refuse", fault: below };
}

function waitingFor(counted: readonly FactorResult[]): Fault {
  const names = counted.filter(({ state }) => state === "defer").map(({ name }) => name);
  return fault("ADMISSION_DEFERRED", { waiting: names.join(", ") }).fault;
}

/** The factor that costs most. */
function worstOf(counted: readonly FactorResult[]): string {
  const cost = ({ weight, score }: FactorResult) => weight * (MILLION - score);
  const [worst] = [...counted].sort((a, b) => cost(b) - cost(a));
  return worst === undefined ? "nothing" : `${worst.name}: got ${worst.got}, needs ${worst.need}`;
}

function mean(counted: readonly FactorResult[]): number {
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  const scored = counted.reduce((sum, { weight, score }) => sum + weight * score, 0);
  return total === 0 ? 0 : Math.floor(scored / total);
}
