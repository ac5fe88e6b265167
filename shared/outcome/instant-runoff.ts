// Instant runoff: the weakest candidate leaves, its ballots pass on to their next choice, until one is left.
// Of several weakest the policy's rules say who leaves. Where they do not, a candidate wins only if it wins whoever of the tied leaves:
// otherwise those who could win are tied.
import type { CandidateTieBreak, TallyOutcome } from "../policy/policy.ts";
import { type Ballots, splitScale, type WeighedBallot } from "./ballots.ts";
import { type Ranked, showScore, sortByRule } from "./ranked.ts";

type Count = ReadonlyMap<number, bigint>;
type Runoff = {
  readonly rule: TallyOutcome;
  readonly candidates: readonly string[];
  readonly ballots: readonly WeighedBallot[];
  readonly scale: bigint;
};

/** Ballots read while looking at what would follow from each way of breaking a tie; beyond it all who stand are called tied. */
const EXPLORED_BALLOTS_MAX = 2_000_000;

export function rankByRunoff(rule: TallyOutcome, { candidates, ballots }: Ballots): Ranked {
  const runoff: Runoff = { rule, candidates, ballots, scale: splitScale(ballots, rule.equals === "split") };
  const left: (readonly number[])[] = [];
  const counts: Count[] = [];
  const explanation: string[] = [];
  let standing: readonly number[] = [...candidates.keys()];
  while (standing.length > 0) {
    const count = countFor(runoff, standing);
    counts.push(count);
    const { leaving, why } = chooseLeaving(runoff, counts);
    const shown = [...count].map(([index, votes]) => `${candidates[index]} ${showScore(votes, runoff.scale)}`);
    explanation.push(`count ${counts.length}: ${shown.join(", ")}; ${why}`);
    left.push(...leaving);
    const gone = new Set(leaving.flat());
    standing = standing.filter((index) => !gone.has(index));
  }
  return { order: left.reverse(), explanation };
}

/** Each ballot counts for its best group that still stands: split, in full for each, or for nobody from there on. */
function countFor({ ballots, rule, scale }: Runoff, standing: readonly number[]): Count {
  const count = new Map<number, bigint>(standing.map((index) => [index, 0n]));
  for (const { ranking, weight } of ballots) {
    const group = bestStanding(rule.equals === "exhaust" ? untilEquals(ranking) : ranking, count);
    if (group.length === 0) continue;
    const part = rule.equals === "split" && group.length > 1 ? (weight * scale) / BigInt(group.length) : weight * scale;
    for (const index of group) count.set(index, (count.get(index) as bigint) + part);
  }
  return count;
}

/** A ballot that ends at equals ends there for good, whoever of them has left meanwhile. */
function untilEquals(ranking: WeighedBallot["ranking"]): WeighedBallot["ranking"] {
  const end = ranking.findIndex(({ length }) => length > 1);
  return end < 0 ? ranking : ranking.slice(0, end);
}

function bestStanding(ranking: WeighedBallot["ranking"], standing: Count): readonly number[] {
  for (const group of ranking) {
    if (group.length === 1 && standing.has(group[0] as number)) return group;
    const remaining = group.filter((index) => standing.has(index));
    if (remaining.length > 0) return remaining;
  }
  return [];
}

function weakestOf(count: Count): readonly number[] {
  const least = [...count.values()].reduce((low, votes) => (votes < low ? votes : low));
  return [...count].filter(([, votes]) => votes === least).map(([index]) => index);
}

/** Whether the tied, with all ballots of all of them, stay below everyone else: then the order in which they leave is idle. */
function togetherBelowNext(count: Count, weakest: readonly number[]): boolean {
  const sum = weakest.reduce((total, index) => total + (count.get(index) as bigint), 0n);
  return [...count].every(([index, votes]) => weakest.includes(index) || votes > sum);
}

/** Groups that leave, the last place first. */
type Leaving = { readonly leaving: readonly (readonly number[])[]; readonly why: string };

function chooseLeaving(runoff: Runoff, counts: readonly Count[]): Leaving {
  const count = counts[counts.length - 1] as Count;
  const weakest = weakestOf(count);
  const named = (some: readonly number[]) => some.map((index) => runoff.candidates[index]).join(" and ");
  if (count.size === 1) return { leaving: [weakest], why: `${named(weakest)} is left` };
  if (weakest.length === 1) return { leaving: [weakest], why: `${named(weakest)} leaves` };
  if (weakest.length < count.size) {
    if (togetherBelowNext(count, weakest))
      return {
        leaving: [weakest],
        why: `${named(weakest)} leave together: with all their ballots none would pass the next`,
      };
    const broken = breakElimination(runoff, counts, weakest);
    if (broken !== null) return { leaving: [broken.leaving], why: `${named(broken.leaving)} leaves, ${broken.why}` };
  }
  return withoutRule(runoff, count, weakest);
}

function breakElimination(
  { rule, candidates }: Runoff,
  counts: readonly Count[],
  weakest: readonly number[],
): { readonly leaving: readonly number[]; readonly why: string } | null {
  let tied = weakest;
  for (const by of rule.elimination) {
    if (by === "together") return { leaving: tied, why: "tied" };
    tied = by === "previous-counts" ? weakestBefore(counts, tied) : lastBy(by, candidates, tied);
    if (tied.length === 1) return { leaving: tied, why: `tied with others, and last by ${by}` };
  }
  return null;
}

function lastBy(by: CandidateTieBreak, candidates: readonly string[], tied: readonly number[]): readonly number[] {
  return sortByRule(by, candidates, tied).slice(-1);
}

/** Of tied candidates those that were weakest in the latest count in which they differed. */
function weakestBefore(counts: readonly Count[], tied: readonly number[]): readonly number[] {
  let still = tied;
  for (const count of counts.slice(0, -1).reverse()) {
    still = weakestOf(new Map(still.map((index) => [index, count.get(index) as bigint])));
    if (still.length === 1) break;
  }
  return still;
}

/** A tie that no rule breaks: it is idle where one candidate wins whoever leaves; else those who could win are tied. */
function withoutRule(runoff: Runoff, count: Count, weakest: readonly number[]): Leaving {
  const standing = [...count.keys()];
  const winners = winnersOf(runoff, standing, new Map(), { left: EXPLORED_BALLOTS_MAX });
  const able = new Set(standing.filter((index) => winners === null || winners.has(index)));
  const named = (some: readonly number[]) => some.map((index) => runoff.candidates[index]).join(" and ");
  if (able.size === 1) {
    const leaving = lastBy(
      "hash",
      runoff.candidates,
      weakest.filter((index) => !able.has(index)),
    );
    return {
      leaving: [leaving],
      why: `${named(leaving)} leaves, tied with others, which changes nothing for the winner`,
    };
  }
  const others = standing.filter((index) => !able.has(index));
  const why = `no rule says who of ${named(weakest)} leaves, and ${named([...able])} could win`;
  return { leaving: others.length === 0 ? [[...able]] : [others, [...able]], why };
}

/** Who wins under some way of breaking every tie; null where finding out would take too long. */
function winnersOf(
  runoff: Runoff,
  standing: readonly number[],
  known: Map<string, ReadonlySet<number>>,
  budget: { left: number },
): ReadonlySet<number> | null {
  if (standing.length === 1) return new Set(standing);
  const key = standing.join();
  const found = known.get(key);
  if (found !== undefined) return found;
  budget.left -= runoff.ballots.length;
  if (budget.left < 0) return null;
  const count = countFor(runoff, standing);
  const weakest = weakestOf(count);
  const idle = weakest.length < count.size && togetherBelowNext(count, weakest);
  const winners = new Set<number>();
  for (const leaving of idle ? [weakest] : weakest.map((index) => [index])) {
    const rest = standing.filter((index) => !leaving.includes(index));
    const some = winnersOf(runoff, rest, known, budget);
    if (some === null) return null;
    for (const winner of some) winners.add(winner);
  }
  known.set(key, winners);
  return winners;
}
