// Aggregates: exact arithmetic against a second one in fractions, rounding by name, and what liars can and cannot do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { divide, needed, share } from "../../../shared/outcome/exact.ts";
import type { Rounding } from "../../../shared/policy/policy.ts";
import { type Settings, trial } from "../../support/trials.ts";

function aggregate(payloads: readonly Json[], settings: Settings, powers: readonly number[] = []) {
  const parties = payloads.map((_, index) => ({ id: `c${index}`, role: "contributor", power: powers[index] ?? 1 }));
  const entries = payloads.flatMap((payload, index) => (payload === null ? [] : [{ party: `c${index}`, payload }]));
  return trial("aggregation", { "outcome.minimum": 1, ...settings }, { parties, rounds: [entries] });
}
const values = (...list: readonly number[]) => list.map((value) => ({ value }));
const by = (statistic: string, more: Settings = {}): Settings => ({ "outcome.statistic": statistic, ...more });

describe("statistics", () => {
  it.each([
    ["sum", [1, 2, 4], 7],
    ["mean", [1, 2, 6], 3],
    ["median", [5, 1, 9], 5],
    ["median", [1, 3, 5, 9], 4],
    ["trimmed-mean", [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000], 6],
  ])("%s of %j is %i", (statistic, list, value) => {
    const settings = by(statistic, { "outcome.trim": 100_000 });
    expect(aggregate(values(...list), settings).value).toEqual({ value });
  });

  it("bear the join of the labels of all that they were worked out from, and none where none has any", () => {
    const labelled = [{ value: 1, labels: ["B"] }, { value: 2 }, { value: 900, labels: ["A", "B"] }];
    for (const statistic of ["sum", "mean", "median", "trimmed-mean"])
      for (const order of [labelled, labelled.slice().reverse()])
        expect(aggregate(order, by(statistic, { "outcome.trim": 330_000 })).value).toMatchObject({
          labels: ["A", "B"],
        });
    expect(aggregate([{ vector: [3], labels: ["C"] }, { vector: [1] }], by("union")).value).toEqual({
      vector: [1, 3],
      labels: ["C"],
    });
    expect(aggregate(values(1, 2), by("sum")).value).toEqual({ value: 3 });
    const unsorted = aggregate([{ value: 1, labels: ["B", "A"] }, { value: 2 }], by("sum"));
    expect([unsorted.value, unsorted.excluded.map(({ code }) => code)]).toEqual([{ value: 2 }, ["CONTENT_INVALID"]]);
  });

  it("a weighted mean and median weigh by power", () => {
    expect(aggregate(values(10, 20), by("weighted-mean"), [1, 3]).value).toEqual({ value: 18 });
    expect(aggregate(values(10, 20, 30), by("weighted-median"), [1, 1, 3]).value).toEqual({ value: 30 });
    expect(aggregate(values(10, 20, 30), by("weighted-median"), [2, 1, 1]).value).toEqual({ value: 15 });
  });

  it("vectors go coordinate by coordinate", () => {
    const vectors = [{ vector: [1, 10] }, { vector: [2, 30] }, { vector: [9, 20] }];
    expect(aggregate(vectors, by("median")).value).toEqual({ vector: [2, 20] });
    expect(aggregate(vectors, by("sum")).value).toEqual({ vector: [12, 60] });
  });

  it("a union holds what enough contributors name", () => {
    const sets = [{ vector: [3, 1] }, { vector: [3, 2] }, { value: 3 }];
    expect(aggregate(sets, by("union")).value).toEqual({ vector: [1, 2, 3] });
    expect(aggregate(sets, by("union", { "outcome.support": 2 })).value).toEqual({ vector: [3] });
  });

  it("sums beyond 53 bits stay exact, and beyond 64 bits there is none", () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(aggregate(values(most, most, 1), by("sum")).value).toEqual({ value: String(2n * BigInt(most) + 1n) });
    expect(aggregate(values(most, most, most, 1), by("mean", { "outcome.rounding": "floor" })).value).toEqual({
      value: Number((3n * BigInt(most) + 1n) / 4n),
    });
    const many = values(...Array.from({ length: 2_100 }, () => most));
    expect(aggregate(many, by("sum"))).toMatchObject({ status: "abandoned", cause: "VALUE_OVERFLOW" });
  });

  it.each([
    ["floor", 2, -3],
    ["ceiling", 3, -2],
    ["towards-zero", 2, -2],
    ["half-up", 3, -2],
    ["half-even", 2, -2],
  ])("%s rounds 5/2 to %i and -5/2 to %i", (rounding, above, below) => {
    const mean = (...list: readonly number[]) =>
      aggregate(values(...list), by("mean", { "outcome.rounding": rounding })).value;
    expect([mean(2, 3), mean(-2, -3)]).toEqual([{ value: above }, { value: below }]);
  });
});

describe("contributors", () => {
  it("below the minimum give no result", () => {
    const decision = aggregate([...values(1, 2), null, null], { "outcome.minimum": 3 });
    expect(decision).toMatchObject({ status: "abandoned", cause: "TOO_FEW_CONTRIBUTORS", value: null });
    expect(decision.explanation).toContain("c2 was silent");
  });

  it("that send another length than most do not count", () => {
    const decision = aggregate([{ vector: [1, 2] }, { vector: [3, 4] }, { vector: [5] }], by("sum"));
    expect(decision.value).toEqual({ vector: [4, 6] });
    expect(aggregate([{ vector: [1, 2] }, { value: 3 }], by("sum"))).toMatchObject({ cause: "SHAPES_DIFFER" });
  });

  it("that equivocate have no value", () => {
    const parties = ["a", "b", "c", "d"].map((id) => ({ id, role: "contributor" }));
    const entry = (party: string, value: number) => ({ party, payload: { value } });
    const rounds = [[entry("a", 1), entry("b", 2), entry("c", 3), entry("d", 90), entry("d", 91)]];
    const decision = trial("aggregation", by("mean"), { parties, rounds });
    expect(decision.value).toEqual({ value: 2 });
    expect(decision.excluded.map(({ code }) => code)).toEqual(["SLOT_VOID", "SLOT_VOID"]);
  });

  it("who lie, f of 3f + 1, cannot move a median or a trimmed mean out of the honest range", () => {
    const worlds = fc.integer({ min: 1, max: 4 }).chain((liars) =>
      fc.record({
        honest: fc.array(fc.integer({ min: -1_000, max: 1_000 }), {
          minLength: 2 * liars + 1,
          maxLength: 2 * liars + 1,
        }),
        lies: fc.array(fc.integer(), { minLength: liars, maxLength: liars }),
        statistic: fc.constantFrom("median", "trimmed-mean"),
      }),
    );
    fc.assert(
      fc.property(worlds, ({ honest, lies, statistic }) => {
        const settings = by(statistic, { "outcome.trim": 333_334 });
        const { value } = aggregate(values(...honest, ...lies), settings).value as { value: number };
        expect(value).toBeGreaterThanOrEqual(Math.min(...honest));
        expect(value).toBeLessThanOrEqual(Math.max(...honest));
      }),
      { numRuns: 300 },
    );
  });
});

describe("exact arithmetic", () => {
  const roundings: readonly Rounding[] = ["floor", "ceiling", "towards-zero", "half-up", "half-even"];

  it("rounds to one of the two nearest integers, and exactly where there is nothing to round", () => {
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.bigInt({ min: 1n, max: 1n << 70n }),
        fc.constantFrom(...roundings),
        (n, d, rounding) => {
          const quotient = divide(n, d, rounding);
          const rest = n - quotient * d;
          expect((rest < 0n ? -rest : rest) < d).toBe(true);
          expect(divide(quotient * d, d, rounding)).toBe(quotient);
          if (rounding === "floor") expect(rest >= 0n).toBe(true);
          if (rounding === "ceiling") expect(rest <= 0n).toBe(true);
          if (rounding.startsWith("half")) expect(2n * (rest < 0n ? -rest : rest) <= d).toBe(true);
        },
      ),
    );
  });

  it("takes shares of totals that 53 bits would round", () => {
    expect(share(Number.MAX_SAFE_INTEGER, { num: 999_999, den: 1_000_000 })).toBe(
      Number((BigInt(Number.MAX_SAFE_INTEGER) * 999_999n) / 1_000_000n),
    );
    expect([
      needed({ num: 2, den: 3 }, 3),
      needed({ num: 2, den: 3 }, 4),
      needed({ num: 0, den: 1 }, 4),
      needed(5, 3),
    ]).toEqual([2, 3, 1, 5]);
  });
});
