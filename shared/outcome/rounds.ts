// The fold over closed rounds (SPEC §6.7): what the next round asks for, or how the ceremony ends. Pure: the same rounds always give the
// same answer, so a party that was away computes what the others did.
import { deedsOf, type Shown } from "../admission/deeds.ts";
import type { FinalAdmission } from "../admission/final.ts";
import { isMembership } from "../membership/act.ts";
import type { MembershipChange } from "../membership/change.ts";
import type { Id } from "../observation/observation.ts";
import type { Policy } from "../policy/policy.ts";
import { invariant } from "../result.ts";
import { abandonmentOf, type Heard } from "./abandonment.ts";
import { admissible, matesIn, shownIn, type Window } from "./admissible.ts";
import { closeRound } from "./close-round.ts";
import { type Contribution, compareText, type Exclusion, type Seat, type Verdict } from "./contribution.ts";
import { convene } from "./convene.ts";
import { reseat } from "./reseat.ts";
import { firstStage, rolesDue, type Stage, speakingStage } from "./stage.ts";

/** One closed round: who could contribute, when, and the agreed set. */
export type ClosedRound = {
  readonly seats: readonly Seat[];
  /** Who joined without being named, each with a number of its own; absent where nobody did. */
  readonly guests?: readonly Seat[];
  readonly window: Window;
  readonly set: readonly Contribution[];
  /** What the sets closed so far took out of it; absent where nothing is. */
  readonly struck?: readonly Exclusion[];
  /** Departures that the sets show by other means than the leaver's own act; absent where there are none. */
  readonly departed?: readonly Contribution[];
};

/** What the next round asks for. */
export type NextRound = {
  readonly is: "next";
  readonly stage: Stage;
  readonly roles: readonly string[];
  /** Who holds a seat in it. */
  readonly seats: readonly Seat[];
  /** Who has come or gone by the acts of the round before. */
  readonly changes: readonly MembershipChange[];
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
  /** Seats that were held once and are no more. */
  readonly left: readonly Seat[];
};

/** Rounds that the policy may ask for, shortfall included. */
export function roundsAtMost({ convening, sealed, rounds, shortfall: procedures }: Policy): number {
  const more = procedures.map((one) => (one.do === "defer" ? one.rounds : one.do === "escalate" ? 1 : 0));
  return (convening === null ? 0 : 1) + (sealed ? 2 : rounds.most) + more.reduce<number>((sum, some) => sum + some, 0);
}

/** Folds closed rounds; those that come after the end are not looked at. */
export function progress(policy: Policy, seats: readonly Seat[], closed: readonly ClosedRound[]): Progress {
  let fold: Fold = { situation: beginning(policy, seats), excluded: [], shown: [], changes: [], roster: null };
  for (const round of closed.keys()) {
    const step = foldRound(policy, fold, closed, round);
    const { verdict, fold: next } = step;
    const { excluded, roster } = next;
    if (verdict !== null) return { result: finish(policy, next.situation, verdict), excluded, roster };
    fold = next;
  }
  const { situation, excluded, roster, changes } = fold;
  const { stage, notes, seats: named } = situation;
  const roles = rolesDue(policy, stage);
  return { result: { is: "next", stage, roles, seats: named, changes, explanation: notes }, excluded, roster };
}

/** What the rounds folded so far have come to. */
type Fold = {
  readonly situation: Situation;
  readonly excluded: readonly RoundExclusion[];
  readonly shown: readonly Shown[];
  /** By the acts of the last of them. */
  readonly changes: readonly MembershipChange[];
  readonly roster: Progress["roster"];
};

function beginning(policy: Policy, seats: readonly Seat[]): Situation {
  return {
    stage: firstStage(policy),
    seats,
    voices: seats,
    rounds: 0,
    procedure: -1,
    waited: 0,
    notes: [],
    heard: { admitted: [], faulty: new Set() },
    left: [],
  };
}

/** One more round: who counts, what follows from the matter, and who is in the next one. */
function foldRound(
  policy: Policy,
  { situation, excluded, shown, roster }: Fold,
  closed: readonly ClosedRound[],
  round: number,
): { readonly fold: Fold; readonly verdict: Verdict | null } {
  const { set, window, seats: named, guests = [], struck = [], departed = [] } = closed[round] as ClosedRound;
  const { stage } = situation;
  const present = [...named, ...guests];
  const admission = admissible(policy, present, set, window, stage, deedsOf(shown));
  const { admitted } = admission;
  const { acts, spoken } = sortOut(policy, stage, admitted);
  const joining = stage.is === "join";
  const here: Situation = {
    ...situation,
    seats: joining ? present : named,
    // Whoever asks for a seat has no say yet.
    voices: joining
      ? admission.seats
      : admission.seats.filter(({ index }) => !guests.some((one) => one.index === index)),
    heard: heardIn(policy, situation, present, set, admission, round),
  };
  const step = joining ? closeJoins(policy, here, named, admitted) : closeRound(policy, here, spoken);
  const left = [...admission.excluded, ...struck].sort((a, b) => compareText(a.id, b.id));
  const outside = [...left, ...(step.refused ?? [])].map((exclusion) => ({ ...exclusion, round }));
  const unrevealed = step.unrevealed.map((id) => ({ id, code: "NOT_REVEALED", detail: {}, round: round - 1 }) as const);
  const fold: Fold = {
    situation: step.situation,
    excluded: [...excluded, ...outside, ...unrevealed],
    shown: [...shown, shownIn(policy, stage, present, set, admitted)],
    changes: [],
    roster: step.roster ?? roster,
  };
  if ("verdict" in step) return { fold, verdict: step.verdict };
  if (joining) return { fold, verdict: null };
  const first = 1 + Math.max(...closed.slice(0, round + 1).flatMap(({ seats }) => seats.map(({ index }) => index)));
  const reseated = reseat(policy, step.situation, named, guests, [...acts, ...departed], first);
  const { changes, verdict } = reseated;
  const seated = changes.length > 0 ? reseated.situation.seats : fold.roster;
  return { fold: { ...fold, situation: reseated.situation, changes, roster: seated }, verdict };
}

/** What is said of who is in, and what of the matter. */
function sortOut(policy: Policy, stage: Stage, admitted: readonly Contribution[]) {
  if (policy.membership === null || stage.is === "join") return { acts: [], spoken: admitted };
  const isAct = ({ content }: Contribution) => isMembership(content);
  return { acts: admitted.filter(isAct), spoken: admitted.filter((one) => !isAct(one)) };
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

function heardIn(
  policy: Policy,
  { heard }: Situation,
  seats: readonly Seat[],
  set: readonly Contribution[],
  { admitted }: FinalAdmission,
  round: number,
): Heard {
  const faulty = matesIn(policy, seats, set).flatMap((mates) => mates.map(({ seat }) => seat));
  return {
    admitted: [...heard.admitted, ...admitted.map(({ id, seat }) => ({ id, seat, round }))],
    faulty: new Set([...heard.faulty, ...faulty]),
  };
}

/** The last word: notes of the way there go with it, and an abandonment names whom it waited for and what it releases. */
function finish(policy: Policy, { seats, heard, notes, left }: Situation, verdict: Verdict): Verdict {
  const explained = { ...verdict, explanation: [...notes, ...verdict.explanation] };
  return explained.is === "decided" ? explained : abandonmentOf(policy, seats, left, heard, explained);
}
