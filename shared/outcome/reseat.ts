// Between two rounds (SPEC §24): who holds a seat in the next one, what of earlier words goes over to a successor, and whether those who
// are left can still work together. Quorum and tolerance follow from the new seats.
import { changeMembership, type MembershipChange } from "../membership/change.ts";
import { lintTrial } from "../policy/lint.ts";
import type { Policy } from "../policy/policy.ts";
import { abandoned, type Contribution, nameOf, type Seat, type Verdict, withChange } from "./contribution.ts";
import type { Situation } from "./rounds.ts";
import type { Stage } from "./stage.ts";

export type Reseated = {
  readonly situation: Situation;
  readonly changes: readonly MembershipChange[];
  /** Why those who are left cannot go on; null where they can. */
  readonly verdict: Verdict | null;
};

/** `before` are the seats of the round that has closed, `first` is the number of the first new seat. */
export function reseat(
  policy: Policy,
  situation: Situation,
  before: readonly Seat[],
  guests: readonly Seat[],
  acts: readonly Contribution[],
  first: number,
): Reseated {
  const { membership } = policy;
  const none = { seats: situation.seats, changes: [], succeeds: new Map<number, number>() };
  const changed =
    membership === null || acts.length === 0
      ? none
      : changeMembership(membership, situation.seats, guests, acts, first);
  const { seats, changes } = changed;
  const left = before.filter(({ index }) => !seats.some((seat) => seat.index === index));
  const kept = membership?.earlier === "keep" ? changed.succeeds : new Map<number, number>();
  const notes = [...situation.notes, ...changes.map(tell)];
  const stage = handOver(situation.stage, seats, kept);
  const voices = changes.length === 0 ? situation.voices : seats;
  const next: Situation = { ...situation, seats, voices, stage, notes, left: [...situation.left, ...left] };
  const same = left.length === 0 && changes.length === 0;
  return { situation: next, changes, verdict: same ? null : flawOf(policy, seats) };
}

function tell({ action, why, seat, reason, bound }: MembershipChange): string {
  const because = reason === "" ? "" : `: ${reason}`;
  const instead = bound === null ? "" : action === "left" ? `, for ${bound}` : `, in place of ${bound}`;
  return `${nameOf(seat)} ${why === "departed" ? "departed" : `was ${why}`}${instead}${because}`;
}

/** What stands of those who stay, and of those who left what a successor takes over. */
function handOver(stage: Stage, seats: readonly Seat[], kept: ReadonlyMap<number, number>): Stage {
  if (stage.is !== "give") return stage;
  const standing = stage.standing.flatMap((contribution): Contribution[] => {
    const successor = kept.get(contribution.seat);
    if (successor !== undefined) return [withChange(contribution, { seat: successor })];
    return seats.some(({ index }) => index === contribution.seat) ? [contribution] : [];
  });
  return { ...stage, standing };
}

/** Independence is counted by organisation, whoever came or went. */
function flawOf(policy: Policy, seats: readonly Seat[]): Verdict | null {
  const found = new Set(seats.map(({ authority }) => authority)).size;
  if (found < policy.parties.least)
    return abandoned("TOO_FEW_LEFT", [`${found} organisations are left, ${policy.parties.least} are needed`]);
  const [finding] = lintTrial(policy, seats);
  if (finding === undefined) return null;
  const facts = Object.entries(finding.detail).map(([name, value]) => `${name} ${String(value)}`);
  return abandoned(finding.code, [`those who are left cannot work together under the policy: ${facts.join(", ")}`]);
}
