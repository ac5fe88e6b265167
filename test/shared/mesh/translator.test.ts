// Translators: every loss declared or refused, trust that only shrinks along a chain, originals untouched, and exact units.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { readPlainTranslator } from "../../../shared/mesh/documents/scene.ts";
import { checkLosses } from "../../../shared/mesh/routes.ts";
import { checkRoundTrip, LOSSES } from "../../../shared/mesh/translator.ts";
import {
  AGREEMENT,
  type Documents,
  fact,
  mirrored,
  office,
  plant,
  reported,
  TRUE_START,
} from "../../support/meshes.ts";

type Terms = Record<string, { readonly as: string | null; readonly loss?: string }>;

function read(document: Json) {
  const translator = readPlainTranslator(document, []);
  if (!translator.ok) throw new Error(JSON.stringify(translator.fault));
  return translator.value;
}

/** Thirty elements of which two share their images with others and one unit has none. */
function thirty(): { readonly terms: Terms; readonly units: Terms } {
  const terms: Terms = Object.fromEntries(Array.from({ length: 27 }, (_, index) => [`t${index}`, { as: `u${index}` }]));
  terms.t27 = { as: "u0", loss: "widened" };
  terms.t28 = { as: "u1", loss: "narrowed" };
  return { terms, units: { furlong: { as: null, loss: "dropped" } } };
}

const BASE = { id: "tr-1", from: "office", to: "plant", authorities: { clerk: { as: "ops", tierCap: 2 } } };

describe("the way there and back", () => {
  it("lists exactly the elements that lose something", () => {
    const report = checkRoundTrip(read({ ...BASE, ...thirty() }));
    expect(report.elements).toBe(30);
    expect(report.losses.map(({ element, declared }) => [element, declared])).toEqual([
      ["t27", "widened"],
      ["t28", "narrowed"],
      ["furlong", "dropped"],
    ]);
    expect(report.undeclared).toEqual([]);
  });

  it("refuses a translator as soon as one annotation is missing", () => {
    for (const [kind, element] of [
      ["terms", "t27"],
      ["terms", "t28"],
      ["units", "furlong"],
    ] as const) {
      const whole = thirty();
      const { loss: _, ...bare } = whole[kind][element] as { as: string | null; loss?: string };
      const verdict = checkLosses(read({ ...BASE, ...whole, [kind]: { ...whole[kind], [element]: bare } }));
      expect(verdict.ok ? null : verdict.fault.code).toBe("TRANSLATION_LOSS_UNDECLARED");
    }
    const shared = { a: { as: "m", loss: "widened" }, b: { as: "m", loss: "widened" } };
    expect(checkRoundTrip(read({ ...BASE, terms: shared })).losses.map(({ back }) => back)).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("passes every mapping that is one to one, and no mapping with an undeclared image in common", () => {
    const images = fc.array(fc.constantFrom("x", "y", "z", null), { minLength: 1, maxLength: 5 });
    const law = fc.property(images, fc.infiniteStream(fc.constantFrom(...LOSSES)), (as, losses) => {
      const terms = Object.fromEntries(
        as.map((image, index) => [`t${index}`, { as: image, loss: losses.next().value as string }]),
      );
      const exact = Object.values(terms)
        .filter(({ loss }) => loss === "exact")
        .map((term) => term.as);
      const sound = !exact.includes(null) && new Set(exact).size === exact.length;
      expect(checkLosses(read({ ...BASE, terms })).ok).toBe(sound);
    });
    fc.assert(law);
  });

  it("refuses a unit whose factor it does not know, rather than guess", () => {
    const bad = [
      { as: "kg", per: 2 },
      { as: "kg", factor: 0 },
      { as: "kg", factor: { num: 1, den: 0 } },
      { as: "kg", factor: 1.5 },
    ];
    for (const unit of bad) expect(readPlainTranslator({ ...BASE, units: { lb: unit } }, []).ok).toBe(false);
  });
});

/** One fact of the office about what the plant says too, through these translators. */
function through(
  translators: readonly Json[],
  changes: { readonly [key: string]: Json } = {},
  agreement: object = {},
): Documents {
  return {
    agreement: {
      ...AGREEMENT,
      classes: { stock: "translation-only" },
      tiers: { plant: { ops: 3, chief: 9 }, office: { clerk: 5 }, depot: { keeper: 5 } },
      divergenceLimit: { num: 2, den: 1 },
      ...agreement,
    } as Documents["agreement"],
    ours: plant([fact("ours", { subject: "valve", value: "open" }), fact("known", { subject: "V-7" })]),
    theirs: office([fact("theirs", { subject: "valve", value: "shut", ...changes })]),
    translators,
  };
}

const first = (documents: Documents) => reported(documents).imported[0];
const codesOf = (documents: Documents) => reported(documents).refused.map(({ id, code }) => `${id} ${code}`);

describe("a translated fact", () => {
  it("keeps its original beside the reading, with every loss of its own and no others", () => {
    const terms = {
      shut: { as: "closed", loss: "widened" },
      valve: { as: "V-7" },
      unused: { as: "x", loss: "narrowed" },
    };
    const documents = through([{ ...BASE, terms }]);
    expect(first(documents)).toMatchObject({
      subject: "V-7",
      value: "closed",
      as: "ops",
      tier: 2,
      original: { subject: "valve", value: "shut", authority: "clerk" },
      losses: [{ translator: "tr-1", kind: "term", element: "shut", as: "closed", loss: "widened" }],
      equivalences: [{ translator: "tr-1", from: "clerk", as: "ops", tierCap: 2 }],
    });
    const refusing = { classes: { stock: { disposition: "translation-only", losses: ["narrowed"] } } };
    expect(codesOf(through([{ ...BASE, terms }], {}, refusing))).toEqual(["theirs TRANSLATION_LOSS_REFUSED"]);
  });

  it("says that a conflict may come of the translation", () => {
    const terms = { shut: { as: "closed", loss: "widened" } };
    expect(reported(through([{ ...BASE, terms }])).conflicts[0]?.locus).toEqual(["value", "translation"]);
    expect(reported(through([BASE])).conflicts[0]?.locus).toEqual(["value"]);
  });

  it("has its units converted exactly, however large or small", () => {
    const units = {
      lb: { as: "kg", factor: { num: 45_359_237, den: 100_000_000 } },
      F: { as: "C", factor: { num: 5, den: 9 }, offset: { num: -160, den: 9 } },
    };
    const converted = (amount: Json, unit: string) =>
      first(through([{ ...BASE, units }], { value: { amount, unit } }))?.value;
    expect(converted(100_000_000, "lb")).toEqual({ amount: 45_359_237, unit: "kg" });
    expect(converted(1, "lb")).toEqual({ amount: { num: 45_359_237, den: 100_000_000 }, unit: "kg" });
    expect(converted(212, "F")).toEqual({ amount: 100, unit: "C" });
    expect(converted({ num: 1, den: 3 }, "F")).toEqual({ amount: { num: -475, den: 27 }, unit: "C" });
    expect(converted(7, "mile")).toEqual({ amount: 7, unit: "mile" });
    expect(converted(Number.MAX_SAFE_INTEGER, "lb")).toMatchObject({ unit: "kg" });
  });

  it("is refused where its authority has no counterpart, or where nothing is left of it", () => {
    expect(codesOf(through([]))).toEqual(["theirs TRANSLATION_MISSING"]);
    expect(codesOf(through([{ ...BASE, authorities: { boss: { as: "ops", tierCap: 1 } } }]))).toEqual([
      "theirs TRANSLATION_MISSING",
    ]);
    expect(codesOf(through([{ ...BASE, terms: { shut: { as: null, loss: "dropped" } } }]))).toEqual([
      "theirs TRANSLATION_DROPPED",
    ]);
  });

  it("is refused with its translator: expired, revoked, of another vocabulary, lossy without saying so, or twice", () => {
    const refused = (translator: Json, ...more: Json[]) => codesOf(through([translator, ...more]));
    const both = (code: string) => [`tr-1 ${code}`, `theirs ${code}`];
    expect(refused({ ...BASE, expires: TRUE_START })).toEqual(both("TRANSLATION_EXPIRED"));
    expect(refused(BASE, { revokes: "tr-1", by: "office", after: TRUE_START })).toEqual(both("TRANSLATION_REVOKED"));
    expect(refused(BASE, { revokes: "tr-1", by: "office", after: TRUE_START + 2 })).toEqual([]);
    const by = (name: string): Json => ({ revokes: "tr-1", by: name, after: TRUE_START });
    const [strange, good] = [by("depot"), by("office")];
    expect(refused(BASE, strange)).toEqual([]);
    expect(refused(BASE, strange, good)).toEqual(both("TRANSLATION_REVOKED"));
    expect(refused(BASE, { revokes: "*", by: "office", after: TRUE_START })).toEqual(both("TRANSLATION_REVOKED"));
    expect(refused(BASE, { revokes: "tr-1", by: "office", after: TRUE_START, scope: { partner: "depot" } })).toEqual(
      [],
    );
    expect(refused({ ...BASE, scope: "lantern" })).toEqual(both("TRANSLATION_OUT_OF_SCOPE"));
    expect(refused({ ...BASE, terms: { a: { as: "m" }, b: { as: "m" } } })).toEqual(
      both("TRANSLATION_LOSS_UNDECLARED"),
    );
    const spoken = { ...through([{ ...BASE, taxonomies: { from: "v1" } }]) };
    const upgraded = { ...spoken, theirs: { ...spoken.theirs, taxonomy: "v2" } };
    expect(codesOf(upgraded)).toEqual(both("TRANSLATOR_TAXONOMY"));
    expect(refused(BASE, BASE)).toEqual(["tr-1 TRANSLATOR_TWICE", "tr-1 TRANSLATOR_TWICE", "theirs TRANSLATOR_TWICE"]);
  });

  it("is refused where two translators disagree, and crosses where they agree", () => {
    const other = { ...BASE, id: "tr-2", authorities: { clerk: { as: "chief", tierCap: 9 } } };
    expect(codesOf(through([BASE, other]))).toEqual(["theirs TRANSLATION_CONTRADICTORY"]);
    const same = { ...BASE, id: "tr-2", authorities: { clerk: { as: "ops", tierCap: 1 } } };
    expect(first(through([BASE, same]))).toMatchObject({ as: "ops", tier: 1 });
  });

  it("counts for no more than its source, every cap and every counterpart on the way", () => {
    const tiers = fc.integer({ min: 0, max: 9 });
    const law = fc.property(tiers, tiers, tiers, tiers, tiers, tiers, (own, cap1, mid, cap2, end, ours) => {
      const chain = [
        { id: "one", from: "office", to: "depot", authorities: { clerk: { as: "keeper", tierCap: cap1 } } },
        { id: "two", from: "depot", to: "plant", authorities: { keeper: { as: "chief", tierCap: cap2 } } },
      ];
      const documents = through(
        chain,
        {},
        { tiers: { plant: { ops: ours, chief: end }, office: { clerk: own }, depot: { keeper: mid } } },
      );
      const least = Math.min(own, cap1, mid, cap2, end);
      expect(first(documents)?.tier).toBe(least);
      const winner = least === ours ? "ours" : least > ours ? "theirs" : "ours";
      expect(reported(documents).conflicts[0]?.winner).toBe(winner);
      expect(reported(mirrored(documents)).conflicts[0]?.winner).toBe(winner);
    });
    fc.assert(law);
  });

  it("passes through as many meshes as the agreement lets it, and never twice through one", () => {
    const meshes = ["office", "m1", "m2", "m3", "plant"];
    const links = (path: readonly string[]) =>
      path.slice(1).map((to, index) => ({
        id: `${path[index]}-${to}`,
        from: path[index] as string,
        to,
        authorities: { clerk: { as: "clerk", tierCap: 4 } },
      }));
    const loops = [
      ...links(meshes),
      ...links([...meshes].reverse()),
      ...links(["m1", "office", "m2", "office", "m1"]).map((each) => ({ ...each, id: `loop ${each.id}` })),
    ];
    const reached = (hops: number) => first(through(loops, {}, { hops, tiers: {} }))?.equivalences.length;
    expect([0, 1, 2, 3].map(reached)).toEqual([undefined, undefined, 3, 3]);
  });

  it("reads the other way only where a translator does", () => {
    const documents = through([BASE]);
    expect(reported(documents).imported).toHaveLength(1);
    expect(reported(mirrored(documents)).imported).toHaveLength(0);
    expect(reported(mirrored(documents)).conflicts).toEqual(reported(documents).conflicts);
  });
});
