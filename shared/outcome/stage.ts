// What a round asks for (SPEC §6.7): who joins, contributions, commitments, what they hide, or the word of those whom a shortfall was taken to.
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { type Bid, collectBids, outbids } from "./bids.ts";
import type { Contribution, Seat } from "./contribution.ts";

export type Stage =
  /** Candidates say that they take part; the closed set gives the seats of the next round. */
  | { readonly is: "join" }
  /** `asked` names the only role that may speak, or nobody in particular; `standing` is what earlier rounds left standing. */
  | { readonly is: "give"; readonly asked: string | null; readonly standing: readonly Contribution[] }
  | { readonly is: "commit" }
  | { readonly is: "reveal"; readonly commitments: ReadonlyMap<string, Id> };

export function firstStage(policy: Policy): Stage {
  return policy.convening === null ? speakingStage(policy) : { is: "join" };
}

/** What the first round asks for in which anything is decided. */
export function speakingStage(policy: Policy): Stage {
  return policy.sealed ? { is: "commit" } : { is: "give", asked: null, standing: [] };
}

/** Roles that may speak in a stage, in the policy's order. */
export function rolesDue(policy: Policy, stage: Stage): readonly string[] {
  if (stage.is === "join") return [...policy.roles.keys()];
  const all = [...policy.roles].filter(([, role]) => role.contributes).map(([name]) => name);
  if (stage.is === "give" && stage.asked !== null) return [stage.asked];
  const reserved = new Set(policy.shortfall.flatMap((one) => (one.do === "escalate" ? [one.role] : [])));
  return all.filter((name) => !reserved.has(name));
}

/** Seats that an outcome is judged among: those asked, and those that never speak. */
export function seatsAsked(policy: Policy, stage: Stage, seats: readonly Seat[]): readonly Seat[] {
  const due = new Set(rolesDue(policy, stage));
  return seats.filter(({ role }) => due.has(role) || policy.roles.get(role)?.contributes !== true);
}

/** The best standing bid of each item, where rounds go on until nobody raises. */
export function standingBids(policy: Policy, seats: readonly Seat[], stage: Stage): ReadonlyMap<string, Bid> {
  const best = new Map<string, Bid>();
  const rule = policy.outcome;
  if (stage.is !== "give" || policy.rounds.until !== "quiet" || rule.function !== "award") return best;
  for (const bid of collectBids(seats, stage.standing)) {
    const known = best.get(bid.item);
    if (known === undefined || outbids(rule.direction, bid.amount, known.amount)) best.set(bid.item, bid);
  }
  return best;
}

/** Whether a bid raises the best one by the policy's step; null where it does, or where nothing stands. */
export function judgeRaise(
  policy: Policy,
  best: ReadonlyMap<string, Bid>,
  seat: Seat,
  contribution: Contribution,
): Fault | null {
  const rule = policy.outcome;
  if (rule.function !== "award") return null;
  const [bid] = collectBids([seat], [contribution]);
  const known = best.get(bid?.item ?? "");
  if (bid === undefined || known === undefined) return null;
  const raise = rule.direction === "highest" ? bid.amount - known.amount : known.amount - bid.amount;
  const least = Math.max(1, policy.rounds.step);
  return raise >= least ? null : fault("RAISE_TOO_SMALL", { found: bid.amount, standing: known.amount, least }).fault;
}
