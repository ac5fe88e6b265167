// Where somebody says to be (SPEC §16.1): a key in a named logical frame, or whole millimetres in a named metric one. Nothing here is
// a proof: what others measured stands beside it as ranges, and a profile says how much of that it asks for.
import { directly, integer, list, misfit, nullable, type Reader, record, text } from "../cbor/read.ts";
import { isCborMap } from "../cbor/value.ts";
import { COORDINATE_MAX, RANGES_MAX } from "../limits.ts";

/** Whole millimetres along the axes of a frame. */
export type Vector = readonly [number, number, number];

/** A site, a partition, a tenant, a jurisdiction; a key may be nested by slashes. */
export type LogicalPlace = { readonly frame: string; readonly key: string };

/** The distance that its signer measured to another party's device, give or take `uncertainty`; millimetres. */
export type Range = { readonly with: string; readonly distance: number; readonly uncertainty: number };

/** Somewhere within `uncertainty` of `position`; null where only ranges are known. */
export type MetricPlace = {
  readonly frame: string;
  readonly position: Vector | null;
  readonly uncertainty: number;
  readonly ranges: readonly Range[];
};

export type Place = LogicalPlace | MetricPlace;

/** Geocentric coordinates of the world (WGS 84): x to the prime meridian, z to the north pole. Any other metric frame is local. */
export const GEOCENTRIC = "EPSG:4978";

export function isLogical(place: Place): place is LogicalPlace {
  return "key" in place;
}

const coordinate = integer(-COORDINATE_MAX, COORDINATE_MAX);

export const readVector: Reader<Vector> = (value, path, all) =>
  list(coordinate, 3, 3)(value, path, all) as readonly number[] as Vector;

const readRange = record<Range>({
  with: text(),
  distance: integer(0, COORDINATE_MAX),
  uncertainty: integer(0, COORDINATE_MAX),
});

const readLogical = record<LogicalPlace>({ frame: text(), key: text() });
const readMetric = record<MetricPlace>({
  frame: text(),
  position: nullable(readVector),
  uncertainty: integer(0, COORDINATE_MAX),
  ranges: list(readRange, RANGES_MAX),
});

export const readPlace: Reader<Place> = directly((value, path, all) => {
  if (!isCborMap(value)) return misfit(path, "a map");
  return value.has("position") ? readMetric(value, path, all) : readLogical(value, path, all);
}, readLogical.direct);
