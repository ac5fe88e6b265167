// The nearest change that would admit an observation (SPEC §18.8): what its sender, or the policy, would have to change, and what would
// follow. Worked out by composing again, never by guessing.
import { compose } from "./compose.ts";
import { MILLION } from "./evidence.ts";
import type { FactorResult } from "./factor.ts";
import type { AdmissionRule } from "./rule.ts";

export type Change = {
  /** The factors that change: met as the policy asks, or no longer counted by it. */
  readonly factors: readonly string[];
  readonly by: "sender" | "policy";
  readonly text: string;
  readonly score: number;
  readonly verdict: "admit";
};

/** The single changes that admit by themselves; where none does, the fewest that do, the heaviest first. */
export function nearestChanges(rule: AdmissionRule, results: readonly FactorResult[]): readonly Change[] {
  const failing = results.filter(
    (result) => !result.advisory && (result.state === "refuse" || result.state === "defer" || result.score < MILLION),
  );
  const heaviest = [...failing].sort((a, b) => b.weight * (MILLION - b.score) - a.weight * (MILLION - a.score));
  const single = heaviest.map((result) => bySender(rule, results, [result])).filter((change) => change !== null);
  const dropped = heaviest.map((result) => byPolicy(rule, results, result)).filter((change) => change !== null);
  if (single.length > 0) return [...single, ...dropped];
  for (let count = 2; count <= heaviest.length; count++) {
    const change = bySender(rule, results, heaviest.slice(0, count));
    if (change !== null) return [change, ...dropped];
  }
  return dropped;
}

function bySender(
  rule: AdmissionRule,
  results: readonly FactorResult[],
  changing: readonly FactorResult[],
): Change | null {
  for (const target of [leastOf, () => MILLION]) {
    const changed = results.map((result): FactorResult => {
      if (!changing.includes(result)) return result;
      return { ...result, state: "admit", score: Math.max(result.score, target(rule, result)), fault: null };
    });
    const { verdict, score } = compose(rule, changed, []);
    if (verdict !== "admit") continue;
    const text = changing.map(({ name, need }) => `${name}: ${need}`).join("; ");
    return { factors: changing.map(({ name }) => name), by: "sender", text, score, verdict };
  }
  return null;
}

/** What the policy itself names as enough. */
function leastOf({ factors }: AdmissionRule, { name }: FactorResult): number {
  const factor = factors.find((candidate) => candidate.name === name);
  return factor !== undefined && "least" in factor ? factor.least : MILLION;
}

function byPolicy(rule: AdmissionRule, results: readonly FactorResult[], dropping: FactorResult): Change | null {
  const changed = results.map((result) => (result === dropping ? { ...result, advisory: true } : result));
  if (changed.every(({ advisory }) => advisory)) return null;
  const { verdict, score } = compose(rule, changed, []);
  if (verdict !== "admit") return null;
  return { factors: [dropping.name], by: "policy", text: `${dropping.name} is advisory`, score, verdict };
}
