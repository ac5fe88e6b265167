// Threshold outcome (SPEC §6.4): a choice wins when the power behind it reaches the threshold. Unanimity is the threshold 1/1.
// An equivocator counts once for each value it signed; quorum intersection, which the linter demands, makes that harmless.
import type { CborValue } from "../cbor/value.ts";
import type { Id } from "../observation/observation.ts";
import type { Policy, ThresholdOutcome } from "../policy/policy.ts";
import { abandoned, type Contribution, nameOf, type Seat, seatsByIndex, type Verdict } from "./contribution.ts";
import { needed } from "./exact.ts";

type Side = {
  readonly choice: string;
  readonly subject: CborValue | undefined;
  readonly seats: readonly Seat[];
  readonly ids: readonly Id[];
  /** What its supporters make their choice depend on, all of it. */
  readonly conditions: readonly string[];
};

export function contributors(policy: Policy, seats: readonly Seat[]): readonly Seat[] {
  return seats.filter((seat) => policy.roles.get(seat.role)?.contributes === true);
}

/** What a seat adds towards the threshold: its power, or one where the threshold is a count. */
function voice(rule: ThresholdOutcome, seat: Seat): number {
  return typeof rule.threshold === "number" ? 1 : seat.power;
}

function sum(rule: ThresholdOutcome, seats: readonly Seat[]): number {
  return seats.reduce((total, seat) => total + voice(rule, seat), 0);
}

/** Groups contributions by what they choose, and about which subject; a seat counts once in each group. */
function sides(seats: readonly Seat[], contributions: readonly Contribution[]): readonly Side[] {
  type Group = {
    choice: string;
    subject: CborValue | undefined;
    seats: Map<number, Seat>;
    ids: Id[];
    conditions: Set<string>;
  };
  const groups = new Map<string, Group>();
  const byIndex = seatsByIndex(seats);
  for (const contribution of contributions) {
    const choice = contribution.content.get("choice");
    const seat = byIndex.get(contribution.seat);
    if (typeof choice !== "string" || seat === undefined) continue;
    const subject = contribution.content.get("subject");
    const name = JSON.stringify([choice, typeof subject === "string" ? subject : null]);
    const group: Group = groups.get(name) ?? { choice, subject, seats: new Map(), ids: [], conditions: new Set() };
    group.seats.set(seat.index, seat);
    group.ids.push(contribution.id);
    const conditions = (contribution.content.get("conditions") as readonly string[] | undefined) ?? [];
    for (const condition of conditions) group.conditions.add(condition);
    groups.set(name, group);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({
      ...group,
      seats: [...group.seats.values()].sort((a, b) => a.index - b.index),
      ids: group.ids.sort(),
      conditions: [...group.conditions].sort(),
    }));
}

/** How far each choice has come: what it has, of what it needs. */
export type Tally = {
  /** Choices that win by reaching the need, and the one that wins once none of them can any more. */
  readonly carries: readonly string[];
  readonly refusal: string | null;
  readonly need: number;
  readonly of: number;
  readonly sides: readonly { readonly choice: string; readonly has: number }[];
};

/** Counts as `decideThreshold` does. */
export function tallyThreshold(
  policy: Policy,
  rule: ThresholdOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Tally {
  const voters = contributors(policy, seats);
  const total = sum(rule, voters);
  const groups = sides(voters, contributions).map((side) => ({ choice: side.choice, has: sum(rule, side.seats) }));
  const { carries, refusal } = rule;
  return { carries, refusal, need: needed(rule.threshold, total), of: total, sides: groups };
}

function decided(side: Side, explanation: string): Verdict {
  const value = new Map<string, CborValue>([
    ["choice", side.choice],
    ["by", side.seats.map(nameOf)],
  ]);
  if (typeof side.subject === "string") value.set("subject", side.subject);
  if (side.conditions.length > 0) value.set("conditions", side.conditions);
  return { is: "decided", value, explanation: [explanation] };
}

/** The verdict over a closed set of admitted contributions. Pure; independent of their order. */
export function decideThreshold(
  policy: Policy,
  rule: ThresholdOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const voters = contributors(policy, seats);
  const total = sum(rule, voters);
  const need = needed(rule.threshold, total);
  const groups = sides(voters, contributions);
  const vetoed = groups.find(
    (side) => side.choice === rule.refusal && side.seats.some((seat) => rule.veto.includes(seat.role)),
  );
  if (vetoed) return decided(vetoed, `a role with veto chose ${vetoed.choice}`);
  const winner = groups
    .filter((side) => rule.carries.includes(side.choice) && sum(rule, side.seats) >= need)
    .sort((a, b) => sum(rule, b.seats) - sum(rule, a.seats))[0];
  if (winner) return decided(winner, `${winner.choice} has ${sum(rule, winner.seats)} of ${total}, needs ${need}`);
  const refused = groups.find((side) => side.choice === rule.refusal && total - sum(rule, side.seats) < need);
  if (refused)
    return decided(
      refused,
      `${refused.choice} has ${sum(rule, refused.seats)} of ${total}, which leaves fewer than ${need}`,
    );
  const heard = new Set(contributions.map((contribution) => contribution.seat));
  const silent = voters.filter((seat) => !heard.has(seat.index)).map(nameOf);
  const best = Math.max(
    0,
    ...groups.filter((side) => rule.carries.includes(side.choice)).map((side) => sum(rule, side.seats)),
  );
  const explanation = [
    `no choice reached ${need} of ${total}; the best has ${best}`,
    ...silent.map((name) => `${name} was silent`),
  ];
  const open =
    total -
    sum(
      rule,
      voters.filter((seat) => heard.has(seat.index)),
    );
  const against = sum(rule, groups.find((side) => side.choice === rule.refusal)?.seats ?? []);
  const refusable = rule.refusal !== null && total - against - open < need;
  return abandoned("THRESHOLD_NOT_REACHED", explanation, { settled: best + open < need && !refusable });
}

/**
 * Contributions that by themselves fix the choice, whatever else the set may hold; null while it is open (SPEC §8.3). Up to f of
 * power may have signed a second value that is not seen yet: it may join another choice, and void the one it is counted for here.
 */
export function settleThreshold(
  policy: Policy,
  rule: ThresholdOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
  tolerated: number,
): readonly Id[] | null {
  const voters = contributors(policy, seats);
  const total = sum(rule, voters);
  const need = needed(rule.threshold, total);
  const groups = sides(voters, contributions);
  const heard = new Set(contributions.map((contribution) => contribution.seat));
  // Everyone has spoken: only an equivocator could still move the verdict, and to wait for it would not keep it from doing so.
  if (voters.every((seat) => heard.has(seat.index))) return contributions.map((contribution) => contribution.id).sort();
  if (rule.refusal !== null && rule.veto.length > 0) return null; // a veto may still come
  const certain = (side: Side) => sum(rule, side.seats) - (policy.equivocation === "void" ? tolerated : 0);
  const rivals = (side: Side) => (rule.carries.length > 1 ? total - sum(rule, side.seats) + tolerated : 0);
  const won = groups.find((side) => rule.carries.includes(side.choice) && certain(side) >= need && rivals(side) < need);
  if (won) return won.ids;
  const against = groups.filter((side) => !rule.carries.includes(side.choice));
  if (rule.carries.length > 1 || total - powerBehind(rule, against) + tolerated >= need) return null;
  // Nothing can carry any more. Whether it ends as refused or as abandoned must be certain too.
  const refused = against.some((side) => side.choice === rule.refusal && total - certain(side) < need);
  const others = powerBehind(
    rule,
    against.filter((side) => side.choice !== rule.refusal),
  );
  const unrefused = rule.refusal === null || others - tolerated >= need;
  return refused || unrefused ? against.flatMap((side) => side.ids).sort() : null;
}

/** What the seats of several sides add, each seat once. */
function powerBehind(rule: ThresholdOutcome, groups: readonly Side[]): number {
  return sum(rule, [...new Set(groups.flatMap((side) => side.seats))]);
}
