// Two histories reconciled on both sides: the same winners, mirrored imports, one digest; a limit that stops everything; default deny.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import {
  AGREEMENT,
  type Documents,
  fact,
  HOUR,
  MINUTE,
  mirrored,
  office,
  plant,
  reconciled,
  refusalOf,
  reported,
  sharedEvent,
  stocktaking,
  TRUE_START,
  trueClock,
} from "../../support/meshes.ts";

const codes = (documents: Documents) =>
  Object.fromEntries(reported(documents).refused.map(({ id, code }) => [id, code]));

describe("divergence", () => {
  it("merges 5 % of conflicts by rule, and writes nothing at 35 %", () => {
    const few = reported(stocktaking(100, 5));
    expect(few.verdict).toBe("resolvable");
    expect(few.divergence).toEqual({ measured: { num: 5, den: 100 }, limit: { num: 1, den: 5 }, comparable: 100 });
    expect([few.imported.length, few.conflicts.length]).toEqual([100, 5]);
    const many = reported(stocktaking(100, 35));
    expect([many.verdict, many.imported.length, many.conflicts.length]).toEqual(["unsafe", 0, 35]);
    expect(many.conflicts.every(({ winner }) => winner === null)).toBe(true);
    expect(many.stopped?.code).toBe("DIVERGENCE_OVER_LIMIT");
    expect([many.pending?.task, many.pending?.facts.length, many.pending?.subjects.length]).toEqual(["merge", 100, 35]);
  });

  it("counts the limit itself as above it, no conflict as clean, and nothing to compare as unsafe", () => {
    expect(reported(stocktaking(100, 19)).verdict).toBe("resolvable");
    expect(reported(stocktaking(100, 20)).verdict).toBe("unsafe");
    expect(reported(stocktaking(100, 0)).verdict).toBe("clean");
    const strangers = { agreement: AGREEMENT, ours: plant([fact("a")]), theirs: office([fact("b")]) };
    const report = reported(strangers);
    expect([report.verdict, report.divergence.comparable, report.imported]).toEqual(["unsafe", 0, []]);
    expect(report.stopped?.code).toBe("DIVERGENCE_INCOMPARABLE");
  });

  it("does not take silence for conflict, nor a mesh's own later word, nor a difference within the tolerance", () => {
    const level = (id: string, value: Json, at = 0, sources: string[] = []) =>
      fact(id, { subject: "tank", value, at: [TRUE_START + at, TRUE_START + at + 1], sources });
    const documents = {
      agreement: { ...AGREEMENT, classes: { stock: { disposition: "sharable", tolerance: 2 } } },
      ours: plant([level("a1", 5), level("a2", 70, MINUTE), fact("only-ours")]),
      theirs: office([level("b1", 9), level("b2", 71, 0, ["b1"])]),
    };
    expect(reported(documents).verdict).toBe("clean");
    expect(reported({ ...documents, agreement: AGREEMENT }).verdict).toBe("unsafe");
  });

  it("can weigh by tiers, so that a flood from an authority of little weight stops nothing", () => {
    const honest = Array.from({ length: 10 }, (_, i) =>
      fact(`h${i}`, { subject: `s${i}`, value: i, authority: "auditor" }),
    );
    const flood = Array.from({ length: 10 }, (_, i) => fact(`f${i}`, { subject: `t${i}`, value: -1 }));
    const ours = plant(
      [...honest, ...flood].map((each, i) => ({ ...each, id: `a${i}`, value: i % 10, authority: "ops" })),
    );
    const tiers = { plant: { ops: 3 }, office: { auditor: 9, clerk: 1 } };
    const agreement = { ...AGREEMENT, tiers, divergenceLimit: { num: 3, den: 10 } };
    const documents = { agreement, ours, theirs: office([...honest, ...flood]) };
    expect(reported(documents).verdict).toBe("unsafe");
    const weighed = reported({ ...documents, agreement: { ...agreement, measure: "tiers" } });
    expect([weighed.verdict, weighed.divergence.measured]).toEqual(["resolvable", { num: 10, den: 40 }]);
  });
});

describe("both sides", () => {
  const value = fc.integer({ min: 0, max: 2 });
  const facts = (mesh: string, authorities: readonly string[]) =>
    fc
      .array(
        fc.record({
          subject: fc.constantFrom("s1", "s2", "s3", "s4"),
          value,
          at: fc.integer({ min: 0, max: 50 }).map((at) => [at, at + 5]),
          authority: fc.constantFrom(...authorities),
          class: fc.constantFrom("stock", "secret", "mapped"),
          sources: fc.uniqueArray(fc.constantFrom("plant-0", "plant-1", "office-0", "office-1", "gone"), {
            maxLength: 2,
          }),
        }),
        { maxLength: 8 },
      )
      .map((list) => list.map((each, index) => fact(`${mesh}-${index}`, each)));
  const translator = (from: string, to: string, authorities: Json) => ({ id: `${from}-${to}`, from, to, authorities });
  const scenes = fc
    .record({
      ours: facts("plant", ["ops", "guard"]),
      theirs: facts("office", ["clerk", "boss"]),
      cap: fc.integer({ min: 0, max: 5 }),
      rule: fc.constantFrom("priority", "authority", "admissibility"),
      aligned: fc.boolean(),
    })
    .map(
      ({ ours, theirs, cap, rule, aligned }): Documents => ({
        agreement: {
          ...AGREEMENT,
          classes: { stock: "sharable", secret: "excluded", mapped: "translation-only" },
          divergenceLimit: { num: 2, den: 1 },
          arbitration: { rule, order: ["clerk", "plant"] },
          tiers: { plant: { ops: 3, guard: 1 }, office: { clerk: 2, boss: 4 } },
        },
        ours: plant(ours),
        theirs: office(theirs),
        translators: [
          translator("office", "plant", { boss: { as: "ops", tierCap: cap } }),
          translator("plant", "office", { guard: { as: "clerk", tierCap: cap } }),
        ],
        ...(aligned
          ? {
              alignment: {
                from: "plant",
                to: "office",
                shared: [sharedEvent(0, trueClock, trueClock, 2), sharedEvent(60, trueClock, trueClock, 2)],
              },
            }
          : {}),
      }),
    );

  it("compute one order, one set of winners and one digest, and import from each other only", () => {
    const law = fc.property(scenes, (documents) => {
      const [one, other] = [reported(documents), reported(mirrored(documents))];
      expect(one.digest).toBe(other.digest);
      expect(one.order).toEqual(other.order);
      expect(one.divergence).toEqual(other.divergence);
      expect(one.conflicts.map(({ winner, losers }) => [winner, losers])).toEqual(
        other.conflicts.map(({ winner, losers }) => [winner, losers]),
      );
      expect(one.imported.every(({ origin }) => origin === "office")).toBe(true);
      expect(other.imported.every(({ origin }) => origin === "plant")).toBe(true);
      const told = [...one.imported, ...one.refused].map(({ id }) => id).sort();
      const cyclic = one.refused.filter(({ code }) => code === "LINEAGE_CYCLE").length;
      if (one.verdict !== "unsafe" && cyclic === 0)
        expect(told).toEqual(documents.theirs.facts.map(({ id }) => id).sort());
    });
    fc.assert(law, { numRuns: 150 });
  });

  it("never let an excluded class cross, whatever else holds", () => {
    const law = fc.property(scenes, (documents) => {
      const secret = new Set(
        [...documents.ours.facts, ...documents.theirs.facts].filter((f) => f.class === "secret").map(({ id }) => id),
      );
      const crossed = [reported(documents), reported(mirrored(documents))].flatMap(({ imported }) => imported);
      expect(crossed.filter(({ id }) => secret.has(id))).toEqual([]);
    });
    fc.assert(law);
  });

  it("depend on every input: a changed value, sender or agreement changes the digest", () => {
    const base = stocktaking(3, 1);
    const digests = [
      base,
      { ...base, ours: plant([...base.ours.facts.slice(1), fact("new")]) },
      { ...base, theirs: { ...base.theirs, facts: base.theirs.facts.slice(1) } },
      { ...base, agreement: { ...base.agreement, hops: 2 } },
    ].map((documents) => reconciled(documents).digest);
    expect(new Set(digests).size).toBe(4);
  });
});

describe("what crosses", () => {
  it("is what the agreement names: other classes, directions and third meshes' facts stay", () => {
    const theirs = office([
      fact("plain"),
      fact("secret", { class: "secret" }),
      fact("unheard", { class: "gossip" }),
      fact("one-way", { class: "orders" }),
      fact("third", { origin: "depot" }),
      fact("unnamed", { class: null }),
    ]);
    const orders = { disposition: "sharable", from: ["plant"] };
    const agreement = { ...AGREEMENT, classes: { stock: "sharable", secret: "excluded", orders } };
    const documents = { agreement, ours: plant([fact("mine", { subject: "plain" })]), theirs };
    expect(codes(documents)).toEqual({
      secret: "CLASS_EXCLUDED",
      unheard: "CLASS_EXCLUDED",
      "one-way": "DIRECTION_DENIED",
      third: "ONWARD_DENIED",
      unnamed: "CLASS_EXCLUDED",
    });
    expect(reported(documents).imported.map(({ id }) => id)).toEqual(["plain"]);
    const onward = { ...agreement, classes: { stock: { disposition: "sharable", onward: true } } };
    expect(reported({ ...documents, agreement: onward }).imported.map(({ id, origin }) => [id, origin])).toContainEqual(
      ["third", "depot"],
    );
  });

  it("is nothing without an agreement in force between the two", () => {
    const base = stocktaking(2, 0);
    const refused = (changes: { readonly [key: string]: Json }, at: number | null = null) =>
      refusalOf({ ...base, agreement: { ...AGREEMENT, ...changes }, ...(at === null ? {} : { at }) })?.code;
    expect(refused({ meshes: ["plant", "depot"] })).toBe("AGREEMENT_MESH");
    expect(refused({ notAfter: TRUE_START })).toBe("AGREEMENT_EXPIRED");
    expect(refused({ notAfter: TRUE_START + HOUR }, TRUE_START + HOUR)).toBe("AGREEMENT_EXPIRED");
    expect(refused({ notBefore: TRUE_START + HOUR })).toBe("AGREEMENT_NOT_YET");
    expect(refused({ suspendedBy: ["office"] })).toBe("AGREEMENT_SUSPENDED");
    expect(refused({ meshes: ["plant", "office", "depot"], suspendedBy: ["depot"] })).toBeUndefined();
    expect(refused({ terminatedBy: ["plant"] })).toBe("AGREEMENT_TERMINATED");
    expect(refusalOf({ ...base, theirs: { ...base.theirs, mesh: "plant" } })?.code).toBe("AGREEMENT_MESH");
  });

  it("is told once: what both hold, two bodies under one id, and citations that bite their own tail", () => {
    const documents = {
      agreement: AGREEMENT,
      ours: plant([fact("both"), fact("forged", { value: 1 }), fact("mine", { subject: "theirs" })]),
      theirs: office([
        fact("both", { authority: "ops" }),
        fact("forged", { value: 2 }),
        fact("theirs"),
        fact("x", { sources: ["y"] }),
        fact("y", { sources: ["x"] }),
        fact("self", { sources: ["self"] }),
      ]).facts.map((each) => (each.id === "both" ? { ...each, authority: "ops" } : each)),
    };
    const report = reported({ ...documents, theirs: { ...office([]), facts: documents.theirs } });
    expect(report.held).toEqual(["both"]);
    expect(Object.fromEntries(report.refused.map(({ id, code }) => [id, code]))).toEqual({
      forged: "FACT_CORRUPT",
      x: "LINEAGE_CYCLE",
      y: "LINEAGE_CYCLE",
      self: "LINEAGE_CYCLE",
    });
    expect(report.imported.map(({ id }) => id)).toEqual(["theirs"]);
  });

  it("shows what was withheld: holes in an authority's numbers, and cited facts that are not at hand", () => {
    const theirs = office([
      fact("n1", { sequence: 1, subject: "s" }),
      fact("n2", { sequence: 2, class: "secret" }),
      fact("n6", { sequence: 6, sources: ["n2", "elsewhere"] }),
    ]);
    const { withheld } = reported({ agreement: AGREEMENT, ours: plant([fact("s")]), theirs });
    expect(withheld).toEqual({
      gaps: [{ mesh: "office", authority: "clerk", missing: [3, 5] }],
      stubs: [
        { id: "elsewhere", citedBy: ["n6"] },
        { id: "n2", citedBy: ["n6"] },
      ],
    });
  });
});
