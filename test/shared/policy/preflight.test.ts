// Preflight against brute force: of all sets of clauses that parties could give up, none smaller than the one it names would do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Seat } from "../../../shared/outcome/contribution.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { CHOOSER } from "../../../shared/policy/patterns/parts.ts";
import { VOTE } from "../../../shared/policy/patterns/vote.ts";
import type { OutcomeRule, Policy } from "../../../shared/policy/policy.ts";
import { type Blocking, preflight, type Signed } from "../../../shared/policy/preflight.ts";

const PARTIES = ["ann", "ben", "cat"];
const SEATS: readonly Seat[] = PARTIES.map((authority, index) => ({ index, authority, role: "member", power: 1 }));
const MEMBER = { ...CHOOSER, gives: ["choice", "ballot", "value"] };
const CHOICES = ["approve", "reject", "abstain"];
const NAMES = ["x", "y", "z"];

const outcomes = fc.oneof(
  fc
    .record({
      threshold: fc.constantFrom<unknown>({ num: 2, den: 3 }, { num: 1, den: 1 }, 3, 5),
      carries: fc.subarray(CHOICES, { minLength: 1, maxLength: 1 }),
    })
    .map((fields) => ({ function: "threshold", ...fields, refusal: null, veto: [] })),
  fc
    .record({ rule: fc.constantFrom("plurality", "schulze"), candidates: fc.subarray(NAMES) })
    .map((fields) => ({ ...VOTE.outcome, ...fields })),
);
const policies = fc
  .record({
    outcome: outcomes,
    sealed: fc.boolean(),
    equivocation: fc.constantFrom("each", "void"),
    faults: fc.constantFrom({ num: 33, den: 100 }, { num: 1, den: 3 }),
    least: fc.constantFrom(3, 3, 4),
  })
  .map(({ least, ...fields }): Policy => {
    const pinned = pinPolicy({ ...APPROVAL, ...fields, parties: { least }, roles: { member: MEMBER } });
    if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
    return pinned.value.policy;
  });

type Clause = readonly [party: number, name: string];
type Way = {
  readonly function: string;
  readonly sealed: boolean;
  readonly equivocation: string;
  readonly rule: string;
  readonly member: string;
};

const WAYS: readonly Way[] = ["threshold", "tally"].flatMap((name) =>
  [true, false].flatMap((sealed) =>
    ["each", "void"].flatMap((equivocation) =>
      ["plurality", "schulze"].flatMap((rule) =>
        [...CHOICES, ...NAMES].map((member) => ({ function: name, sealed, equivocation, rule, member })),
      ),
    ),
  ),
);

/** What a policy insists on, each clause by itself and in its own words. */
const CLAUSES: Readonly<Record<string, (policy: Policy, way: Way) => boolean>> = {
  "parties.least": ({ parties }) => parties.least <= 3,
  faults: ({ faults }) => faults.num * 3 < faults.den,
  sealed: ({ sealed }, way) => sealed === way.sealed,
  equivocation: ({ equivocation }, way) => equivocation === way.equivocation,
  "outcome.function": ({ outcome }, way) => outcome.function === way.function,
  "outcome.threshold": ({ outcome }, way) => ruleOf(outcome, way, "threshold")?.threshold !== 5,
  "outcome.carries": ({ outcome }, way) => ruleOf(outcome, way, "threshold")?.carries.includes(way.member) ?? true,
  "outcome.rule": ({ outcome }, way) => (ruleOf(outcome, way, "tally")?.rule ?? way.rule) === way.rule,
  "outcome.candidates": ({ outcome }, way) => {
    const candidates = ruleOf(outcome, way, "tally")?.candidates ?? [];
    return candidates.length === 0 || candidates.includes(way.member);
  },
};

/** Nothing is asked of an outcome by who insists on another function, once that is given up. */
function ruleOf<F extends OutcomeRule["function"]>(
  outcome: OutcomeRule,
  way: Way,
  name: F,
): Extract<OutcomeRule, { function: F }> | null {
  return outcome.function === name && way.function === name ? (outcome as Extract<OutcomeRule, { function: F }>) : null;
}

const ALL: readonly Clause[] = PARTIES.flatMap((_, party) => Object.keys(CLAUSES).map((name): Clause => [party, name]));

/** Whether some way meets every clause that is not given up. */
function feasible(signed: readonly Policy[], given: readonly Clause[]): boolean {
  const kept = ALL.filter(([party, name]) => !given.some(([other, clause]) => other === party && clause === name));
  return WAYS.some((way) => kept.every(([party, name]) => CLAUSES[name]?.(signed[party] as Policy, way)));
}

function* subsets(size: number, from = 0): Generator<readonly Clause[]> {
  if (size === 0) return yield [];
  for (let at = from; at <= ALL.length - size; at++)
    for (const rest of subsets(size - 1, at + 1)) yield [ALL[at] as Clause, ...rest];
}

const clausesOf = (blocking: readonly Blocking[]): readonly Clause[] =>
  blocking.map(({ party, clause }) => [PARTIES.indexOf(party), clause]);
const sign = (list: readonly Policy[]): readonly Signed[] =>
  list.map((policy, index) => ({ party: PARTIES[index] as string, policy }));

describe("preflight", () => {
  it("is feasible exactly where some way meets every clause, and giving up what it names is enough", () => {
    const three = fc.tuple(policies, policies, policies);
    let blocked = 0;
    fc.assert(
      fc.property(three, (signed) => {
        const found = preflight(sign(signed), SEATS);
        expect(found.feasible).toBe(feasible(signed, []));
        expect(feasible(signed, clausesOf(found.blocking)), JSON.stringify(found.blocking)).toBe(true);
        for (const [index] of found.blocking.entries())
          expect(feasible(signed, clausesOf(found.blocking.filter((_, other) => other !== index)))).toBe(false);
        if (!found.feasible) blocked++;
      }),
      { numRuns: 400 },
    );
    expect(blocked).toBeGreaterThan(100);
  });

  it("names as few clauses as any set that would do", () => {
    let tried = 0;
    fc.assert(
      fc.property(fc.tuple(policies, policies, policies), (signed) => {
        const size = preflight(sign(signed), SEATS).blocking.length;
        fc.pre(size > 1 && size <= 3);
        tried++;
        for (let fewer = 0; fewer < size; fewer++)
          for (const given of subsets(fewer)) expect(feasible(signed, given), JSON.stringify(given)).toBe(false);
      }),
      { numRuns: 25, maxSkipsPerRun: 1_000 },
    );
    expect(tried).toBe(25);
  });

  it("gives up one function for another where that clears more than it costs", () => {
    const outcome = { function: "threshold", threshold: 5, carries: ["approve"], refusal: null, veto: [] };
    const make = (fields: object) => {
      const pinned = pinPolicy({ ...APPROVAL, equivocation: "each", roles: { member: MEMBER }, ...fields });
      if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
      return pinned.value.policy;
    };
    const signed = [
      make({ outcome }),
      make({ outcome: { ...outcome, carries: ["reject"] } }),
      make({ outcome: VOTE.outcome }),
    ];
    expect(preflight(sign(signed), SEATS).blocking).toMatchObject([
      { party: "ann", clause: "outcome.function" },
      { party: "ben", clause: "outcome.function", unlock: "ben signs outcome.function tally in place of threshold" },
    ]);
  });
});
