// advance(policy, D_0 … D_k): the next round, or a terminal record (SPEC §7.2). Pure, and nothing else decides.

import type { ContributionBody, Observation } from "../observation/observation.ts";
import { admissible, type Window } from "../outcome/admissible.ts";
import type { Contribution, Exclusion, Seat, Verdict } from "../outcome/contribution.ts";
import { decide } from "../outcome/functions.ts";
import type { Policy } from "../policy/policy.ts";

/** One closed round: who could contribute, when, and the agreed set. */
export type ClosedRound = {
  readonly seats: readonly Seat[];
  readonly window: Window;
  readonly set: readonly Contribution[];
};

export type Advance = { readonly verdict: Verdict; readonly excluded: readonly Exclusion[] };

/** The patterns of this engine end with the round in which they are asked; `rounds` is never empty. */
export function advance(policy: Policy, rounds: readonly [ClosedRound, ...ClosedRound[]]): Advance {
  const last = rounds[rounds.length - 1] as ClosedRound;
  const { admitted, excluded } = admissible(policy, last.seats, last.set, last.window);
  return { verdict: decide(policy, last.seats, admitted), excluded };
}

/** A contribution without its signature and chain; its validity ends with its credential's at the latest. */
export function toContribution(observation: Observation<ContributionBody>): Contribution {
  const granted = Math.min(...observation.chain.map(({ grant }) => grant.not_after));
  return {
    id: observation.id,
    seat: observation.slot.seat as number,
    role: observation.body.role,
    item: observation.slot.item,
    content: observation.body.content,
    at: observation.at,
    until: Math.min(observation.at[1] + observation.timeToLive, granted),
  };
}
