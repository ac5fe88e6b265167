// Where those who spoke say they were, laid out for a picture: metres east and north of an anchor, or the boxes of a logical frame. For
// people only; what a distance decides is decided elsewhere, in whole millimetres.
import type { Act } from "../../shared/ceremony/picture.ts";
import { GEOCENTRIC, isLogical, type Vector } from "../../shared/reference/place.ts";
import type { Constraint } from "../../shared/reference/profile.ts";

/** Metres in the plane of the picture. */
export type Spot = {
  readonly act: Act;
  readonly east: number;
  readonly north: number;
  readonly distance: number;
  /** Degrees clockwise from north; null at the anchor itself. */
  readonly bearing: number | null;
  readonly uncertainty: number;
  /** Against the smallest ring; null where the policy draws none. */
  readonly inside: boolean | null;
};
export type Scatter = {
  readonly frame: string;
  readonly spots: readonly Spot[];
  /** Radii in metres round the anchor. */
  readonly rings: readonly number[];
  readonly anchor: string;
};
export type Boxes = { readonly frame: string; readonly boxes: ReadonlyMap<string, readonly Act[]> };

type Placed = { readonly act: Act; readonly position: Vector; readonly uncertainty: number };

/** One scatter for each metric frame in which somebody has a position. */
export function scattersOf(acts: readonly Act[], constraints: readonly Constraint[]): readonly Scatter[] {
  const frames = new Map<string, Placed[]>();
  for (const act of speaking(acts)) {
    const { place } = act;
    if (place === null || isLogical(place) || place.position === null) continue;
    const placed = { act, position: place.position, uncertainty: place.uncertainty };
    frames.set(place.frame, [...(frames.get(place.frame) ?? []), placed]);
  }
  return [...frames].map(([frame, placed]) => scatterOf(frame, placed, constraints));
}

/** Who is in which part of each logical frame. */
export function boxesOf(acts: readonly Act[]): readonly Boxes[] {
  const frames = new Map<string, Map<string, readonly Act[]>>();
  for (const act of speaking(acts)) {
    const { place } = act;
    if (place === null || !isLogical(place)) continue;
    const boxes = frames.get(place.frame) ?? new Map<string, readonly Act[]>();
    frames.set(place.frame, boxes.set(place.key, [...(boxes.get(place.key) ?? []), act]));
  }
  return [...frames].map(([frame, boxes]) => ({ frame, boxes }));
}

function speaking(acts: readonly Act[]): readonly Act[] {
  return acts.filter(({ kind }) => kind === "contribution");
}

function scatterOf(frame: string, placed: readonly Placed[], constraints: readonly Constraint[]): Scatter {
  const circles = constraints.flatMap((one): readonly { readonly centre: Vector | null; readonly radius: number }[] => {
    if (!("frame" in one) || one.frame !== frame) return [];
    if (one.kind === "range") return [{ centre: null, radius: one.limit }];
    return one.kind === "fence" && "centre" in one.fence ? [one.fence] : [];
  });
  const fenced = circles.find(({ centre }) => centre !== null)?.centre ?? null;
  const anchor = fenced ?? meanOf(placed.map(({ position }) => position));
  const plane = planeAt(frame, anchor);
  const rings = [...new Set(circles.map(({ radius }) => radius / 1_000))].sort((a, b) => a - b);
  const [smallest] = rings;
  const spots = placed.map(({ act, position, uncertainty }): Spot => {
    const [east, north] = plane(position);
    const distance = Math.hypot(east, north);
    const bearing = distance === 0 ? null : Math.round((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
    const inside = smallest === undefined ? null : distance <= smallest;
    return { act, east, north, distance, bearing, uncertainty: uncertainty / 1_000, inside };
  });
  return { frame, spots, rings, anchor: fenced === null ? "the middle of those who spoke" : "the centre of the fence" };
}

function meanOf(positions: readonly Vector[]): Vector {
  const axis = (index: 0 | 1 | 2) => positions.reduce((sum, position) => sum + position[index], 0) / positions.length;
  return [axis(0), axis(1), axis(2)];
}

/** Metres east and north of an anchor; for the world, in the plane that touches it there. */
function planeAt(frame: string, anchor: Vector): (position: Vector) => readonly [number, number] {
  const [ax, ay, az] = anchor;
  const across = Math.hypot(ax, ay);
  const out = Math.hypot(across, az);
  if (frame !== GEOCENTRIC || across === 0) return ([x, y]) => [(x - ax) / 1_000, (y - ay) / 1_000];
  const east = [-ay / across, ax / across, 0] as const;
  const up = [ax / out, ay / out, az / out] as const;
  const north = [-up[2] * east[1], up[2] * east[0], up[0] * east[1] - up[1] * east[0]] as const;
  return ([x, y, z]) => {
    const d = [x - ax, y - ay, z - az] as const;
    const along = (axis: readonly [number, number, number]) =>
      (d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2]) / 1_000;
    return [along(east), along(north)];
  };
}
