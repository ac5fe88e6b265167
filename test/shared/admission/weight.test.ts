import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLION } from "../../../shared/admission/evidence.ts";
import { corroborate, type Sourced } from "../../../shared/admission/independence.ts";
import { parseAdmissionPolicy } from "../../../shared/admission/plain.ts";
import type { WeightRule } from "../../../shared/admission/weight.ts";
import { weigh } from "../../../shared/admission/weight.ts";
import { evidence, judge } from "../../support/admission.ts";

const WEIGHT = {
  authority: { regulator: 1_000_000, operator: 700_000, advisory: 400_000, peer: 200_000, adversary: 0 },
  continuity: { perLink: 50_000, young: 100_000, matureAfter: 1_000, perRevocation: 200_000 },
  classes: { alarm: { floor: 500_000 }, rumour: { ceiling: 300_000 }, doubled: { multiplier: 2_000_000 } },
  operation: { replay: 250_000 },
  modality: { radar: 900_000 },
};

function rule(changes: object = {}): WeightRule {
  const policy = parseAdmissionPolicy({ factors: [{ kind: "weight" }], weight: { ...WEIGHT, ...changes } });
  if (!policy.ok || policy.value.admission?.weight == null) throw new Error(JSON.stringify(policy));
  return policy.value.admission.weight;
}

const ripe = { depth: 1, age: 1_000, revocations: 0 };
const sourced = (
  id: string,
  authority: string,
  sources: readonly string[] = [],
  device = `device of ${authority}`,
): Sourced => ({
  id,
  authority,
  device,
  sources,
  claim: "open",
});
const relations = (subject: Sourced, known: readonly Sourced[]) =>
  Object.fromEntries(corroborate(subject, known).others.map(({ id, relation }) => [id, relation]));

describe("the five factors", () => {
  it.each([
    ["a regulator", { tier: "regulator", credential: ripe }, 0, 1_000_000],
    ["an operator", { credential: ripe }, 0, 700_000],
    ["an unlisted tier", { tier: "guest", credential: ripe }, 0, 200_000],
    ["no tier", { tier: null, credential: ripe }, 0, 200_000],
    ["a chain of three", { credential: { ...ripe, depth: 3 } }, 0, 630_000],
    ["a young credential", { credential: { ...ripe, age: 999 } }, 0, 630_000],
    ["a holder revoked twice before", { credential: { ...ripe, revocations: 2 } }, 0, 420_000],
    ["a holder revoked ever so often", { credential: { ...ripe, revocations: 9 } }, 0, 0],
    ["one corroborator", { credential: ripe }, 1, 800_000],
    ["two", { credential: ripe }, 2, 900_000],
    ["five, of which two count", { credential: ripe }, 5, 900_000],
    ["never more than the whole", { tier: "regulator", credential: ripe }, 2, 1_000_000],
    ["an adversary, whoever agrees", { tier: "adversary", credential: ripe }, 9, 0],
    ["a class with a floor", { governanceClass: "alarm", tier: "peer", credential: ripe }, 0, 500_000],
    ["a class with a ceiling", { governanceClass: "rumour", credential: ripe }, 0, 300_000],
    ["a class that counts double, at most in full", { governanceClass: "doubled", credential: ripe }, 0, 1_000_000],
    ["a replay", { operation: "replay", credential: ripe }, 0, 175_000],
    ["training, which nothing says counts", { operation: "training", credential: ripe }, 0, 0],
    ["a modality", { modality: "radar", credential: ripe }, 0, 630_000],
  ] as const)("weigh %s", (_, changes, corroborators, total) => {
    expect(weigh(rule(), evidence(changes), corroborators).total).toBe(total);
  });

  it("add up to the whole, whatever they are", () => {
    const arbitrary = fc.record({
      tier: fc.constantFrom("regulator", "operator", "advisory", "peer", "adversary", null),
      governanceClass: fc.constantFrom("alarm", "rumour", "doubled", "other"),
      operation: fc.constantFrom("live", "replay", "training") as fc.Arbitrary<"live">,
      modality: fc.constantFrom("radar", "lidar", null),
      credential: fc.record({ depth: fc.integer({ min: 1, max: 8 }), age: fc.nat(2_000), revocations: fc.nat(4) }),
    });
    fc.assert(
      fc.property(arbitrary, fc.nat(5), (changes, corroborators) => {
        const { total, parts } = weigh(rule(), evidence(changes), corroborators);
        expect(parts.reduce((sum, { delta }) => sum + delta, 0)).toBe(total);
        expect(parts.map(({ name }) => name)).toEqual([
          "authority",
          "continuity",
          "corroboration",
          "policy",
          "operation",
        ]);
        expect(Number.isSafeInteger(total) && total >= 0 && total <= MILLION).toBe(true);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it("name the clause that set each", () => {
    const { parts } = weigh(rule(), evidence(), 0);
    expect(parts.map(({ clause }) => clause)).toEqual([
      "weight.authority.operator",
      "weight.continuity",
      "weight.corroboration",
      "weight.classes.coordination",
      "weight.operation.live",
    ]);
  });

  it("refuse a floor above its ceiling when the policy is read", () => {
    const policy = {
      factors: [{ kind: "weight" }],
      weight: { authority: {}, classes: { odd: { floor: 500_001, ceiling: 500_000 } } },
    };
    expect(parseAdmissionPolicy(policy)).toMatchObject({
      ok: false,
      fault: { detail: { path: "weight.classes.odd.floor" } },
    });
  });
});

describe("who corroborates", () => {
  const original = sourced("o", "acme");

  it("ten copies of one source count once: nine echoes add nothing", () => {
    const echoes = Array.from({ length: 9 }, (_, index) => ({
      id: `e${index}`,
      authority: `p${index}`,
      sources: ["o"],
      claim: "open",
    }));
    const policy = { factors: [{ kind: "weight" }], weight: { ...WEIGHT, continuity: {} } };
    const own = { id: "o", authority: "acme", tier: "operator", claim: "open" };
    const alone = judge(policy, own);
    const echoed = judge(policy, own, { others: echoes });
    expect(echoed).toEqual(alone);
    const disjoint = judge(policy, own, { others: [...echoes, { id: "d", authority: "bolt", claim: "open" }] });
    expect([alone, disjoint].map(({ factors }) => factors[0]?.score)).toEqual([700_000, 800_000]);
  });

  it.each([
    ["disjoint", [sourced("b", "bolt")], { b: "independent" }, 1],
    ["a copy", [sourced("b", "bolt", ["o"])], { b: "echo" }, 0],
    ["a copy of a copy", [sourced("b", "bolt", ["c"]), sourced("c", "crux", ["o"])], { b: "echo", c: "echo" }, 0],
    ["the same organisation", [sourced("b", "acme", [], "another device")], { b: "same-authority" }, 0],
    ["the same device under another name", [sourced("b", "bolt", [], "device of acme")], { b: "echo" }, 0],
    ["another claim", [{ ...sourced("b", "bolt"), claim: "shut" }], { b: "another-claim" }, 0],
    ["a source that is not at hand", [sourced("b", "bolt", ["lost"])], { b: "unresolved" }, 0],
    [
      "two from one origin",
      [sourced("s", "sensor"), sourced("b", "bolt", ["s"]), sourced("c", "crux", ["s"])],
      { b: "independent", c: "independent", s: "independent" },
      1,
    ],
    [
      "two with origins of their own",
      [sourced("b", "bolt"), sourced("c", "crux")],
      { b: "independent", c: "independent" },
      2,
    ],
    [
      "two that cite each other",
      [sourced("b", "bolt", ["c"]), sourced("c", "crux", ["b"])],
      { b: "circular", c: "circular" },
      0,
    ],
    [
      "one that rests on a circle",
      [sourced("b", "bolt", ["c"]), sourced("c", "crux", ["d"]), sourced("d", "dune", ["c"])],
      { b: "circular", c: "circular", d: "circular" },
      0,
    ],
  ] as const)("%s", (_, known, expected, count) => {
    expect(relations(original, [original, ...known])).toEqual(expected);
    expect(corroborate(original, [original, ...known].reverse()).count).toBe(count);
    expect(corroborate(original, [original, ...known]).count).toBe(count);
  });

  it("a subject that rests on what is not at hand is corroborated by nobody", () => {
    const subject = sourced("x", "acme", ["lost"]);
    expect(corroborate(subject, [subject, sourced("b", "bolt")]).count).toBe(0);
  });

  it("judges observations that each cite hundreds of the others in a moment", () => {
    const known = Array.from({ length: 400 }, (_, index): Sourced => {
      const before = Array.from({ length: Math.min(index, 256) }, (_, back) => `o${index - 1 - back}`);
      return { id: `o${index}`, authority: `org ${index}`, device: `device ${index}`, sources: before, claim: "open" };
    });
    const alone: Sourced = { id: "alone", authority: "acme", device: "d", sources: [], claim: "open" };
    expect(corroborate(alone, [...known, alone]).count).toBe(1);
    expect(corroborate(known[399] as Sourced, [...known, alone]).count).toBe(1);
  });

  it("judges 1,500 observations about one thing in a moment", () => {
    const known = Array.from({ length: 1_500 }, (_, index) => ({
      ...sourced(`o${index}`, `p${index}`),
      sources: index > 700 ? [`o${index % 7}`] : [],
    }));
    const start = performance.now();
    expect(corroborate(known[0] as Sourced, known).count).toBe(700);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
