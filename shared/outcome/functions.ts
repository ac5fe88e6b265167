// The outcome functions by name: pure, and the only place where a rule's name meets its code (SPEC §6.3).
import type { Id } from "../observation/observation.ts";
import type { OutcomeRule, Policy } from "../policy/policy.ts";
import { decideAggregate } from "./aggregate.ts";
import { decideAward } from "./award.ts";
import type { Contribution, Seat, Verdict } from "./contribution.ts";
import { decideTally } from "./tally.ts";
import { contributors, decideThreshold, settleThreshold } from "./threshold.ts";

type OutcomeFunction<R> = (
  policy: Policy,
  rule: R,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
) => Verdict;

const FUNCTIONS: {
  readonly [F in OutcomeRule["function"]]: OutcomeFunction<Extract<OutcomeRule, { function: F }>>;
} = {
  threshold: decideThreshold,
  tally: decideTally,
  award: decideAward,
  aggregate: decideAggregate,
};

export function decide(policy: Policy, seats: readonly Seat[], contributions: readonly Contribution[]): Verdict {
  const rule = policy.outcome;
  const apply = FUNCTIONS[rule.function] as OutcomeFunction<OutcomeRule>;
  return apply(policy, rule, seats, contributions);
}

/** Contributions that fix the verdict by themselves, or null while it is open. */
export function settle(
  policy: Policy,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
  tolerated: number,
): readonly Id[] | null {
  return policy.outcome.function === "threshold"
    ? settleThreshold(policy, policy.outcome, seats, contributions, tolerated)
    : settleWhenAllSpoke(policy, seats, contributions);
}

/** Where every seat that contributes has said the one thing it may say, nothing is left to wait for. */
function settleWhenAllSpoke(
  policy: Policy,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): readonly Id[] | null {
  const heard = new Set(contributions.map(({ seat }) => seat));
  const open = contributors(policy, seats).some(
    ({ index, role }) => !heard.has(index) || policy.roles.get(role)?.slots === "many",
  );
  return open ? null : contributions.map(({ id }) => id).sort();
}
