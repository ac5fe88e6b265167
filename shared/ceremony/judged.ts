// What admission makes of a round as far as it has got (SPEC §18.7): provisionally over what is held, finally over the closed set, and each time
// by the same function.
import { deedsOf, type Shown } from "../admission/deeds.ts";
import type { FinalAdmission } from "../admission/final.ts";
import { admissible, shownIn } from "../outcome/admissible.ts";
import type { Policy } from "../policy/policy.ts";
import { contributionsIn } from "./advance.ts";
import type { Round } from "./state.ts";
import { exclusionsOf, gatheredIn, standing, struckIn } from "./struck.ts";

/** The judgement of the last of these rounds; those before it give each organisation its record. */
export function judgeRound(policy: Policy, rounds: readonly Round[]): FinalAdmission | null {
  const shown: Shown[] = [];
  let judged: FinalAdmission | null = null;
  for (const [index, round] of rounds.entries()) {
    const struck = struckIn(policy, rounds.slice(0, index + 1));
    const { set, guests } = contributionsIn(round, standing(gatheredIn(round), struck));
    const seats = [...round.seats, ...guests];
    const found = admissible(policy, seats, set, round, round.stage, deedsOf(shown));
    judged = { ...found, excluded: [...found.excluded, ...exclusionsOf(struck)] };
    shown.push(shownIn(policy, round.stage, seats, set, judged.admitted));
  }
  return judged;
}
