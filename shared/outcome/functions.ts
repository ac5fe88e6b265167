// The outcome functions by name: pure, and the only place where a rule's name meets its code (SPEC §6.3).
import type { Id } from "../observation/observation.ts";
import type { OutcomeRule, Policy } from "../policy/policy.ts";
import { decideAggregate } from "./aggregate.ts";
import { decideAward } from "./award.ts";
import { decideChain } from "./chain.ts";
import type { Contribution, Seat, Verdict } from "./contribution.ts";
import { decideLeader } from "./leader.ts";
import { decidePrecedence } from "./precedence.ts";
import { decideRequirements } from "./requirements.ts";
import { rolesDue, type Stage } from "./stage.ts";
import { standInRoles, withStandIns } from "./stand-ins.ts";
import { decideTally } from "./tally.ts";
import { decideThreshold, settleThreshold } from "./threshold.ts";
import { decideTolerance } from "./tolerance.ts";

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
  requirements: decideRequirements,
  tally: decideTally,
  award: decideAward,
  aggregate: decideAggregate,
  tolerance: decideTolerance,
  leader: decideLeader,
  chain: decideChain,
  precedence: decidePrecedence,
};

export function decide(policy: Policy, seats: readonly Seat[], contributions: readonly Contribution[]): Verdict {
  const rule = policy.outcome;
  const apply = FUNCTIONS[rule.function] as OutcomeFunction<OutcomeRule>;
  const standing = withStandIns(policy, seats, contributions);
  const verdict = apply(policy, rule, standing.seats, standing.contributions);
  return standing.notes.length === 0
    ? verdict
    : { ...verdict, explanation: [...standing.notes, ...verdict.explanation] };
}

/** Contributions that fix what follows from the round by themselves, or null while it is open. */
export function settle(
  policy: Policy,
  stage: Stage,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
  tolerated: number,
): readonly Id[] | null {
  const rule = policy.outcome;
  const single =
    stage.is === "give" && policy.rounds.most === 1 && policy.shortfall.length === 0 && standInRoles(policy).size === 0;
  return rule.function === "threshold" && single
    ? settleThreshold(policy, rule, seats, contributions, tolerated)
    : settleWhenAllSpoke(policy, stage, seats, contributions);
}

/** Where every seat that is asked has said the one thing it may say, nothing is left to wait for. */
function settleWhenAllSpoke(
  policy: Policy,
  stage: Stage,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): readonly Id[] | null {
  const heard = new Set(contributions.map(({ seat }) => seat));
  const due = new Set(rolesDue(policy, stage));
  const open = seats.some(
    ({ index, role }) => due.has(role) && (!heard.has(index) || policy.roles.get(role)?.slots === "many"),
  );
  return open ? null : contributions.map(({ id }) => id).sort();
}
