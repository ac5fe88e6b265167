// One schedule from its seed to its verdict.
import { violationsOf } from "./checkers/all.ts";
import { SECOND } from "./parties.ts";
import { planOf, type Settings } from "./plan.ts";
import { TIMING } from "./policy.ts";
import { strategyFor, strategyNamed } from "./strategies/catalogue.ts";
import type { Account, Outcome, Violation } from "./watch.ts";
import { World } from "./world.ts";

export type Verdict = {
  readonly seed: number;
  readonly strategy: string;
  readonly outcome: Outcome;
  readonly violations: readonly Violation[];
  /** The whole course as one number. */
  readonly trace: number;
  readonly account: Account;
};

export function runSchedule(seed: number, settings: Settings, log: ((line: string) => void) | null = null): Verdict {
  const plan = planOf(seed, settings, strategyNamed(settings.strategy)?.exceeds ?? false);
  const strategy = strategyFor(settings.strategy, plan);
  const world = new World(plan, settings, strategy, log);
  const account = world.run(deadline);
  return {
    seed,
    strategy: strategy.name,
    outcome: outcomeOf(account),
    violations: violationsOf(account, strategy.exceeds ?? false),
    trace: world.trace.hash,
    account,
  };
}

/**
 * How long after the faults stop an honest party may still be open: as many attempts as it takes to meet an honest proposer with
 * everyone present, each three timeouts long, and some rounds of repair.
 */
function deadline({ honest, plan, now }: World): number {
  const reached = Math.max(0, ...honest.map(({ agent }) => agent.state.rounds[0]?.closing.attempt ?? 0));
  let span = 90 * SECOND;
  for (let attempt = reached; attempt <= reached + plan.powers.length + 3; attempt++)
    span += 3 * TIMING.attemptTimeout * (1 + attempt);
  // Where the ceremony is about to expire, that is waited for too.
  return plan.expiresAt < now + span ? Math.max(now + span, plan.expiresAt + 90 * SECOND) : now + span;
}

function outcomeOf({ honest }: Account): Outcome {
  if (honest.some(({ agent }) => agent.state.ending === null))
    return honest.some(({ agent }) => agent.state.expired) ? "expired" : "open";
  return honest[0]?.agent.state.ending?.record.status === "abandoned" ? "abandoned" : "final";
}
