// What admission makes of a round as far as it has got (SPEC §18.7): provisionally over what is held, finally over the closed set, and each time
// by the same function.
import { deedsOf, type Shown } from "../admission/deeds.ts";
import type { FinalAdmission } from "../admission/final.ts";
import type { ContributionBody, Observation } from "../observation/observation.ts";
import { admissible, shownIn } from "../outcome/admissible.ts";
import type { Policy } from "../policy/policy.ts";
import { contributionsIn } from "./advance.ts";
import type { Round } from "./state.ts";

/** Contributions that a round is judged by: its closed set, or what is held of it while it is open. */
export function judgedIn({ held, closing: { decision } }: Round): readonly Observation<ContributionBody>[] {
  return [...held.values()].filter(({ id }) => decision === null || decision.set.includes(id));
}

/** The judgement of the last of these rounds; those before it give each organisation its record. */
export function judgeRound(policy: Policy, rounds: readonly Round[]): FinalAdmission | null {
  const shown: Shown[] = [];
  let judged: FinalAdmission | null = null;
  for (const round of rounds) {
    const { set, guests } = contributionsIn(round, judgedIn(round));
    const seats = [...round.seats, ...guests];
    judged = admissible(policy, seats, set, round, round.stage, deedsOf(shown));
    shown.push(shownIn(policy, round.stage, seats, set, judged.admitted));
  }
  return judged;
}
