// The Byzantine strategies by name, and the one that a seed draws.
import type { Plan } from "../plan.ts";
import { Random } from "../random.ts";
import { COLLUDING_PAIR } from "./colluding-pair.ts";
import { DOUBLE_WITNESS } from "./double-witness.ts";
import { EQUIVOCATING_PROPOSAL } from "./equivocating-proposal.ts";
import { EQUIVOCATING_VOTES } from "./equivocating-votes.ts";
import { EQUIVOCATING_WITNESS } from "./equivocating-witness.ts";
import { FALLS_SILENT } from "./falls-silent.ts";
import { FALSE_ROOT } from "./false-root.ts";
import { FALSE_STATUS } from "./false-status.ts";
import { GHOST_PROPOSAL } from "./ghost-proposal.ts";
import { INVALID_JUSTIFICATION } from "./invalid-justification.ts";
import { LATE_CONTRIBUTION } from "./late-contribution.ts";
import { LOCK_BREAKER } from "./lock-breaker.ts";
import { MIXTURE } from "./mixture.ts";
import { OVER_TOLERANCE } from "./over-tolerance.ts";
import { REPLAY } from "./replay.ts";
import { SELECTIVE_DELIVERY } from "./selective-delivery.ts";
import { SILENT } from "./silent.ts";
import { SPLIT_BRAIN } from "./split-brain.ts";
import { STALE_BACKUP } from "./stale-backup.ts";
import type { Strategy } from "./strategy.ts";
import { TWO_FACED } from "./two-faced.ts";
import { VOTE_FLOOD } from "./vote-flood.ts";

export const STRATEGIES: readonly Strategy[] = [
  SILENT,
  FALLS_SILENT,
  EQUIVOCATING_WITNESS,
  EQUIVOCATING_VOTES,
  EQUIVOCATING_PROPOSAL,
  SELECTIVE_DELIVERY,
  LATE_CONTRIBUTION,
  INVALID_JUSTIFICATION,
  GHOST_PROPOSAL,
  REPLAY,
  VOTE_FLOOD,
  STALE_BACKUP,
  COLLUDING_PAIR,
  TWO_FACED,
  LOCK_BREAKER,
  DOUBLE_WITNESS,
  SPLIT_BRAIN,
  FALSE_STATUS,
  FALSE_ROOT,
  MIXTURE,
  OVER_TOLERANCE,
];

export function strategyNamed(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}

/** The named strategy; for `all`, one that the seed draws among those that its faulty seats suffice for. */
export function strategyFor(name: string, plan: Plan): Strategy {
  const named = strategyNamed(name);
  if (named !== undefined && named.least <= plan.faulty.length) return named;
  const able = STRATEGIES.filter(({ least, exceeds }) => !exceeds && least <= Math.max(1, plan.faulty.length));
  return new Random(plan.seed, "choice").pick(able);
}
