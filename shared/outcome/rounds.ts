// The fold over closed rounds (SPEC §6.7): what the next round asks for, or how the ceremony ends. Pure: the same rounds always give the
// same answer, so a party that was away computes what the others did.
import { deedsOf, type Shown } from "../admission/deeds.ts";
import type { FinalAdmission } from "../admission/final.ts";
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { invariant } from "../result.ts";
import { abandonmentOf, type Heard } from "./abandonment.ts";
import { admissible, shownIn, slotOf, type Window } from "./admissible.ts";
import {
  abandoned,
  type Contribution,
  compareText,
  type Exclusion,
  nameOf,
  type Seat,
  seatsByIndex,
  type Verdict,
} from "./contribution.ts";
import { convene } from "./convene.ts";
import { hasConverged } from "./convergence.ts";
import { decide } from "./functions.ts";
import { commitmentsOf } from "./sealing.ts";
import { shortfall } from "./shortfall.ts";
import { firstStage, rolesDue, type Stage, seatsAsked, speakingStage } from "./stage.ts";

/** One closed round: who could contribute, when, and the agreed set. */
export type ClosedRound = {
  readonly seats: readonly Seat[];
  /** Who joined without being named, each with a number of its own; absent where nobody did. */
  readonly guests?: readonly Seat[];
  readonly window: Window;
  readonly set: readonly Contribution[];
  /** What the sets closed so far took out of it; absent where nothing is. */
  readonly struck?: readonly Exclusion[];
};

/** What the next round asks for. */
export type NextRound = {
  readonly is: "next";
  readonly stage: Stage;
  readonly roles: readonly string[];
  /** Who holds a seat in it. */
  readonly seats: readonly Seat[];
  readonly explanation: readonly string[];
};

export type RoundExclusion = Exclusion & { readonly round: number };
export type Progress = {
  readonly result: Verdict | NextRound;
  readonly excluded: readonly RoundExclusion[];
  /** Who was in, as the round of joins found; null where the policy has none, or where it has not closed. */
  readonly roster: readonly Seat[] | null;
};

/** How far a ceremony has got, between two rounds. */
export type Situation = {
  readonly stage: Stage;
  readonly seats: readonly Seat[];
  /** Those of them that make up the quorum of the round, with the power that they speak with. */
  readonly voices: readonly Seat[];
  /** Rounds of contributions closed so far, those that a shortfall added left out. */
  readonly rounds: number;
  /** The procedure of the shortfall that is being followed, and the rounds that it has waited. */
  readonly procedure: number;
  readonly waited: number;
  readonly notes: readonly string[];
  readonly heard: Heard;
};

/** Rounds that the policy may ask for, shortfall included. */
export function roundsAtMost({ convening, sealed, rounds, shortfall: procedures }: Policy): number {
  const more = procedures.map((one) => (one.do === "defer" ? one.rounds : one.do === "escalate" ? 1 : 0));
  return (convening === null ? 0 : 1) + (sealed ? 2 : rounds.most) + more.reduce<number>((sum, some) => sum + some, 0);
}

/** Folds closed rounds; those that come after the end are not looked at. */
export function progress(policy: Policy, seats: readonly Seat[], closed: readonly ClosedRound[]): Progress {
  const excluded: RoundExclusion[] = [];
  const shown: Shown[] = [];
  let situation: Situation = {
    stage: firstStage(policy),
    seats,
    voices: seats,
    rounds: 0,
    procedure: -1,
    waited: 0,
    notes: [],
    heard: { admitted: [], faulty: new Set() },
  };
  let roster: Progress["roster"] = null;
  for (const [round, { set, window, seats: named, guests = [], struck = [] }] of closed.entries()) {
    const { stage } = situation;
    const present = [...named, ...guests];
    const admission = admissible(policy, present, set, window, stage, deedsOf(shown));
    const left = [...admission.excluded, ...struck].sort((a, b) => compareText(a.id, b.id));
    excluded.push(...left.map((exclusion) => ({ ...exclusion, round })));
    const here: Situation = {
      ...situation,
      seats: present,
      voices: admission.seats,
      heard: heardIn(policy, situation, present, set, admission, round),
    };
    const { admitted } = admission;
    shown.push(shownIn(policy, stage, present, set, admitted));
    const step = stage.is === "join" ? closeJoins(policy, here, named, admitted) : closeRound(policy, here, admitted);
    roster = step.roster ?? roster;
    for (const exclusion of step.refused ?? []) excluded.push({ ...exclusion, round });
    for (const id of step.unrevealed) excluded.push({ id, code: "NOT_REVEALED", detail: {}, round: round - 1 });
    if ("verdict" in step) return { result: finish(policy, step.situation, step.verdict), excluded, roster };
    situation = step.situation;
  }
  const { stage, notes, seats: named } = situation;
  const next = { is: "next", stage, roles: rolesDue(policy, stage), seats: named, explanation: notes } as const;
  return { result: next, excluded, roster };
}

type Left = {
  readonly situation: Situation;
  /** Commitments that nobody opened. */
  readonly unrevealed: readonly Id[];
  /** Joins that got no seat, and those that got one. */
  readonly refused?: readonly Exclusion[];
  readonly roster?: readonly Seat[];
};

/** What one closed round leads to. */
export type Step = Left | (Left & { readonly verdict: Verdict });

/** Seats of the rounds to come, or the end where those present cannot work together. */
function closeJoins(
  policy: Policy,
  situation: Situation,
  named: readonly Seat[],
  admitted: readonly Contribution[],
): Step {
  invariant(policy.convening !== null, "a round of joins has a policy that convenes");
  const { seats, refused, notes, verdict } = convene(policy, policy.convening, named, situation.seats, admitted);
  const found = { unrevealed: [], refused, roster: seats };
  if (verdict !== null) return { ...found, situation: { ...situation, notes }, verdict };
  const before = situation.seats.filter(({ index }) => situation.heard.faulty.has(index));
  const isFaulty = ({ authority, role }: Seat) =>
    before.some((seat) => seat.authority === authority && seat.role === role);
  const faulty = new Set(seats.filter(isFaulty).map(({ index }) => index));
  const heard = { admitted: [], faulty };
  return { ...found, situation: { ...situation, stage: speakingStage(policy), seats, voices: seats, notes, heard } };
}

function closeRound(policy: Policy, situation: Situation, admitted: readonly Contribution[]): Step {
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
  if (policy.rounds.silent !== "carry" && !bids) return admitted;
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

function heardIn(
  policy: Policy,
  { heard }: Situation,
  seats: readonly Seat[],
  set: readonly Contribution[],
  { admitted }: FinalAdmission,
  round: number,
): Heard {
  const byIndex = seatsByIndex(seats);
  const unique = [...new Map(set.map((contribution) => [contribution.id, contribution])).values()];
  const slots = [...Map.groupBy(unique, (contribution) => slotOf(policy, byIndex, contribution)).values()];
  const faulty = slots.filter((mates) => mates.length > 1).flatMap((mates) => mates.map(({ seat }) => seat));
  return {
    admitted: [...heard.admitted, ...admitted.map(({ id, seat }) => ({ id, seat, round }))],
    faulty: new Set([...heard.faulty, ...faulty]),
  };
}

/** The last word: notes of the way there go with it, and an abandonment names whom it waited for and what it releases. */
function finish(policy: Policy, { seats, heard, notes }: Situation, verdict: Verdict): Verdict {
  const explained = { ...verdict, explanation: [...notes, ...verdict.explanation] };
  return explained.is === "decided" ? explained : abandonmentOf(policy, seats, heard, explained);
}
