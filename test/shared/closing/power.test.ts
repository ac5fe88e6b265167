// The arithmetic of power: any two quorums share more than the tolerated power, and what honest electors alone hold is a quorum.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { electorateOf, powerOf } from "../../../shared/closing/power.ts";
import { POWER_MAX } from "../../../shared/limits.ts";

const powers = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
const faults = fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 100 })).map(([a, b]) => ({
  num: Math.min(a, b),
  den: b,
}));
const seated = (list: readonly number[]) => list.map((power, seat) => [seat, power] as const);

/** All sets of seats. */
function subsets(seats: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 1 << seats.length }, (_, mask) => seats.filter((_seat, place) => (mask >> place) & 1));
}

describe("an electorate", () => {
  it.each([
    [3, 0, 2],
    [4, 1, 3],
    [5, 1, 4],
    [6, 1, 4],
    [7, 2, 5],
    [10, 3, 7],
    [31, 10, 21],
  ])("of %i equal electors under 33/100 tolerates %i and closes with %i", (count, tolerated, quorum) => {
    const electorate = electorateOf(seated(Array(count).fill(1)), { num: 33, den: 100 });
    expect(electorate).toMatchObject({ total: count, tolerated, quorum });
  });

  it("has quorums of which any two share more than the tolerated power", () => {
    fc.assert(
      fc.property(powers, faults, (list, ratio) => {
        const electorate = electorateOf(seated(list), ratio);
        const quorums = subsets(electorate.seats).filter((set) => powerOf(electorate, set) >= electorate.quorum);
        for (const a of quorums.slice(0, 40))
          for (const b of quorums) {
            const shared = a.filter((seat) => b.includes(seat));
            expect(powerOf(electorate, shared)).toBeGreaterThan(electorate.tolerated);
          }
      }),
      { numRuns: 60 },
    );
  });

  it("reaches a quorum without the tolerated power wherever its total is at least 3f + 1", () => {
    fc.assert(
      fc.property(powers, faults, (list, ratio) => {
        const { total, tolerated, quorum } = electorateOf(seated(list), ratio);
        fc.pre(total >= 3 * tolerated + 1);
        expect(total - tolerated).toBeGreaterThanOrEqual(quorum);
      }),
    );
  });

  it("counts each elector once, and strangers not at all", () => {
    const electorate = electorateOf(
      [
        [4, 7],
        [2, 5],
      ],
      { num: 0, den: 1 },
    );
    expect(powerOf(electorate, [2, 2, 4, 4, 9])).toBe(12);
    expect(powerOf(electorate, [])).toBe(0);
    expect(electorate.seats).toEqual([2, 4]);
  });

  it("is exact at the largest powers and ratios", () => {
    const { total, tolerated, quorum } = electorateOf(seated(Array(31).fill(POWER_MAX)), {
      num: 333_333,
      den: 1_000_000,
    });
    expect([total, tolerated, quorum]).toEqual([31_000_000, 10_333_323, 20_666_662]);
    const wide = (31n * BigInt(POWER_MAX) * 333_333n) / 1_000_000n;
    expect(BigInt(tolerated)).toBe(wide);
  });
});
