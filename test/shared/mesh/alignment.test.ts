// Clock alignment: the bounds always hold the truth, do not depend on which mesh comes first, and are as narrow as the evidence allows.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Alignment, describeFit, fitClocks, placeInterval } from "../../../shared/mesh/alignment.ts";
import type { Box } from "../../../shared/mesh/clock-line.ts";
import {
  type Clock,
  clockOff,
  HOUR,
  MINUTE,
  SECOND,
  sharedEvent,
  TRUE_START,
  trueClock,
} from "../../support/meshes.ts";

const alignment = (shared: readonly Box[], changes: Partial<Alignment> = {}): Alignment => ({
  id: "al-1",
  from: "a",
  to: "b",
  shared,
  driftPpm: null,
  expires: null,
  ...changes,
});

function fitted(shared: readonly Box[], changes: Partial<Alignment> = {}) {
  const fit = fitClocks(alignment(shared, changes));
  if (!fit.ok) throw new Error(fit.fault.code);
  return fit.value;
}

const codeOf = (given: Alignment) => {
  const fit = fitClocks(given);
  return fit.ok ? null : fit.fault.code;
};

const seen = (moment: number, from: Clock, to: Clock, margin?: number) => sharedEvent(moment, from, to, margin) as Box;

/** How much later than the truth, and earlier, a reading is bounded. */
function slack(shared: readonly Box[], from: Clock, to: Clock, moment: number): readonly [number, number] {
  const [earliest, latest] = placeInterval(fitted(shared), [from(moment), from(moment)]);
  return [to(moment) - Number(earliest), Number(latest) - to(moment)];
}

describe("an alignment of two clocks", () => {
  it("bounds every reading, however the clock was off, from any two or more shared events", () => {
    const moments = fc.array(fc.integer({ min: 0, max: 6 * HOUR }), { minLength: 2, maxLength: 8 });
    const law = fc.property(
      moments,
      fc.integer({ min: -HOUR, max: HOUR }),
      fc.integer({ min: -200, max: 200 }),
      fc.integer({ min: 1, max: SECOND }),
      fc.integer({ min: -12 * HOUR, max: 12 * HOUR }),
      (at, offset, ppm, margin, asked) => {
        const far = [...at, 0, 7 * HOUR].map((moment) =>
          seen(TRUE_START + moment, trueClock, clockOff(offset, ppm), margin),
        );
        const [early, late] = slack(far, trueClock, clockOff(offset, ppm), TRUE_START + asked);
        expect(Math.min(early, late)).toBeGreaterThanOrEqual(0);
      },
    );
    fc.assert(law);
  });

  it("gives bounds of milliseconds six hours on from three events read to a millisecond, 47 minutes and 20 ppm apart", () => {
    const fast = clockOff(47 * MINUTE, 20);
    const shared = [0, HOUR, 2 * HOUR].map((moment) => seen(TRUE_START + moment, trueClock, fast));
    const [early, late] = slack(shared, trueClock, fast, TRUE_START + 6 * HOUR);
    expect(Math.max(early, late)).toBeLessThan(15_000);
    expect(describeFit(fitted(shared)).steps).toEqual([]);
  });

  it("narrows with more evidence and never widens", () => {
    const fast = clockOff(MINUTE, 50);
    const few = [0, 1, 2].map((hours) => seen(TRUE_START + hours * HOUR, trueClock, fast, 5_000));
    const many = [...few, seen(TRUE_START + 4 * HOUR, trueClock, fast, 5_000)];
    const [before, after] = [few, many].map((shared) => slack(shared, trueClock, fast, TRUE_START + 5 * HOUR));
    expect(after?.[0]).toBeLessThan(before?.[0] as number);
    expect(after?.[1]).toBeLessThan(before?.[1] as number);
  });

  it("is the same fit whichever mesh is named first", () => {
    const shared = [0, 1, 3].map((hours) => seen(TRUE_START + hours * HOUR, clockOff(MINUTE, -30), trueClock, 500));
    const turned = shared.map(({ from, to }) => ({ from: to, to: from }));
    expect(fitted(turned, { from: "b", to: "a" })).toEqual(fitted(shared));
  });

  it("finds a step, and lets both readings hold until it is over", () => {
    const stepped: Clock = (moment) => moment + (moment < TRUE_START + 3 * HOUR ? 0 : 10 * MINUTE);
    const shared = [0, 1, 2, 4, 5, 6].map((hours) => seen(TRUE_START + hours * HOUR, trueClock, stepped));
    const fit = fitted(shared);
    expect(describeFit(fit).steps).toEqual([
      { after: TRUE_START + 2 * HOUR + 1_000, before: TRUE_START + 4 * HOUR - 1_000 },
    ]);
    for (const minutes of [30, 100, 150, 200, 300, 400]) {
      const [early, late] = slack(shared, trueClock, stepped, TRUE_START + minutes * MINUTE);
      expect(Math.min(early, late)).toBeGreaterThanOrEqual(0);
      expect(Math.max(early, late)).toBeLessThan(minutes > 120 && minutes < 240 ? 10 * MINUTE + 9_000 : 9_000);
    }
  });

  it("refuses witnesses that contradict each other, and evidence that does not fix the rate", () => {
    const sound = [0, 1, 2].map((hours) => seen(TRUE_START + hours * HOUR, trueClock, trueClock));
    const lie: Box = { from: [TRUE_START + HOUR + 9_000, TRUE_START + HOUR + 9_001], to: [TRUE_START, TRUE_START + 1] };
    expect(codeOf(alignment([...sound, lie]))).toBe("ALIGNMENT_CONTRADICTORY");
    const double: Box = { from: [TRUE_START, TRUE_START + 1_000], to: [TRUE_START + HOUR, TRUE_START + HOUR + 1] };
    expect(codeOf(alignment([...sound, double]))).toBe("ALIGNMENT_CONTRADICTORY");
    expect(codeOf(alignment([]))).toBe("ALIGNMENT_INSUFFICIENT");
    expect(codeOf(alignment(sound.slice(0, 1)))).toBe("ALIGNMENT_INSUFFICIENT");
    expect(codeOf(alignment([sound[0] as Box, sound[0] as Box]))).toBe("ALIGNMENT_INSUFFICIENT");
    expect(codeOf(alignment(sound.slice(0, 1), { driftPpm: 100 }))).toBeNull();
  });
});
