// The outcome functions by name: pure, and the only place where a rule's name meets its code (SPEC §6.3).
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import type { Contribution, Seat, Verdict } from "./contribution.ts";
import { decideThreshold, settleThreshold } from "./threshold.ts";

export function decide(policy: Policy, seats: readonly Seat[], contributions: readonly Contribution[]): Verdict {
  return decideThreshold(policy, policy.outcome, seats, contributions);
}

/** Contributions that fix the verdict by themselves, or null while it is open. */
export function settle(
  policy: Policy,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
  tolerated: number,
): readonly Id[] | null {
  return settleThreshold(policy, policy.outcome, seats, contributions, tolerated);
}
