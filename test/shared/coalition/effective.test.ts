// Three nations, a neutral translator and pairwise ones: each computes its own policy from one pool, and leaving is one revocation.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectivePolicy } from "../../../shared/coalition/effective.ts";
import { planRevocation } from "../../../shared/coalition/plan.ts";
import { type Pool, readPool } from "../../../shared/coalition/pool.ts";
import type { EffectivePolicy } from "../../../shared/coalition/view.ts";

const permit = (id: string, value: unknown, more: object = {}) => ({ id, effect: "permit", value, ...more });
const prohibit = (id: string, value: unknown, more: object = {}) => ({ id, effect: "prohibit", value, ...more });
const translator = (id: string, from: string, to: string, more: object = {}) => ({ id, from, to, terms: {}, ...more });

const ANCHOR = {
  authority: "anchor",
  clauses: [permit("A1", "night-flight", { label: "anchor-secret" }), prohibit("A2", "low-pass")],
  admits: ["b-a", "c-a"],
};
const BEACON = {
  authority: "beacon",
  clauses: [prohibit("B1", "vuelo-nocturno"), permit("B2", "photo", { label: "beacon-secret" })],
  admits: ["a-b", "c-n", "n-b"],
};
const CUTTER = {
  authority: "cutter",
  clauses: [prohibit("C1", "photo"), permit("C2", "low-pass"), permit("C3", "drop")],
  admits: ["a-c"],
};
const TRANSLATORS = [
  translator("a-b", "anchor", "beacon", {
    terms: { "night-flight": "vuelo-nocturno", "anchor-secret": "beacon-secret" },
  }),
  translator("a-c", "anchor", "cutter"),
  translator("b-a", "beacon", "anchor", {
    terms: { "vuelo-nocturno": { as: "night-flight" }, "beacon-secret": { as: "anchor-secret", loss: "widened" } },
  }),
  translator("c-a", "cutter", "anchor", { clauses: ["C1", "C2"] }),
  translator("c-n", "cutter", "neutral", { signer: "harbour-office", terms: { drop: { as: null, loss: "dropped" } } }),
  translator("n-b", "neutral", "beacon", { signer: "harbour-office" }),
];

function pool(...documents: readonly object[]): Pool {
  const read = readPool(
    [ANCHOR, BEACON, CUTTER, ...TRANSLATORS, ...documents].map((document, n) => ({ name: `${n}`, document })),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value;
}

function policyOf(from: Pool, home: string, at = 100, operation: string | null = null): EffectivePolicy {
  const policy = effectivePolicy(from, { home, at, operation });
  if (!policy.ok) throw new Error(policy.fault.code);
  return policy.value;
}

const told = ({ clauses }: EffectivePolicy) => clauses.map(({ id, via }) => [id, ...via].join(" "));
const codes = ({ refused }: EffectivePolicy) => refused.map(({ id, code }) => `${id} ${code}`);

describe("an effective policy", () => {
  it("differs between three nations that hold the same pool", () => {
    expect(told(policyOf(pool(), "anchor"))).toEqual(["A1", "A2", "C1 c-a"]);
    expect(told(policyOf(pool(), "beacon"))).toEqual(["A2 a-b", "B1", "B2"]);
    expect(told(policyOf(pool(), "cutter"))).toEqual(["C1", "C2", "C3"]);
  });

  it("lets home win inside home, and the prohibition between partners", () => {
    expect(policyOf(pool(), "anchor").conflicts).toEqual([
      { winners: [{ id: "A1", from: "anchor" }], losers: [{ id: "B1", from: "beacon" }], rule: "home" },
      { winners: [{ id: "A2", from: "anchor" }], losers: [{ id: "C2", from: "cutter" }], rule: "home" },
      { winners: [{ id: "C1", from: "cutter" }], losers: [{ id: "B2", from: "beacon" }], rule: "prohibition" },
    ]);
  });

  it("lets permission win between partners where home says so", () => {
    const [first] = policyOf(pool({ ...ANCHOR, version: 2, overrides: true }), "anchor").conflicts.slice(-1);
    expect(first).toMatchObject({ winners: [{ id: "B2" }], losers: [{ id: "C1" }], rule: "permission" });
  });

  it("refuses labels that have no image, what a translator drops, and what no road reaches", () => {
    expect(codes(policyOf(pool(), "cutter"))).toEqual(
      ["A1 LABEL_WITHOUT_IMAGE", "A2 TRANSLATION_MISSING", "B1 TRANSLATION_MISSING", "B2 TRANSLATION_MISSING"].filter(
        (line) => !line.startsWith("A2"),
      ),
    );
    expect(codes(policyOf(pool(), "beacon"))).toContain("C3 TRANSLATION_DROPPED");
    expect(codes(policyOf(pool(), "anchor"))).toContain("C3 TRANSLATION_MISSING");
  });

  it("keeps a label bound to its clause through the translation, and says what it lost", () => {
    const alone = pool({ ...CUTTER, version: 2, clauses: [] });
    expect(policyOf(alone, "anchor").clauses.find(({ id }) => id === "B2")).toMatchObject({
      label: "anchor-secret",
      losses: ["widened"],
      from: "beacon",
      via: ["b-a"],
    });
  });

  it("tells two roads that disagree, and takes neither", () => {
    const twice = pool(
      { ...ANCHOR, version: 2, admits: ["b-a", "b-a2"] },
      translator("b-a2", "beacon", "anchor", {
        terms: { "vuelo-nocturno": "dusk-flight", "beacon-secret": "anchor-secret" },
      }),
    );
    expect(codes(policyOf(twice, "anchor"))).toContain("B1 TRANSLATION_CONTRADICTORY");
  });

  it.each([
    ["future", { version: 3, issued: 101 }, "beacon@3 POLICY_FUTURE"],
    ["expired", { version: 3, expires: 100 }, "beacon@3 POLICY_EXPIRED"],
    ["stale", { version: 3, refreshBy: 99 }, "beacon@3 POLICY_STALE"],
    ["older", { version: 0 }, "beacon@0 POLICY_SUPERSEDED"],
    ["forked", { version: 1, clauses: [] }, "beacon@1 POLICY_FORKED"],
  ])("refuses a policy that is %s", (_, changes, expected) => {
    expect(codes(policyOf(pool({ ...BEACON, ...changes }), "anchor"))).toContain(expected);
  });

  it("holds a translator to its operation, and a clause to its own", () => {
    const scoped = pool(
      { ...ANCHOR, version: 2, admits: ["b-op"] },
      translator("b-op", "beacon", "anchor", { scope: "harvest", terms: { "beacon-secret": "anchor-secret" } }),
    );
    expect(codes(policyOf(scoped, "anchor"))).toContain("b-op TRANSLATION_OUT_OF_SCOPE");
    expect(told(policyOf(scoped, "anchor", 100, "harvest"))).toContain("B1 b-op");
  });
});

describe("a revocation of a translator", () => {
  const REVOKED = { revokes: "c-a", by: "cutter", after: 50 };

  it("takes away exactly that partner's clauses, from its instant on, and nothing else", () => {
    expect(told(policyOf(pool(REVOKED), "anchor", 49))).toEqual(told(policyOf(pool(), "anchor", 49)));
    expect(told(policyOf(pool(REVOKED), "anchor", 50))).toEqual(["A1", "A2", "B2 b-a"]);
    for (const home of ["beacon", "cutter"]) expect(policyOf(pool(REVOKED), home)).toEqual(policyOf(pool(), home));
    expect(codes(policyOf(pool(REVOKED), "anchor"))).toEqual(
      expect.arrayContaining(["c-a TRANSLATION_REVOKED", "C1 TRANSLATION_REVOKED"]),
    );
  });

  it("by someone without standing changes nothing and is told", () => {
    const forged = policyOf(pool({ ...REVOKED, by: "beacon" }), "anchor");
    expect(told(forged)).toEqual(told(policyOf(pool(), "anchor")));
    expect(codes(forged)).toContain("c-a REVOCATION_WITHOUT_STANDING");
  });

  it("by wildcard never lifts one by name", () => {
    const both = policyOf(pool(REVOKED, { revokes: "*", by: "cutter", after: 90 }), "anchor", 60);
    expect(codes(both)).toContain("c-a TRANSLATION_REVOKED");
  });

  it("may be for one operation or one partner", () => {
    const scoped = pool(
      { ...REVOKED, scope: { operation: "harvest" } },
      { revokes: "*", by: "harbour-office", after: 0, scope: { partner: "anchor" } },
    );
    expect(codes(policyOf(scoped, "anchor"))).not.toContain("c-a TRANSLATION_REVOKED");
    expect(codes(policyOf(scoped, "anchor", 100, "harvest"))).toContain("c-a TRANSLATION_REVOKED");
    expect(policyOf(scoped, "beacon")).toEqual(policyOf(pool(), "beacon"));
  });

  it("is previewed as it then happens, whichever it is", () => {
    const named = fc.constantFrom(...TRANSLATORS.map(({ id }) => id), "*");
    fc.assert(
      fc.property(named, fc.constantFrom("anchor", "beacon", "cutter", "harbour-office"), (revokes, by) => {
        const revocation = { revokes, by, after: 100, scope: null, cut: [] };
        const plan = planRevocation(pool(), revocation, 100, null);
        if (!plan.ok) throw new Error(plan.fault.code);
        for (const home of ["anchor", "beacon", "cutter"]) {
          const before = policyOf(pool(), home).clauses.map(({ id }) => id);
          const after = policyOf(pool({ revokes, by, after: 100 }), home).clauses.map(({ id }) => id);
          const change = plan.value.homes.find((one) => one.home === home);
          expect(change?.lost.map(({ id }) => id) ?? []).toEqual(before.filter((id) => !after.includes(id)));
          expect(change?.regained.map(({ id }) => id) ?? []).toEqual(after.filter((id) => !before.includes(id)));
        }
      }),
    );
  });
});

describe("a pool", () => {
  it("takes a star, and a translator without a list, as every clause", () => {
    const covering = (clauses: object) =>
      pool({ ...ANCHOR, version: 2, admits: ["all"] }, translator("all", "cutter", "anchor", clauses));
    const every = told(policyOf(covering({}), "anchor"));
    expect(every).toContain("C1 all");
    expect(told(policyOf(covering({ clauses: "*" }), "anchor"))).toEqual(every);
  });

  it("gives the same policies in any order of its files", () => {
    const documents = [ANCHOR, BEACON, CUTTER, ...TRANSLATORS, { revokes: "c-n", by: "cutter", after: 10 }];
    const expected = policyOf(pool({ revokes: "c-n", by: "cutter", after: 10 }), "beacon");
    fc.assert(
      fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
        const read = readPool(shuffled.map((document, n) => ({ name: `${n}`, document })));
        if (!read.ok) throw new Error(read.fault.code);
        expect(policyOf(read.value, "beacon")).toEqual(expected);
      }),
    );
  });

  it.each([
    ["an unknown document", { hello: 1 }, "POOL_INVALID"],
    ["two translators of one id", [translator("x", "a", "b"), translator("x", "a", "c")], "POOL_INVALID"],
    ["an unknown field", { ...ANCHOR, colour: "red" }, "FIELD_UNKNOWN"],
    ["an unknown effect", { authority: "x", clauses: [{ id: "1", effect: "allow", value: 1 }] }, "FIELD_INVALID"],
    ["a float", { authority: "x", clauses: [permit("1", 0.5)] }, "FIELD_INVALID"],
  ])("refuses %s", (_, document, code) => {
    const read = readPool([{ name: "file", document }]);
    expect(read.ok ? "ok" : read.fault.code).toBe(code);
  });
});
