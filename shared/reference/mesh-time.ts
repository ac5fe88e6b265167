// A frame of time that several clocks make among themselves (SPEC §17.3). Nobody's clock is right: each is placed by its offset to one of
// them, over every path that leads there, and a clock that misleads is outvoted by the paths that avoid it.
import type { Interval } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { type Agreement, agree, type Demand, type Excluded, type Reading } from "./clock-agreement.ts";
import { add, inOrder, intersect, negate } from "./interval.ts";

/** What is added to a reading of the clock `from` to get the reading of `to` at the same moment: bounds in microseconds. */
export type Offset = { readonly id: string; readonly from: string; readonly to: string; readonly offset: Interval };

export type ClockEvent = { readonly id: string; readonly clock: string; readonly at: Interval };

export type MeshTime = {
  /** The clock whose readings the frame's are. */
  readonly frame: string;
  /** Where each clock stands: what is added to its readings. */
  readonly clocks: ReadonlyMap<
    string,
    { readonly estimate: number; readonly dispersion: number; readonly offset: Interval }
  >;
  /** Clocks that the paths do not place: none leads there, or no majority of them agrees. */
  readonly adrift: readonly Excluded[];
  readonly used: readonly string[];
  readonly excluded: readonly Excluded[];
  /** Events by the frame's time; those in one group are concurrent. */
  readonly order: readonly (readonly string[])[];
  readonly unplaced: readonly { readonly id: string; readonly fault: Fault }[];
};

/** Aligns all clocks with `frame`, or with the one that the most can be aligned with; of equals, the first by name. */
export function alignClocks(
  offsets: readonly Offset[],
  events: readonly ClockEvent[],
  frame: string | null,
  demand: Demand,
): MeshTime {
  const names = [...new Set(offsets.flatMap(({ from, to }) => [from, to]))].sort();
  const legs = legsOf(offsets);
  const tried = (frame === null ? names : [frame]).map((anchor) => ({
    anchor,
    placed: placeAll(names, legs, anchor, demand),
  }));
  const count = (placed: ReadonlyMap<string, Agreement>) =>
    [...placed.values()].filter(({ is }) => is === "agreed").length;
  const [best] = tried.sort((a, b) => count(b.placed) - count(a.placed));
  const { anchor, placed } = best ?? { anchor: frame ?? "", placed: new Map<string, Agreement>() };
  const clocks = new Map(
    [...placed].flatMap(([name, { is, ...found }]) =>
      is === "agreed" && "offset" in found ? [[name, found] as const] : [],
    ),
  );
  const located = events.flatMap(({ id, clock, at }) => {
    const place = clocks.get(clock);
    return place === undefined ? [] : [{ id, at: add(at, place.offset) }];
  });
  const unplaced = events
    .filter(({ clock }) => !clocks.has(clock))
    .map(({ id, clock }) => ({ id, fault: unlinked(clock, anchor) }));
  const judged = judgeOffsets(offsets, clocks);
  const adrift = [...placed].flatMap(([id, found]) =>
    found.is === "agreed" ? [] : [{ id, fault: found.fault.code === "TIME_FEW" ? unlinked(id, anchor) : found.fault }],
  );
  return {
    frame: anchor,
    clocks,
    adrift,
    ...judged,
    order: inOrder(located).map((group) => group.map(({ id }) => id)),
    unplaced,
  };
}

const unlinked = (attester: string, frame: string): Fault => fault("TIME_UNLINKED", { attester, frame }).fault;

/** Offsets between each two clocks, in both directions; null where what was measured excludes itself. */
type Legs = ReadonlyMap<string, ReadonlyMap<string, Interval | null>>;

function legsOf(offsets: readonly Offset[]): Legs {
  const legs = new Map<string, Map<string, Interval | null>>();
  const put = (from: string, to: string, offset: Interval) => {
    const row = legs.get(from) ?? new Map<string, Interval | null>();
    const known = row.get(to);
    legs.set(from, row.set(to, known === undefined ? offset : known && intersect(known, offset)));
  };
  for (const { from, to, offset } of offsets) {
    if (from === to) continue;
    put(from, to, offset);
    put(to, from, negate(offset));
  }
  return legs;
}

function placeAll(
  names: readonly string[],
  legs: Legs,
  anchor: string,
  demand: Demand,
): ReadonlyMap<string, Agreement> {
  return new Map(
    names.map((name) => [
      name,
      name === anchor
        ? ITSELF
        : agree(pathsTo(anchor, name, names, legs), { ...demand, least: 1, maxUncertainty: null }),
    ]),
  );
}

const ITSELF: Agreement = { is: "agreed", used: [], excluded: [], offset: [0, 0], estimate: 0, dispersion: 0 };

/** The direct leg and those over one other clock: each path is vouched for by who stands between. */
function pathsTo(anchor: string, name: string, names: readonly string[], legs: Legs): readonly Reading[] {
  const leg = (from: string, to: string) => legs.get(from)?.get(to) ?? null;
  const direct = leg(name, anchor);
  const over = names.flatMap((via): Reading[] => {
    const [first, second] = via === name || via === anchor ? [null, null] : [leg(name, via), leg(via, anchor)];
    return first === null || second === null ? [] : [{ id: via, authority: via, offset: add(first, second) }];
  });
  return direct === null ? over : [{ id: name, authority: name, offset: direct }, ...over];
}

/** A measured offset is used where it fits the places of both its clocks. */
function judgeOffsets(
  offsets: readonly Offset[],
  clocks: MeshTime["clocks"],
): { readonly used: readonly string[]; readonly excluded: readonly Excluded[] } {
  const sorted = [...offsets].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const excluded = sorted.flatMap((offset): Excluded[] => {
    const [from, to] = [clocks.get(offset.from), clocks.get(offset.to)];
    const { id } = offset;
    if (from === undefined || to === undefined)
      return [{ id, fault: unlinked(from ? offset.to : offset.from, "the others") }];
    const [least, most] = add(from.offset, negate(to.offset));
    const off = offset.offset[0] > most ? offset.offset[0] - most : Math.min(offset.offset[1] - least, 0);
    return off === 0 ? [] : [{ id, fault: fault("TIME_OUTLIER", { attester: id, off }).fault }];
  });
  const left = new Set(excluded.map(({ id }) => id));
  return { used: sorted.map(({ id }) => id).filter((id) => !left.has(id)), excluded };
}
