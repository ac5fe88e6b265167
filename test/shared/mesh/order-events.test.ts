// The order of events against a dumb model: all pairs, closed by hand, cut wherever everything before precedes everything after.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderEvents } from "../../../shared/mesh/order-events.ts";
import type { OrderedEvent } from "../../../shared/mesh/order-graph.ts";

type Spec = { readonly frame: 0 | 1; readonly at: readonly [number, number]; readonly sources: readonly number[] };
type World = { readonly specs: readonly Spec[]; readonly offset: readonly [number, number] | null };

const nameOf = (index: number) => `e${String(index).padStart(2, "0")}`;

/** Frame 0 reads at least `low` and at most `high` behind frame 1. */
function eventsOf({ specs, offset }: World): readonly OrderedEvent[] {
  return specs.map(({ frame, at, sources }, index) => {
    const own = { frame: `f${frame}`, earliest: BigInt(at[0]), latest: BigInt(at[1]) };
    const moved =
      offset === null ? [] : [{ frame: "f1", earliest: BigInt(at[0] + offset[0]), latest: BigInt(at[1] + offset[1]) }];
    return { id: nameOf(index), placements: frame === 0 ? [own, ...moved] : [own], sources: sources.map(nameOf) };
  });
}

/** precedes[a][b], closed under transitivity, of events whose stamps count. */
function closure(events: readonly OrderedEvent[], ignored: ReadonlySet<string>): boolean[][] {
  const precedes = events.map((a) =>
    events.map((b) => {
      const stamped = a.placements.some((x) =>
        b.placements.some((y) => x.frame === y.frame && (x.latest as bigint) < (y.earliest as bigint)),
      );
      return b.sources.includes(a.id) || (stamped && !ignored.has(a.id) && !ignored.has(b.id));
    }),
  );
  for (const k of events.keys())
    for (const a of events.keys())
      for (const b of events.keys())
        if (precedes[a]?.[k] === true && precedes[k]?.[b] === true) (precedes[a] as boolean[])[b] = true;
  return precedes;
}

/** Groups of the finest cut, from the closure. */
function modelGroups(events: readonly OrderedEvent[], precedes: readonly (readonly boolean[])[]): readonly string[][] {
  const line = [...events.keys()].sort((a, b) => rank(precedes, a) - rank(precedes, b) || a - b);
  const groups: string[][] = [[]];
  for (const [position, event] of line.entries()) {
    const before = line.slice(0, position);
    const after = line.slice(position);
    if (position > 0 && before.every((a) => after.every((b) => precedes[a]?.[b] === true))) groups.push([]);
    groups.at(-1)?.push(nameOf(event));
  }
  return groups.map((group) => group.sort()).filter((group) => group.length > 0);
}

function rank(precedes: readonly (readonly boolean[])[], event: number): number {
  return precedes.filter((row) => row[event] === true).length;
}

const spec = (index: number) =>
  fc.record({
    frame: fc.constantFrom(0 as const, 1 as const),
    at: fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 6 }))
      .map(([lo, width]) => [lo, lo + width] as const),
    sources: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.integer({ min: 0, max: index - 1 }), { maxLength: 2 }),
  });
const worlds = fc.integer({ min: 1, max: 14 }).chain((count) =>
  fc.record({
    specs: fc.tuple(...Array.from({ length: count }, (_, index) => spec(index))),
    offset: fc.option(fc.constantFrom([0, 0] as const, [5, 7] as const, [-3, 10] as const)),
  }),
);

describe("the order of events", () => {
  it("is the finest cut of what stamps and lineage prove, as the model finds it", () => {
    const law = fc.property(worlds, (world) => {
      const events = eventsOf(world);
      const { groups, contradicted } = orderEvents(events);
      const precedes = closure(events, new Set(contradicted));
      expect(precedes.some((row, index) => row[index] === true)).toBe(false);
      expect(groups).toEqual(modelGroups(events, precedes));
    });
    fc.assert(law, { numRuns: 1_000 });
  });

  it("sets aside the stamps of what contradicts its own citations, and only those", () => {
    const events = eventsOf({
      offset: null,
      specs: [
        { frame: 0, at: [20, 21], sources: [] },
        { frame: 0, at: [10, 11], sources: [] },
        { frame: 0, at: [0, 1], sources: [0] },
        { frame: 0, at: [30, 31], sources: [0] },
      ],
    });
    const { groups, contradicted } = orderEvents(events);
    expect(contradicted).toEqual(["e02"]);
    expect(groups).toEqual([["e01"], ["e00"], ["e02", "e03"]]);
  });

  it("does not depend on the order in which events are given", () => {
    const law = fc.property(worlds, fc.infiniteStream(fc.nat()), (world, keys) => {
      const events = eventsOf(world);
      const shuffled = events
        .map((event) => ({ event, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event);
      expect(orderEvents(shuffled)).toEqual(orderEvents(events));
    });
    fc.assert(law);
  });

  it("takes ten thousand events of two frames in their stride", () => {
    const events = Array.from({ length: 10_000 }, (_, index): OrderedEvent => {
      const at = BigInt(index * 10);
      const other = index % 2 === 0 ? [{ frame: "f1", earliest: at - 3n, latest: at + 3n }] : [];
      const own = { frame: `f${index % 2}`, earliest: at - 1n, latest: at + 1n };
      return { id: `e${index}`, placements: [own, ...other], sources: index > 1 ? [`e${index - 2}`] : [] };
    });
    expect(orderEvents(events).groups).toHaveLength(10_000);
  });
});
