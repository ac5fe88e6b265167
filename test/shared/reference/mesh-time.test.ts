// Five clocks between three hours slow and two hours fast: nobody's wall clock is right, and all that happened is still put in order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apart, inOrder, orderOf, reachOfWindow } from "../../../shared/reference/interval.ts";
import { alignClocks, type ClockEvent, type Offset } from "../../../shared/reference/mesh-time.ts";

const HOUR = 3_600_000_000;
const DEMAND = { least: 3, maxUncertainty: null, maxDispersion: null };
const WRONG: Readonly<Record<string, number>> = { a: -3 * HOUR, b: -HOUR, c: 0, d: 70_000_000, e: 2 * HOUR };
const NAMES = Object.keys(WRONG);

/** What each clock measured of each other one, 20 ms around the truth; `lie` changes what some say. */
function measured(wrong = WRONG, lie: (offset: Offset) => Offset = (offset) => offset): readonly Offset[] {
  const pairs = NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to) => ({ from, to })));
  return pairs.map(({ from, to }, index) => {
    const truth = (wrong[to] as number) - (wrong[from] as number);
    const error = ((index * 7_919) % 20_001) - 10_000;
    return lie({ id: `${from}${to}`, from, to, offset: [truth + error - 10_000, truth + error + 10_000] });
  });
}

/** Ten events, a second apart in truth, each stamped by one of the clocks as it runs. */
function stamped(wrong = WRONG): readonly ClockEvent[] {
  return Array.from({ length: 10 }, (_, index) => {
    const clock = NAMES[(index * 3) % NAMES.length] as string;
    const at = 1_000 * HOUR + index * 1_000_000 + (wrong[clock] as number);
    return { id: `event ${index}`, clock, at: [at, at] as const };
  });
}
const IN_ORDER = Array.from({ length: 10 }, (_, index) => [`event ${index}`]);

describe("clocks that align themselves", () => {
  it("put ten events in order", () => {
    const found = alignClocks(measured(), stamped(), null, DEMAND);
    expect(found.order).toEqual(IN_ORDER);
    expect(found.excluded).toEqual([]);
    expect(found.unplaced).toEqual([]);
  });

  it("put them in the same order when every wall clock is shifted, together or each by its own constant", () => {
    const shifts = fc.array(fc.integer({ min: -100 * HOUR, max: 100 * HOUR }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(shifts, (each) => {
        const shifted = Object.fromEntries(
          NAMES.map((name, index) => [name, (WRONG[name] as number) + (each[index] as number)]),
        );
        expect(alignClocks(measured(shifted), stamped(shifted), null, DEMAND).order).toEqual(IN_ORDER);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it("outvote one that misleads, and name its readings", () => {
    const lie = (offset: Offset): Offset =>
      offset.from === "b" ? { ...offset, offset: [offset.offset[0] + HOUR, offset.offset[1] + HOUR] } : offset;
    const honest = stamped().filter(({ clock }) => clock !== "b");
    const found = alignClocks(measured(WRONG, lie), honest, null, DEMAND);
    expect(found.order).toEqual(honest.map(({ id }) => [id]));
    expect(found.excluded.every(({ id }) => id.includes("b"))).toBe(true);
    expect(found.excluded.length).toBeGreaterThan(0);
  });

  it("do not place a clock that nobody can reach", () => {
    const events = [...stamped(), { id: "stray", clock: "z", at: [0, 0] as const }];
    const found = alignClocks(measured(), events, null, DEMAND);
    expect(found.unplaced).toMatchObject([{ id: "stray", fault: { code: "TIME_UNLINKED" } }]);
    expect(found.order).toEqual(IN_ORDER);
  });

  it("give the same answer in whatever order the readings come", () => {
    const [forth, back] = [measured(), [...measured()].reverse()];
    expect(alignClocks(back, [...stamped()].reverse(), null, DEMAND)).toEqual(
      alignClocks(forth, stamped(), null, DEMAND),
    );
  });
});

describe("intervals", () => {
  it("are before, after, or concurrent where they touch", () => {
    expect([orderOf([0, 4], [5, 9]), orderOf([5, 9], [0, 4]), orderOf([0, 5], [5, 9])]).toEqual([
      "before",
      "after",
      "concurrent",
    ]);
  });

  it("lie in a window, straddle its end, or miss it", () => {
    const reach = (least: number, most: number) => reachOfWindow([least, most], [10, 20]);
    expect([reach(10, 20), reach(9, 10), reach(20, 21), reach(0, 9), reach(21, 30)]).toEqual([
      "within",
      "straddles",
      "straddles",
      "beyond",
      "beyond",
    ]);
  });

  it("are grouped with whatever they overlap, directly or through others", () => {
    const event = (id: string, least: number, most: number) => ({ id, at: [least, most] as const });
    const groups = inOrder([event("d", 9, 9), event("b", 3, 6), event("a", 0, 3), event("c", 6, 7)]);
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([["a", "b", "c"], ["d"]]);
  });

  it("are at least and at most so far apart", () => {
    expect(apart([0, 2], [5, 9])).toEqual([3, 9]);
    expect(apart([0, 6], [5, 9])).toEqual([0, 9]);
  });
});
