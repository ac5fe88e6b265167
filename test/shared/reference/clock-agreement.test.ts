import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Interval } from "../../../shared/observation/observation.ts";
import { type Agreement, agree, type Reading } from "../../../shared/reference/clock-agreement.ts";

const ANY = { least: 1, maxUncertainty: null, maxDispersion: null };
const THREE = { ...ANY, least: 3 };

const reading = (id: string, least: number, most: number, authority = id): Reading => ({
  id,
  authority,
  offset: [least, most],
});
const readings = (...offsets: readonly (readonly [number, number])[]) =>
  offsets.map(([least, most], index) => reading(`clock ${index}`, least, most));

const offsetOf = (found: Agreement) => (found.is === "agreed" ? found.offset : null);
const codesOf = ({ excluded }: Agreement) => Object.fromEntries(excluded.map(({ id, fault }) => [id, fault.code]));

describe("selection by intersection", () => {
  // The three worked examples by which Marzullo's algorithm is usually explained, and one where two majorities lie side by side.
  it.each([
    [
      "three agree",
      [
        [8, 12],
        [11, 13],
        [10, 12],
      ],
      [11, 12],
    ],
    [
      "two of three agree",
      [
        [8, 12],
        [11, 13],
        [14, 15],
      ],
      [11, 12],
    ],
    [
      "two pairs share one clock",
      [
        [8, 9],
        [8, 12],
        [10, 12],
      ],
      [8, 12],
    ],
    [
      "they touch in a point",
      [
        [0, 5],
        [5, 9],
        [20, 30],
      ],
      [5, 5],
    ],
  ] as const)("%s", (_, offsets, expected) => {
    expect(offsetOf(agree(readings(...offsets), THREE))).toEqual(expected);
  });

  it("leaves out liars with a reason, and is not moved by them", () => {
    const honest = [reading("a", -20, 40), reading("b", -10, 50), reading("c", 0, 60)];
    const liars = [reading("x", 9_000_000, 9_000_100), reading("y", -7_000_000, -6_999_000)];
    const found = agree([...honest, ...liars], THREE);
    expect(found).toMatchObject({ is: "agreed", estimate: 20, dispersion: 20, used: ["a", "b", "c"] });
    expect(codesOf(found)).toEqual({ x: "TIME_OUTLIER", y: "TIME_OUTLIER" });
    expect(found.excluded.map(({ fault }) => fault.detail.off)).toEqual([8_999_960, -6_999_000]);
  });

  it("reports two camps and averages nothing", () => {
    const found = agree(readings([0, 10], [5, 15], [1_000, 1_010], [1_005, 1_015]), THREE);
    expect(found).toMatchObject({ is: "none", fault: { code: "TIME_SPLIT" } });
    expect(found.is === "none" && found.camps).toEqual([
      { ids: ["clock 0", "clock 1"], offset: [5, 10] },
      { ids: ["clock 2", "clock 3"], offset: [1_005, 1_010] },
    ]);
    expect(Object.values(codesOf(found))).toEqual(["TIME_SPLIT", "TIME_SPLIT", "TIME_SPLIT", "TIME_SPLIT"]);
  });

  it("counts an organisation once, however often it speaks", () => {
    const loud = Array.from({ length: 9 }, (_, index) => reading(`x${index}`, 500, 510, "liar"));
    const found = agree([reading("a", 0, 10), reading("b", 5, 15), ...loud], THREE);
    expect(offsetOf(found)).toEqual([5, 10]);
    expect(agree([...loud, reading("a", 0, 10)], THREE)).toMatchObject({
      fault: { code: "TIME_FEW", detail: { found: 2 } },
    });
  });

  it("takes no notice of who contradicts itself, or says nothing of use", () => {
    const found = agree(
      [
        ...readings([0, 10], [5, 15], [6, 9]),
        reading("p", 0, 1, "p"),
        reading("q", 8, 9, "p"),
        reading("w", -9_000, 9_000),
      ],
      {
        ...THREE,
        maxUncertainty: 100,
      },
    );
    expect(offsetOf(found)).toEqual([6, 9]);
    expect(codesOf(found)).toEqual({ p: "TIME_CONTRADICTORY", q: "TIME_CONTRADICTORY", w: "TIME_IMPRECISE" });
  });

  it("says when what is agreed is too wide to be of use", () => {
    const wide = readings([0, 5_000], [0, 5_000], [0, 5_000]);
    expect(agree(wide, { ...THREE, maxDispersion: 2_500 }).is).toBe("agreed");
    expect(agree(wide, { ...THREE, maxDispersion: 2_499 })).toMatchObject({ fault: { code: "TIME_DISPERSED" } });
  });
});

const interval = fc
  .tuple(fc.integer({ min: -60, max: 60 }), fc.nat(40))
  .map(([start, width]): Interval => [start, start + width]);
const many = fc.array(interval, { minLength: 1, maxLength: 9 }).map((offsets) => readings(...offsets));

/** NTP's clock select as it is published: from both ends until m − f are counted, f growing from 0 while it is below half. */
function clockSelect(offsets: readonly Interval[]): Interval | null {
  const lows = offsets.map(([low]) => low);
  const highs = offsets.map(([, high]) => high);
  const covered = (at: number) => offsets.filter(([low, high]) => low <= at && at <= high).length;
  for (let falsetickers = 0; 2 * falsetickers < offsets.length; falsetickers++) {
    const enough = (at: number) => covered(at) >= offsets.length - falsetickers;
    const left = [...lows].sort((a, b) => a - b).find(enough);
    const right = [...highs].sort((a, b) => b - a).find(enough);
    if (left !== undefined && right !== undefined) return [left, right];
  }
  return null;
}

describe("properties", () => {
  it("finds what NTP's clock select finds, and fails where it fails", () => {
    fc.assert(
      fc.property(many, (given) => {
        expect(offsetOf(agree(given, ANY))).toEqual(clockSelect(given.map(({ offset }) => offset)));
      }),
      { numRuns: 3_000, seed: 5 },
    );
  });

  it("is the same in any order, and moves with a constant by exactly that constant", () => {
    fc.assert(
      fc.property(many, fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (given, shift) => {
        const found = agree(given, ANY);
        expect(agree([...given].reverse(), ANY)).toEqual(found);
        const shifted = agree(
          given.map(({ offset, ...rest }) => ({ ...rest, offset: [offset[0] + shift, offset[1] + shift] as const })),
          ANY,
        );
        expect(shifted.excluded).toEqual(found.excluded);
        expect(shifted.is === "agreed" && shifted.estimate - shift).toEqual(found.is === "agreed" && found.estimate);
      }),
      { numRuns: 1_000, seed: 6 },
    );
  });

  it("is off by no more than the widest honest reading while fewer than half lie, however they lie", () => {
    let worst = 0;
    const honest = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(honest, fc.array(interval, { maxLength: 5 }), (around, lies) => {
        fc.pre(lies.length < around.length);
        // The truth is 0, and every honest reading holds it.
        const truth = around.map(([below, above]) => [0 - below, above] as const);
        const found = agree(readings(...truth, ...lies), ANY);
        if (found.is === "none") throw new Error("a majority agrees, and it was not found");
        const widest = Math.max(...truth.map(([least, most]) => most - least));
        worst = Math.max(worst, Math.abs(found.estimate) / Math.max(widest, 1));
        expect(Math.abs(found.estimate)).toBeLessThanOrEqual(widest);
      }),
      { numRuns: 3_000, seed: 8 },
    );
    expect(worst).toBeLessThanOrEqual(1);
  });
});
