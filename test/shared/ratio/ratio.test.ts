// Exact rationals: the laws of a field, one form for one number, and rounding that never moves past it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  ceilingOf,
  compareRatios,
  divide,
  floorOf,
  multiply,
  ONE,
  ratio,
  subtract,
  ZERO,
} from "../../../shared/ratio.ts";

const bigints = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
const ratios = fc.tuple(bigints, bigints).map(([num, den]) => ratio(num, den === 0n ? 1n : den));

describe("a ratio", () => {
  it("has one form, with a positive denominator", () => {
    expect(ratio(6, -4)).toEqual({ num: -3n, den: 2n });
    expect(ratio(0, -7)).toEqual(ZERO);
    fc.assert(fc.property(ratios, bigints, (a, by) => by === 0n || sameForm(a, ratio(a.num * by, a.den * by))));
    expect(() => ratio(1, 0)).toThrow();
  });

  it("obeys the laws of a field", () => {
    const law = fc.property(ratios, ratios, ratios, (a, b, c) => {
      expect(add(a, b)).toEqual(add(b, a));
      expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
      expect(subtract(add(a, b), b)).toEqual(a);
      if (b.num !== 0n) expect(multiply(divide(a, b), b)).toEqual(a);
      expect(multiply(a, ONE)).toEqual(a);
    });
    fc.assert(law);
  });

  it("compares as numbers do, and rounds to the integers next to it", () => {
    const law = fc.property(ratios, ratios, (a, b) => {
      expect(compareRatios(a, b) + compareRatios(b, a)).toBe(0);
      expect(compareRatios(a, b) < 0).toBe(subtract(b, a).num > 0n);
      const [below, above] = [ratio(floorOf(a)), ratio(ceilingOf(a))];
      expect(compareRatios(below, a) <= 0 && compareRatios(a, above) <= 0).toBe(true);
      expect(ceilingOf(a) - floorOf(a)).toBe(a.den === 1n ? 0n : 1n);
    });
    fc.assert(law);
    expect([floorOf(ratio(-1, 2)), ceilingOf(ratio(-1, 2)), floorOf(ratio(1, 2))]).toEqual([-1n, 0n, 0n]);
  });
});

function sameForm(a: { num: bigint; den: bigint }, b: { num: bigint; den: bigint }): boolean {
  return a.num === b.num && a.den === b.den;
}
