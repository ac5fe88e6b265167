import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Participant } from "../../../shared/reference/fix.ts";
import { parseProfile } from "../../../shared/reference/profile.ts";
import { judgeProximity } from "../../../shared/reference/proximity.ts";
import { also, at, codesOf, keyed, LOCAL, METRE, profileOf } from "../../support/places.ts";

const fenced = (more: object = {}) =>
  profileOf({
    constraints: [{ kind: "fence", frame: LOCAL, fence: { centre: [0, 0, 0], radius: 50 * METRE } }],
    ...more,
  });
const ranged = (limit: number, more: object = {}) =>
  profileOf({ constraints: [{ kind: "range", frame: LOCAL, limit }], ...more });

describe("who counts", () => {
  it("leaves out the one of five that is outside the fence, with a reason", () => {
    const five = [0, 10, 20, 30, 51].map((metres, index) => at(`party ${index}`, [metres * METRE, 0, 0]));
    const judged = judgeProximity(fenced({ least: 4 }), five);
    expect(judged.verdict).toBe("satisfied");
    expect(judged.counted).toEqual(["party 0", "party 1", "party 2", "party 3"]);
    expect(judged.excluded).toEqual(["party 4"]);
    expect(codesOf(fenced(), five)).toEqual({ "party 4": "OUTSIDE_PLACE" });
    expect(judgeProximity(fenced(), five).verdict).toBe("not satisfied");
  });

  it("leaves out the one of five under another key", () => {
    const five = ["a", "b", "c", "d"].map((id) => keyed(id, "plant-7")).concat(keyed("e", "plant-8"));
    const profile = profileOf({ constraints: [{ kind: "shared-key", frame: "site" }] });
    expect(codesOf(profile, five)).toEqual({ e: "PLACE_KEY" });
    const named = profileOf({ constraints: [{ kind: "shared-key", frame: "site", key: "plant-8" }] });
    expect(judgeProximity(named, five).counted).toEqual(["e"]);
  });

  it("prefers neither of two keys that are held equally often", () => {
    const profile = profileOf({ constraints: [{ kind: "shared-key", frame: "site" }] });
    const four = [keyed("a", "x"), keyed("b", "x"), keyed("c", "y"), keyed("d", "y")];
    expect(judgeProximity(profile, four).counted).toEqual([]);
  });

  it("gives 49 m ± 5 m the benefit of the doubt against 50 m where the policy is lenient, and only there", () => {
    const party = [at("acme", [49 * METRE, 0, 0], { uncertainty: 5 * METRE })];
    expect(codesOf(fenced({ mode: "conservative" }), party)).toEqual({ acme: "PLACE_UNCERTAIN" });
    expect(codesOf(fenced({ mode: "strict" }), party)).toEqual({ acme: "PLACE_UNCERTAIN" });
    expect(judgeProximity(fenced({ mode: "lenient" }), party).verdict).toBe("satisfied");
    const far = [at("acme", [56 * METRE, 0, 0], { uncertainty: 5 * METRE })];
    expect(codesOf(fenced({ mode: "lenient" }), far)).toEqual({ acme: "OUTSIDE_PLACE" });
  });

  it("keeps within a jurisdiction level by level", () => {
    const profile = profileOf({ constraints: [{ kind: "jurisdiction", within: ["NL", "DE/BY"] }] });
    const stated = (id: string, key: string) => keyed(id, key, "jurisdiction");
    const parties = [stated("a", "NL/ZH"), stated("b", "NLX"), stated("c", "DE"), stated("d", "DE/BY")];
    expect(codesOf(profile, parties)).toEqual({ b: "PLACE_JURISDICTION", c: "PLACE_JURISDICTION" });
  });

  it("cannot tell where a frame is missing, and waits", () => {
    const judged = judgeProximity(fenced(), [at("acme", [0, 0, 0]), at("bolt", [0, 0, 0], { frame: "local:other" })]);
    expect(judged.verdict).toBe("indeterminate");
    expect(judged.unknown).toEqual(["bolt"]);
    expect(codesOf(fenced(), [at("acme", null)])).toEqual({ acme: "PLACE_MISSING" });
  });
});

describe("ranges between all pairs", () => {
  it("is exact at the limit", () => {
    const pair = [at("a", [0, 0, 0]), at("b", [30_000, 40_000, 0])];
    expect(judgeProximity(ranged(50_000), pair).verdict).toBe("satisfied");
    expect(codesOf(ranged(49_999), pair)).toEqual({ a: "PLACE_APART", b: "PLACE_APART" });
  });

  it("lets the one go that is far from all, and keeps the rest", () => {
    const parties = [at("a", [0, 0, 0]), at("b", [5, 0, 0]), at("c", [0, 5, 0]), at("z", [999, 0, 0])];
    expect(codesOf(ranged(10), parties)).toEqual({ z: "PLACE_APART" });
  });

  it("adds the uncertainties of both ends", () => {
    const pair = [at("a", [0, 0, 0], { uncertainty: 3 }), at("b", [90, 0, 0], { uncertainty: 8 })];
    expect(codesOf(ranged(100), pair)).toEqual({ a: "PLACE_UNCERTAIN", b: "PLACE_UNCERTAIN" });
    expect(judgeProximity(ranged(101), pair).verdict).toBe("satisfied");
  });

  it("lets nobody push the others out by speaking often: organisations are counted, not observations", () => {
    const often = (one: (id: string, authority: string) => Participant) => [
      ...["bolt", "cargo", "dock"].map((authority) => one(`of ${authority}`, authority)),
      ...[1, 2, 3, 4].map((index) => one(`stray ${index}`, "acme")),
    ];
    const honest = ["of bolt", "of cargo", "of dock"];
    const far = often((id, authority) => at(id, [authority === "acme" ? 900 * METRE : 0, 0, 0], { authority }));
    expect(judgeProximity(ranged(50 * METRE), far).counted).toEqual(honest);
    const elsewhere = often((id, authority) => ({ ...keyed(id, authority === "acme" ? "x" : "plant-7"), authority }));
    const shared = profileOf({ constraints: [{ kind: "shared-key", frame: "site" }] });
    expect(judgeProximity(shared, elsewhere).counted).toEqual(honest);
  });

  it("gives the same verdict and findings in any order, and names decide nothing", () => {
    const coordinate = fc.integer({ min: 0, max: 60 });
    const arbitrary = fc.array(fc.tuple(coordinate, coordinate, fc.nat(6)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 50 }), fc.nat(), (rows, limit, seed) => {
        const parties = rows.map(([x, y, uncertainty], index) => at(`p${index}`, [x, y, 0], { uncertainty }));
        const shuffled = shuffle(parties, seed);
        const judged = judgeProximity(ranged(limit), parties);
        expect(judgeProximity(ranged(limit), shuffled)).toEqual(judged);
        const renamed = parties.map((party, index) => ({ ...party, id: `q${9 - index}`, authority: `q${9 - index}` }));
        const back = judgeProximity(ranged(limit), renamed).counted.map((id) => `p${9 - Number(id.slice(1))}`);
        expect(back.sort()).toEqual(judged.counted);
        // Those who stay really are within the limit of each other.
        const staying = parties.filter(({ id }) => judged.counted.includes(id));
        expect(judgeProximity(ranged(limit), staying).verdict).toBe("satisfied");
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it("judges 256 participants who leave one after another in well under a second", () => {
    const parties = Array.from({ length: 256 }, (_, index) => at(`p${index}`, [index * index, 0, 0]));
    const start = performance.now();
    expect(judgeProximity(ranged(1), parties).counted.length).toBeLessThan(3);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

function shuffle(parties: readonly Participant[], seed: number): readonly Participant[] {
  return parties
    .map((party, index) => ({ party, rank: (index * 7_919 + seed) % 101 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ party }) => party);
}

describe("what others measured", () => {
  const range = (other: string, distance: number, uncertainty = 10) => ({ with: other, distance, uncertainty });
  const corroborated = (more: object = {}) => fenced({ corroboration: 1, ...more });

  it("takes a bare claim only where the profile does", () => {
    const bare = [at("a", [0, 0, 0]), at("b", [3_000, 4_000, 0])];
    expect(judgeProximity(fenced(), bare).verdict).toBe("satisfied");
    expect(codesOf(corroborated(), bare)).toEqual({ a: "PLACE_UNCORROBORATED", b: "PLACE_UNCORROBORATED" });
    expect(judgeProximity(corroborated(), bare).verdict).toBe("indeterminate");
  });

  it("counts a range that both ends signed and that fits, and none that only one signed", () => {
    const both = [
      at("a", [0, 0, 0], { ranges: [range("b", 5_000)] }),
      at("b", [3_000, 4_000, 0], { ranges: [range("a", 5_010)] }),
    ];
    expect(judgeProximity(corroborated(), both).verdict).toBe("satisfied");
    expect(judgeProximity(corroborated(), both).basis.get("a")).toBe("corroborated");
    const [one, other] = both as [Participant, Participant];
    expect(codesOf(corroborated(), [one, at("b", [3_000, 4_000, 0])])).toMatchObject({ a: "PLACE_UNCORROBORATED" });
    const disagreeing = at("b", [3_000, 4_000, 0], { ranges: [range("a", 6_000)] });
    expect(codesOf(corroborated(), [one, disagreeing])).toMatchObject({ a: "PLACE_UNCORROBORATED" });
    expect(other.id).toBe("b");
  });

  it("finds the liar among those who measured each other", () => {
    const truth = { a: [0, 0, 0], b: [3_000, 4_000, 0], c: [6_000, 0, 0] } as const;
    const measured = { ab: 5_000, ac: 6_000, bc: 5_000 };
    const parties = [
      at("a", truth.a, { ranges: [range("b", measured.ab), range("c", measured.ac)] }),
      at("b", truth.b, { ranges: [range("a", measured.ab), range("c", measured.bc)] }),
      at("c", [40_000, 0, 0], { ranges: [range("a", measured.ac), range("b", measured.bc)] }),
    ];
    expect(judgeProximity(fenced(), parties).counted).toEqual(["a", "b", "c"]);
    expect(codesOf(corroborated(), parties).c).toBe("PLACE_CONTRADICTED");
  });

  it("gives an organisation one say however many devices it measures with", () => {
    const mine = (id: string) => at(id, [1_000, 0, 0], { authority: "acme", ranges: [range("b", 1_000)] });
    const ranges = ["a1", "a2", "a3"].map((id) => range(id, 1_000));
    const target = at("b", [0, 0, 0], { ranges });
    const judged = judgeProximity(fenced({ corroboration: 2 }), [mine("a1"), mine("a2"), mine("a3"), target]);
    expect(
      judged.findings.find(({ participant, name }) => participant === "b" && name === "corroboration")?.verdict,
    ).toBe("unknown");
  });

  it("asks for neighbours by co-signed ranges, and judges the rest again without who has none", () => {
    const profile = profileOf({ constraints: [{ kind: "adjacency", limit: 50_000, least: 1 }] });
    const chain = [
      at("a", null, { ranges: [range("b", 40_000)] }),
      at("b", null, { ranges: [range("a", 40_000)] }),
      at("c", null, { ranges: [range("b", 40_000)] }),
    ];
    expect(codesOf(profile, chain)).toEqual({ c: "PLACE_ISOLATED" });
    const two = profileOf({ constraints: [{ kind: "adjacency", limit: 50_000, least: 2 }] });
    expect(judgeProximity(two, chain).counted).toEqual([]);
  });
});

describe("frames", () => {
  const quarter = [0, -1_000_000_000, 0, 1_000_000_000, 0, 0, 0, 0, 1_000_000_000];
  const transform = { from: "local:ship", to: LOCAL, rotation: quarter, translation: [10_000, 0, 0], uncertainty: 100 };

  it("carries a relative position into another frame, and adds what that may have moved", () => {
    const profile = fenced({ transforms: [transform], constraints: [{ kind: "range", frame: LOCAL, limit: 1_102 }] });
    // [0, −1000] on the ship is a quarter turn and ten metres from [11000, 0] on the yard.
    const parties = [at("ship", [0, -1_000, 0], { frame: "local:ship" }), at("yard", [12_000, 0, 0])];
    expect(judgeProximity(profile, parties).verdict).toBe("satisfied");
    const tight = fenced({ transforms: [transform], constraints: [{ kind: "range", frame: LOCAL, limit: 1_101 }] });
    expect(codesOf(tight, parties)).toEqual({ ship: "PLACE_UNCERTAIN", yard: "PLACE_UNCERTAIN" });
  });

  it.each([
    ["stretches", [2_000_000_000, 0, 0, 0, 1_000_000_000, 0, 0, 0, 1_000_000_000]],
    ["shrinks", [500_000_000, 0, 0, 0, 1_000_000_000, 0, 0, 0, 1_000_000_000]],
    ["mirrors", [-1_000_000_000, 0, 0, 0, 1_000_000_000, 0, 0, 0, 1_000_000_000]],
  ])("refuses a matrix that %s", (_, rotation) => {
    const document = {
      constraints: [{ kind: "range", frame: LOCAL, limit: 1 }],
      transforms: [{ ...transform, rotation }],
    };
    expect(parseProfile(document)).toMatchObject({ ok: false, fault: { code: "FILE_SHAPE" } });
  });

  it("lets a party state several places", () => {
    const profile = profileOf({
      constraints: [
        { kind: "shared-key", frame: "site" },
        { kind: "fence", frame: LOCAL, fence: { centre: [0, 0, 0], radius: 10 } },
      ],
    });
    const both = also(keyed("a", "plant-7"), { frame: LOCAL, position: [0, 0, 9], uncertainty: 1, ranges: [] });
    expect(judgeProximity(profile, [both]).verdict).toBe("satisfied");
  });
});
