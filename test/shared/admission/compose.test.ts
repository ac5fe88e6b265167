import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAdmissionPolicy } from "../../../shared/admission/plain.ts";
import { type Fields, judge, profile, stated } from "../../support/admission.ts";

/** Four heavy profiles admit and one light one refuses. */
const FIVE = ["jurisdiction", "operating-class", "authority-class", "safety-class", "license-class"];
const LIGHT = "license-class";
const factors = (order = FIVE) => order.map((name) => profile(name, name === LIGHT ? 100_000 : 1_000_000));
const mostly = stated(...FIVE.map((name) => [name, name === LIGHT ? "refuse" : "admit"] as const));
const verdictOf = (policy: Fields, observation: Fields) => judge(policy, observation).verdict;

describe("one item under three rules", () => {
  it("is refused, partial, and admitted or refused by who is heard first", () => {
    const under = (rule: string, order = FIVE) => verdictOf({ rule, factors: factors(order) }, mostly);
    expect(under("intersection")).toBe("refuse");
    expect(under("weighted-intersection")).toBe("partial");
    expect(under("hierarchical")).toBe("admit");
    expect(under("hierarchical", [LIGHT, ...FIVE.filter((name) => name !== LIGHT)])).toBe("refuse");
  });

  it("is refused under each of them with an invalid signature, though all else is perfect", () => {
    const perfect = { ...stated(...FIVE.map((name) => [name, "admit"] as const)), signature: "invalid" };
    for (const rule of ["intersection", "weighted-intersection", "hierarchical"]) {
      const judged = judge({ rule, factors: factors() }, perfect);
      expect([judged.verdict, judged.fault?.code, judged.score, judged.share]).toEqual([
        "refuse",
        "SIGNATURE_INVALID",
        1_000_000,
        0,
      ]);
      expect(judged.nearest).toEqual([]);
    }
  });

  it.each([
    ["a revoked credential", { chain: "revoked" }, {}, "CREDENTIAL_REVOKED"],
    ["a time to live that is over", { at: 100, ttl: 10 }, { at: 111 }, "TTL_EXPIRED"],
    ["another ceremony", { ceremony: "a" }, { ceremony: "b" }, "CEREMONY_MISMATCH"],
  ])("is refused for %s", (_, fields, context, code) => {
    const judged = judge({ rule: "weighted-intersection", factors: factors() }, { ...mostly, ...fields }, context);
    expect([judged.verdict, judged.fault?.code]).toEqual(["refuse", code]);
  });
});

describe("what is missing", () => {
  it("defers, and never admits", () => {
    for (const rule of ["intersection", "weighted-intersection", "hierarchical"]) {
      const judged = judge({ rule, factors: factors() }, {});
      expect([judged.verdict, judged.fault?.code]).toEqual(["defer", "ADMISSION_DEFERRED"]);
    }
  });

  it("keeps what is admitted partial, while the rest outweighs it", () => {
    const four = stated(...FIVE.filter((name) => name !== LIGHT).map((name) => [name, "admit"] as const));
    expect(verdictOf({ rule: "weighted-intersection", factors: factors() }, four)).toBe("partial");
    expect(verdictOf({ rule: "intersection", factors: factors() }, four)).toBe("defer");
  });

  it("is not waited for where it could no longer help", () => {
    const states = stated(
      ["jurisdiction", "refuse"],
      ["operating-class", "refuse"],
      ["authority-class", "refuse"],
      ["safety-class", "refuse"],
    );
    expect(verdictOf({ rule: "weighted-intersection", factors: factors() }, states)).toBe("refuse");
  });

  it("is judged again when it arrives", () => {
    const policy = { rule: "intersection", factors: [profile("a"), profile("b")] };
    expect(verdictOf(policy, stated(["a", "admit"]))).toBe("defer");
    expect(verdictOf(policy, stated(["a", "admit"], ["b", "admit"]))).toBe("admit");
  });
});

describe("conditions", () => {
  it("go with an admission, each once, and with nothing else", () => {
    const conditional = (name: string, ...conditions: readonly string[]) => ({
      profile: name,
      state: "admit-with-conditions",
      conditions,
    });
    const profiles = [conditional("a", "escort", "daylight"), conditional("b", "daylight")];
    const policy = { rule: "intersection", factors: [profile("a"), profile("b")] };
    expect(judge(policy, { profiles })).toMatchObject({ verdict: "admit", conditions: ["daylight", "escort"] });
    const refusing = { profiles: [profiles[0], { profile: "b", state: "refuse", reason: "closed" }] };
    expect(judge(policy, refusing)).toMatchObject({
      verdict: "refuse",
      conditions: [],
      fault: { code: "PROFILE_REFUSED" },
    });
  });
});

describe("thresholds", () => {
  const policy = { rule: "weighted-intersection", factors: [profile("a", 1), profile("b", 1)] };
  const scored = (a: number, b: number) => ({
    profiles: [
      ["a", a],
      ["b", b],
    ].map(([name, score]) => ({ profile: name, state: "admit", score })),
  });

  it.each([
    [600_000, "admit"],
    [599_999, "partial"],
    [400_000, "partial"],
    [399_999, "defer"],
    [250_000, "defer"],
    [249_999, "refuse"],
  ])("%s of a million is %s", (score, verdict) => {
    expect(verdictOf(policy, scored(score, score))).toBe(verdict);
  });

  it("a partial admission speaks with its score's part", () => {
    expect(judge(policy, scored(500_000, 500_001)).share).toBe(500_000);
  });
});

describe("the nearest change", () => {
  const observation = {
    at: 14_000_000,
    places: [{ frame: "site-A/local", position: [9_200_000, 0, 0], uncertainty: 0, ranges: [] }],
  };
  const policy = {
    admission: {
      rule: "weighted-intersection",
      thresholds: { admit: 700_000, partial: 700_000, defer: 700_000 },
      factors: [
        { kind: "window", name: "time window", weight: 300_000, tolerance: 120_000_000 },
        { kind: "place", weight: 400_000 },
        { kind: "standing", weight: 300_000, least: 500_000 },
      ],
      standing: { newcomer: 620_000 },
    },
    proximity: {
      constraints: [{ kind: "fence", frame: "site-A/local", fence: { centre: [0, 0, 0], radius: 500_000 } }],
    },
  };

  it("is worked out, not guessed: 0.49 now, 0.89 from the site, 0.81 where place is advisory", () => {
    const judged = judge(policy, observation, { window: { opensAt: 0, closesAt: 0 } });
    expect([judged.verdict, judged.score]).toEqual(["refuse", 486_000]);
    expect(judged.nearest.map(({ by, factors: changed, score }) => [by, changed, score])).toEqual([
      ["sender", ["place"], 886_000],
      ["policy", ["place"], 810_000],
    ]);
    expect(judged.fault?.detail.worst).toBe(
      "place: got 9200.000 m ± 0.000 m, needs within 500.000 m of [0, 0, 0] in site-A/local",
    );
  });

  it("names as few factors as admit together, where none does alone", () => {
    const three = { rule: "intersection", factors: [profile("a"), profile("b"), profile("c")] };
    const judged = judge(three, stated(["a", "refuse"], ["b", "refuse"], ["c", "admit"]));
    expect(judged.nearest).toMatchObject([{ by: "sender", factors: ["a", "b"] }]);
  });

  it("really admits once it is made", () => {
    const nearer = { ...observation, places: [{ ...observation.places[0], position: [500_000, 0, 0] }] };
    expect(judge(policy, nearer, { window: { opensAt: 0, closesAt: 0 } })).toMatchObject({
      verdict: "admit",
      score: 886_000,
    });
  });
});

describe("what decides nothing", () => {
  const policy = {
    admission: {
      rule: "weighted-intersection",
      factors: [{ kind: "weight" }, { kind: "window", tolerance: 5 }, { kind: "place" }],
      weight: { authority: { operator: 700_000 } },
    },
    proximity: {
      constraints: [
        { kind: "range", frame: "local", limit: 100 },
        { kind: "shared-key", frame: "site" },
      ],
    },
  };
  const observation = (index: number, x: number, at: number) => ({
    id: `o${index}`,
    authority: `p${index}`,
    tier: "operator",
    claim: index % 2 === 0 ? "open" : "shut",
    sources: index > 2 ? [`o${index - 2}`] : [],
    at: [at, at + 3],
    places: [
      { frame: "local", position: [x, 0, 0], uncertainty: 1, ranges: [] },
      { frame: "site", key: x > 50 ? "far" : "near" },
    ],
  });

  it("the order in which observations are named, and a constant on every clock, change no byte", () => {
    const rows = fc.array(fc.tuple(fc.nat(120), fc.nat(100)), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 1_800_000_000_000_000 }), (places, shift) => {
        const at = (moved: number) => places.map(([x, when], index) => observation(index, x, when + moved));
        const context = (moved: number, others: readonly object[]) => ({
          at: 50 + moved,
          window: { opensAt: 10 + moved, closesAt: 90 + moved },
          others,
        });
        const [first, ...rest] = at(0);
        const [moved, ...others] = at(shift);
        const bytes = JSON.stringify(judge(policy, first as Fields, context(0, rest)));
        expect(JSON.stringify(judge(policy, moved as Fields, context(shift, others.reverse())))).toBe(bytes);
      }),
      { numRuns: 200, seed: 9 },
    );
  });
});

describe("rules that cannot work are refused when they are read", () => {
  it.each([
    ["no factors", { factors: [] }, "factors"],
    ["one name twice", { factors: [profile("a"), profile("a")] }, "factors"],
    ["nothing that counts", { factors: [{ ...profile("a"), advisory: true }] }, "factors"],
    ["a weight without its rule", { factors: [{ kind: "weight" }] }, "weight"],
    ["a standing without its rule", { factors: [{ kind: "standing" }] }, "standing"],
    [
      "partial above admit",
      { factors: [profile("a")], thresholds: { admit: 1, partial: 2, defer: 0 } },
      "thresholds.partial",
    ],
    ["an unknown kind", { factors: [{ kind: "mood" }] }, "factors[0].kind"],
    ["an unknown rule", { rule: "majority", factors: [profile("a")] }, "rule"],
    [
      "modes out of order",
      { factors: [{ kind: "standing" }], standing: { observerBelow: 5, reducedBelow: 4 } },
      "standing.observerBelow",
    ],
  ])("%s", (_, policy, path) => {
    expect(parseAdmissionPolicy(policy)).toMatchObject({ ok: false, fault: { code: "FILE_SHAPE", detail: { path } } });
  });
});
