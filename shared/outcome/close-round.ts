// One closed round of the matter (SPEC §6.7): what stands after it, and whether that decides, needs another round, or falls short.
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { invariant } from "../result.ts";
import { slotOf } from "./admissible.ts";
import { abandoned, type Contribution, nameOf, type Seat, seatsByIndex, type Verdict } from "./contribution.ts";
import { hasConverged } from "./convergence.ts";
import { decide } from "./functions.ts";
import type { Situation, Step } from "./rounds.ts";
import { commitmentsOf } from "./sealing.ts";
import { shortfall } from "./shortfall.ts";
import { type Stage, seatsAsked } from "./stage.ts";

export function closeRound(policy: Policy, situation: Situation, admitted: readonly Contribution[]): Step {
  const { stage } = situation;
  if (stage.is === "commit") {
    const commitments = commitmentsOf(admitted);
    const notes = [...situation.notes, `${commitments.size} commitments are in; they are to be revealed`];
    return { situation: { ...situation, stage: { is: "reveal", commitments }, notes }, unrevealed: [] };
  }
  invariant(stage.is !== "join", "joins are closed by themselves");
  if (stage.is === "reveal") return closeReveals(policy, situation, stage.commitments, admitted);
  const current = stage.asked === null ? standing(policy, situation, stage.standing, admitted) : admitted;
  return { ...conclude(policy, situation, current, admitted), unrevealed: [] };
}

function closeReveals(
  policy: Policy,
  situation: Situation,
  commitments: ReadonlyMap<string, Id>,
  admitted: readonly Contribution[],
): Step {
  const opened = new Set(admitted.map(({ commitment }) => commitment));
  const closed = [...commitments].filter(([, id]) => !opened.has(id));
  const byIndex = seatsByIndex(situation.seats);
  const names = [...new Set(closed.map(([key]) => byIndex.get(Number.parseInt(key, 10))))]
    .flatMap((seat) => (seat === undefined ? [] : [seat]))
    .sort((a, b) => a.index - b.index)
    .map(nameOf);
  const unrevealed = closed.map(([, id]) => id).sort();
  const notes = names.map((name) => `${name} committed and did not reveal`);
  const noted = { ...situation, notes };
  if (names.length > 0 && policy.rounds.unrevealed === "abandon")
    return { situation: noted, verdict: { is: "abandoned", cause: "NOT_REVEALED", explanation: [] }, unrevealed };
  return { ...conclude(policy, noted, admitted, admitted), unrevealed };
}

/** What stands after a round: what was said in it, and for whoever was silent what the policy lets stand of earlier. */
function standing(
  policy: Policy,
  { seats }: Situation,
  earlier: readonly Contribution[],
  admitted: readonly Contribution[],
): readonly Contribution[] {
  const bids = policy.rounds.until === "quiet";
  if (earlier.length === 0 || (policy.rounds.silent !== "carry" && !bids)) return admitted;
  const byIndex = seatsByIndex(seats);
  const fresh = new Set(admitted.map((contribution) => slotOf(policy, byIndex, contribution)));
  return [...earlier.filter((contribution) => !fresh.has(slotOf(policy, byIndex, contribution))), ...admitted];
}

type Conclusion = { readonly situation: Situation } | { readonly situation: Situation; readonly verdict: Verdict };

/** Whether what stands decides, needs another round, or falls short. */
function conclude(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  fresh: readonly Contribution[],
): Conclusion {
  if (situation.procedure >= 0) return shortfall(policy, situation, current, verdictOf(policy, situation, current));
  const rounds = situation.rounds + 1;
  const counted = { ...situation, rounds };
  const verdict = verdictOf(policy, counted, current);
  const more = rounds < policy.rounds.most && !policy.sealed;
  const { until, most } = policy.rounds;
  if (until === "quiet" && more && fresh.length > 0) return again(policy, counted, current, fresh, "a bid was raised");
  if (until === "converged" && !hasConverged(policy, situation.seats, current)) {
    if (more) return again(policy, counted, current, fresh, "the values have not converged");
    const explanation = [`the values have not converged in ${most} rounds`];
    return shortfall(policy, counted, current, { is: "abandoned", cause: "NOT_CONVERGED", explanation });
  }
  if (verdict.is === "decided") return { situation: counted, verdict };
  if (more && verdict.settled !== true) return again(policy, counted, current, fresh, "there is no decision yet");
  return shortfall(policy, counted, current, verdict);
}

/** The outcome function over what stands, among the seats that were asked. */
export function verdictOf(policy: Policy, { voices, stage }: Situation, current: readonly Contribution[]): Verdict {
  const present = new Set(voices.map(({ authority }) => authority)).size;
  const { least } = policy.parties;
  if (policy.admission?.quorum === "present" || policy.proximity !== null) {
    if (present < least)
      return abandoned("TOO_FEW_PRESENT", [`${present} organisations are present, ${least} are needed`]);
  }
  return decide(policy, seatsAsked(policy, stage, voices), current);
}

function again(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  fresh: readonly Contribution[],
  why: string,
): Conclusion {
  const said = new Set(fresh.map(({ seat }) => seat));
  const stays = ({ role, index }: Seat) =>
    policy.rounds.silent !== "drop" || policy.roles.get(role)?.contributes !== true || said.has(index);
  const seats = situation.seats.filter(stays);
  const gone = situation.seats
    .filter((seat) => !stays(seat))
    .map((seat) => `${nameOf(seat)} was silent and lost its seat`);
  const stage: Stage = { is: "give", asked: null, standing: current };
  return { situation: { ...situation, seats, stage, notes: [`round ${situation.rounds}: ${why}`, ...gone] } };
}
