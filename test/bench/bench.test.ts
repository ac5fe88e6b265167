// The measures that need no server: what they count is exact, whatever the machine.
import { describe, expect, it } from "vitest";
import { measureOutcome, slopeOf } from "./outcome.ts";
import { measureReconcile } from "./reconcile.ts";

describe("the benchmark", () => {
  it("finds every difference in few round trips, in bytes that go with the difference", () => {
    for (const { difference, bytes, roundTrips } of measureReconcile([{ size: 2_000, difference: 20 }])) {
      expect(bytes).toBeLessThan(110 * difference);
      expect(roundTrips).toBeLessThanOrEqual(6);
    }
  });

  it("decides auctions of growing size, and tells the slope of what they cost", () => {
    const costs = measureOutcome([100, 1_000]);
    expect(costs.map(({ contributions }) => contributions)).toEqual([100, 1_000]);
    for (const { microsPer } of costs) expect(microsPer).toBeGreaterThan(0);
    const linear = [100, 1_000, 10_000].map((contributions) => ({ contributions, microsPer: 3 }));
    expect(slopeOf(linear)).toBeCloseTo(1, 9);
    const square = [100, 1_000].map((contributions) => ({ contributions, microsPer: contributions }));
    expect(slopeOf(square)).toBeCloseTo(2, 9);
  });
});
