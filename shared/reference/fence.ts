// Geofences (SPEC §16.3): a sphere, or a polygon that reaches through all heights. In a local frame a polygon lies in the x-y plane; in the
// geocentric one its edges are planes through the centre of the earth, so poles and the antimeridian are places like any other.
// Both are the same test on points (X : Y : W), where W is 1 in a plane. The boundary belongs to the fence.
import { GEOCENTRIC, type Vector } from "./place.ts";
import {
  type Big,
  big,
  compareToSquare,
  cross,
  dot,
  type Fraction,
  minus,
  type Reach,
  reach,
  squaredDistance,
} from "./vector.ts";

export type Sphere = { readonly centre: Vector; readonly radius: number };
export type Polygon = { readonly polygon: readonly Vector[] };
export type Fence = Sphere | Polygon;

/** Whether the ball of radius `uncertainty` round a position lies inside the fence, outside of it, or on its edge. */
export function reachOfFence(fence: Fence, frame: string, position: Vector, uncertainty: number): Reach {
  if ("centre" in fence) return reach(squaredDistance(position, fence.centre), uncertainty, fence.radius);
  const plane = planeOf(fence.polygon, frame);
  if (plane === null) return "straddles";
  const point = big(position);
  const edges = edgesOf(fence.polygon.map(big));
  const apart = edges.map((edge) =>
    frame === GEOCENTRIC ? distanceToSector(point, edge) : distanceToSegment(point, edge),
  );
  // Touching the boundary from inside is inside; touching it from outside is not yet clear of it.
  if (contains(plane, fence.polygon, point))
    return apart.every((distance) => compareToSquare(distance, uncertainty) >= 0) ? "within" : "straddles";
  const clear = apart.every((distance) => compareToSquare(distance, uncertainty) > 0);
  return clear ? "beyond" : "straddles";
}

/** What is wrong with a polygon; null where nothing is. */
export function flawOfPolygon(polygon: readonly Vector[], frame: string): string | null {
  if (polygon.length < 3) return "at least three corners";
  const plane = planeOf(polygon, frame);
  if (plane === null) return "corners within one hemisphere";
  const corners = polygon.map((corner) => plane(big(corner)));
  const turns = corners.map((corner, index) => turn(at(corners, index - 1), corner, at(corners, index + 1)));
  if (turns.every((way) => way === 0)) return "corners that are not on one line";
  return crossesItself(corners) ? "edges that do not cross or touch" : null;
}

/** A point of the plane as X : Y : W with W > 0. */
type Flat = Big;
type Plane = (point: Big) => Flat;

/** How points are seen in the polygon's plane; null where a corner cannot be. */
function planeOf(polygon: readonly Vector[], frame: string): Plane | null {
  if (frame !== GEOCENTRIC) return ([x, y]) => [x, y, 1n];
  const corners = polygon.map(big);
  const middle = corners.reduce<Big>((sum, [x, y, z]) => [sum[0] + x, sum[1] + y, sum[2] + z], [0n, 0n, 0n]);
  const aside: Big = middle[0] === 0n && middle[1] === 0n ? [1n, 0n, 0n] : [0n, 0n, 1n];
  const right = cross(aside, middle);
  const up = cross(middle, right);
  const plane: Plane = (point) => [dot(point, right), dot(point, up), dot(point, middle)];
  return corners.every((corner) => plane(corner)[2] > 0n) ? plane : null;
}

/** Winding number of the polygon round the point, by crossings upwards and downwards; a point on an edge is inside. */
function contains(plane: Plane, polygon: readonly Vector[], point: Big): boolean {
  const seen = plane(point);
  if (seen[2] <= 0n) return false;
  let winding = 0;
  for (const [from, to] of edgesOf(polygon.map((corner) => plane(big(corner))))) {
    const side = turn(from, to, seen);
    if (side === 0 && isBetween(from, to, seen)) return true;
    const [below, above] = [compareAt(1, from, seen) <= 0, compareAt(1, to, seen) <= 0];
    if (below && !above && side > 0) winding += 1;
    if (!below && above && side < 0) winding -= 1;
  }
  return winding !== 0;
}

/** 1 where a, b, c turn left, −1 where right, 0 on one line. */
function turn(a: Flat, b: Flat, c: Flat): number {
  const volume = dot(cross(a, b), c);
  return volume > 0n ? 1 : volume < 0n ? -1 : 0;
}

function compareAt(axis: 0 | 1, a: Flat, b: Flat): number {
  const apart = a[axis] * b[2] - b[axis] * a[2];
  return apart > 0n ? 1 : apart < 0n ? -1 : 0;
}

/** For points on one line: whether c lies between a and b, ends included. */
function isBetween(a: Flat, b: Flat, c: Flat): boolean {
  return ([0, 1] as const).every((axis) => compareAt(axis, a, c) * compareAt(axis, b, c) <= 0);
}

type Edge<P> = readonly [P, P];

function edgesOf<P>(corners: readonly P[]): readonly Edge<P>[] {
  return corners.map((corner, index) => [corner, at(corners, index + 1)]);
}

function at<P>(corners: readonly P[], index: number): P {
  return corners[(index + corners.length) % corners.length] as P;
}

function crossesItself(corners: readonly Flat[]): boolean {
  const edges = edgesOf(corners);
  return edges.some((edge, first) =>
    edges.slice(first + 1).some((other, offset) => {
      const apart = offset + 1;
      if (apart === 1) return isDoubledBack(edge, other);
      if (apart === edges.length - 1) return isDoubledBack(other, edge);
      return meet(edge, other);
    }),
  );
}

/** Neighbouring edges share a corner; they overlap where the second goes back along the first. */
function isDoubledBack([a, b]: Edge<Flat>, [, c]: Edge<Flat>): boolean {
  return turn(a, b, c) === 0 && (isBetween(a, b, c) || isBetween(b, c, a));
}

function meet([a, b]: Edge<Flat>, [c, d]: Edge<Flat>): boolean {
  const [ac, ad, ca, cb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (ac * ad < 0 && ca * cb < 0) return true;
  const touches = (side: number, from: Flat, to: Flat, point: Flat) => side === 0 && isBetween(from, to, point);
  return touches(ac, a, b, c) || touches(ad, a, b, d) || touches(ca, c, d, a) || touches(cb, c, d, b);
}

/** Squared distance, in the x-y plane, from a point to a segment. */
function distanceToSegment(point: Big, [from, to]: Edge<Big>): Fraction {
  const flat = ([x, y]: Big): Big => [x, y, 0n];
  const [along, offset] = [minus(flat(to), flat(from)), minus(flat(point), flat(from))];
  const [covered, length] = [dot(offset, along), dot(along, along)];
  if (covered <= 0n) return { num: dot(offset, offset), den: 1n };
  const beyond = minus(flat(point), flat(to));
  if (covered >= length) return { num: dot(beyond, beyond), den: 1n };
  const area = cross(along, offset)[2];
  return { num: area * area, den: length };
}

/** Squared distance from a point to the sector that spreads from the earth's centre through an edge. */
function distanceToSector(point: Big, [from, to]: Edge<Big>): Fraction {
  const normal = cross(from, to);
  const inSector = dot(cross(normal, from), point) >= 0n && dot(cross(to, normal), point) >= 0n;
  if (inSector) {
    const height = dot(normal, point);
    return { num: height * height, den: dot(normal, normal) };
  }
  const [a, b] = [distanceToRay(point, from), distanceToRay(point, to)];
  return a.num * b.den <= b.num * a.den ? a : b;
}

function distanceToRay(point: Big, along: Big): Fraction {
  const covered = dot(point, along);
  if (covered <= 0n) return { num: dot(point, point), den: 1n };
  const length = dot(along, along);
  return { num: dot(point, point) * length - covered * covered, den: length };
}
