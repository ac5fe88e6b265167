// When a verdict is settled (§8.3): the contributions that are named fix the choice whatever else the closed set may hold, with up to
// f of power signing a second value. A world gives every seat what it signs; the party sees a part, the closed set is another part.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { electorateOf } from "../../../shared/closing/power.ts";
import { admissible } from "../../../shared/outcome/admissible.ts";
import type { Contribution, Seat } from "../../../shared/outcome/contribution.ts";
import { settle } from "../../../shared/outcome/functions.ts";
import { firstStage } from "../../../shared/outcome/stage.ts";
import { lintPolicy } from "../../../shared/policy/lint.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { CONSENSUS } from "../../../shared/policy/patterns/consensus.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { Policy, PolicyDocument, Threshold, ThresholdOutcome } from "../../../shared/policy/policy.ts";
import {
  choiceOf,
  contribution,
  decideSet,
  policyOf,
  seatsOf,
  votes,
  votingRole,
  WINDOW,
} from "../../support/decisions.ts";

const PATTERNS: readonly PolicyDocument[] = [APPROVAL, QUORUM, CONSENSUS];
const SAID = ["-", "approve", "reject", "abstain"];

function toleratedBy(policy: Policy, seats: readonly Seat[]): number {
  return electorateOf(
    seats.map(({ index, power }) => [index, power] as const),
    policy.faults,
  ).tolerated;
}

/** What is settled of what a party sees, as `ceremony/gather` asks it; null while it is open or where everyone has spoken. */
function settledBy(policy: Policy, seats: readonly Seat[], seen: readonly Contribution[]) {
  const heard = new Set(seen.map(({ seat }) => seat));
  const { admitted } = admissible(policy, seats, seen, WINDOW);
  if (heard.size === seats.length || admitted.length === 0) return null;
  const ids = settle(policy, firstStage(policy), seats, admitted, toleratedBy(policy, seats));
  return ids === null ? null : admitted.filter(({ id }) => ids.includes(id));
}

/** All words of `length` letters. */
function words(letters: readonly string[], length: number): readonly (readonly string[])[] {
  if (length === 0) return [[]];
  return words(letters, length - 1).flatMap((rest) => letters.map((letter) => [letter, ...rest]));
}

/** The closed sets that may come of what was seen: the silent say anything or nothing, and one of `liars` signs one thing more. */
function closedSets(seats: readonly Seat[], fixing: readonly Contribution[], liars: readonly Seat[]) {
  const silent = seats.filter(({ index }) => !fixing.some(({ seat }) => seat === index));
  const honest = words(SAID, silent.length).map((said) => [
    ...fixing,
    ...silent.flatMap((seat, place) => (said[place] === "-" ? [] : [contribution(seat, said[place] as string)])),
  ]);
  const lies = liars.flatMap((seat) => SAID.slice(1).map((choice) => contribution(seat, choice)));
  return honest.flatMap((set) => [set, ...lies.map((lie) => [...set, lie])]);
}

/** How many of the partial views settle the verdict: a change here is a change of when a round may end early. */
const SETTLED: Readonly<Record<string, number>> = {
  "approval 3 each": 9,
  "approval 3 void": 9,
  "approval 4 each": 20,
  "approval 4 void": 4,
  "quorum 3 each": 6,
  "quorum 3 void": 6,
  "quorum 4 each": 8,
  "quorum 4 void": 0,
  "consensus 3 each": 18,
  "consensus 3 void": 18,
  "consensus 4 each": 82,
  "consensus 4 void": 34,
};

describe("a settled verdict", () => {
  const CASES = PATTERNS.flatMap((pattern) =>
    [3, 4].flatMap((count) => (["each", "void"] as const).map((rule) => [pattern.id, count, rule, pattern] as const)),
  );

  it.each(CASES)("of %s among %i, counting %s, stays in every set that can be closed", (_id, count, rule, pattern) => {
    const policy = policyOf(pattern, { equivocation: rule });
    const seats = seatsOf(policy, Array(count).fill(1));
    const liars = toleratedBy(policy, seats) > 0 ? seats : [];
    let settled = 0;
    for (const said of words(SAID, count)) {
      const fixing = settledBy(policy, seats, votes(seats, said.join(" ")));
      if (fixing === null) continue;
      settled += 1;
      const choice = choiceOf(decideSet(policy, seats, fixing));
      for (const set of closedSets(seats, fixing, liars))
        expect(choiceOf(decideSet(policy, seats, set)), `${said.join(" ")} seemed to settle ${choice}`).toBe(choice);
    }
    expect(settled).toBe(SETTLED[`${pattern.id} ${count} ${rule}`]);
  });
});

type World = {
  readonly policy: Policy;
  readonly seats: readonly Seat[];
  readonly signed: readonly Contribution[];
  readonly seen: readonly boolean[];
  readonly closed: readonly boolean[];
};

const thresholds: fc.Arbitrary<Threshold> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).map(([a, b]) => ({
    num: Math.min(a, b),
    den: Math.max(a, b),
  })),
  fc.integer({ min: 1, max: 7 }),
);

/** Seats of which those with power of at most f may sign several values; everyone else signs one or none. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    pattern: fc.constantFrom(...PATTERNS),
    threshold: fc.option(thresholds),
    equivocation: fc.constantFrom("each", "void"),
    veto: fc.boolean(),
    powers: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 8 }),
    said: fc.array(fc.constantFrom("-", "approve", "approve", "reject", "reject", "abstain", "decline"), {
      minLength: 8,
      maxLength: 8,
    }),
    lies: fc.array(fc.subarray(["approve", "reject", "abstain"]), { minLength: 8, maxLength: 8 }),
    seen: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    closed: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  })
  .map(({ pattern, threshold, equivocation, veto, powers, said, lies, seen, closed }) => {
    // Set past the linter, which refuses thresholds at which two choices could win: what is settled must stay there too.
    const plain = policyOf(pattern, { equivocation });
    const outcome = plain.outcome as ThresholdOutcome;
    const vetoing = veto && outcome.refusal !== null ? [votingRole(plain)] : [];
    const policy = { ...plain, outcome: { ...outcome, threshold: threshold ?? outcome.threshold, veto: vetoing } };
    const seats = seatsOf(policy, powers);
    let left = toleratedBy(policy, seats);
    const signed = seats.flatMap((seat, place) => {
      const own = said[place] === "-" ? [] : [said[place] as string];
      if ((lies[place]?.length ?? 0) === 0 || seat.power > left) return own.map((choice) => contribution(seat, choice));
      left -= seat.power;
      return [...new Set([...own, ...(lies[place] ?? [])])].map((choice) => contribution(seat, choice));
    });
    return { policy, seats, signed, seen, closed };
  });

describe("a settled verdict in any world", () => {
  it("stays whatever the closed set holds beside the contributions that fix it", () => {
    let settled = 0;
    fc.assert(
      fc.property(worlds, ({ policy, seats, signed, seen, closed }) => {
        fc.pre(lintPolicy(policy, seats).every(({ code }) => !/AMBIGUOUS|UNREACHABLE/.test(code))); // such a call is refused
        const fixing = settledBy(
          policy,
          seats,
          signed.filter((_, place) => seen[place]),
        );
        if (fixing === null) return;
        settled += 1;
        const choice = choiceOf(decideSet(policy, seats, fixing));
        const set = signed.filter(({ id }, place) => closed[place] || fixing.some((fixed) => fixed.id === id));
        expect(choiceOf(decideSet(policy, seats, set))).toBe(choice);
        expect(choiceOf(decideSet(policy, seats, [...set, ...signed]))).toBe(choice);
      }),
      { numRuns: 5_000 },
    );
    expect(settled).toBeGreaterThan(100);
  });

  it("is seen by everyone who sees more, where nobody equivocates", () => {
    fc.assert(
      fc.property(worlds, ({ policy, seats, signed, seen }) => {
        const single = signed.filter(({ seat }, place) => signed.findIndex((other) => other.seat === seat) === place);
        const some = single.filter((_, place) => seen[place]);
        if (settledBy(policy, seats, some) !== null && single.length < seats.length)
          expect(settledBy(policy, seats, single)).not.toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});
