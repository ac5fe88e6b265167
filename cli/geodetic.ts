// Importing positions from WGS 84 degrees (SPEC §16.7). This is the one place where floating point touches a position, and it lies outside
// every decision: what is signed, and what is judged, are the whole millimetres that come out.
import type { MetricPlace } from "../shared/reference/place.ts";
import { GEOCENTRIC } from "../shared/reference/place.ts";

export type Geodetic = {
  /** Degrees north and east. */
  readonly latitude: number;
  readonly longitude: number;
  /** Metres above the ellipsoid. */
  readonly height: number;
};

/** Semi-major axis in metres and flattening of the WGS 84 ellipsoid (EPSG:7030). */
const SEMI_MAJOR = 6_378_137;
const FLATTENING = 1 / 298.257223563;
/** Each axis is rounded to the nearest millimetre: at most √3/2 mm in all. */
export const ROUNDING = 1;

/** EPSG operation method 9602, geographic to geocentric; null where a number is out of range. */
export function toGeocentric({ latitude, longitude, height }: Geodetic, uncertainty: number): MetricPlace | null {
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 360) || !(Math.abs(height) <= 100_000_000)) return null;
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  const eccentricity = FLATTENING * (2 - FLATTENING);
  const normal = SEMI_MAJOR / Math.sqrt(1 - eccentricity * Math.sin(phi) ** 2);
  const across = (normal + height) * Math.cos(phi);
  const metres = [
    across * Math.cos(lambda),
    across * Math.sin(lambda),
    (normal * (1 - eccentricity) + height) * Math.sin(phi),
  ];
  // Adding zero turns −0, which no integer has, into 0.
  const [x, y, z] = metres.map((length) => Math.round(length * 1_000) + 0) as [number, number, number];
  return { frame: GEOCENTRIC, position: [x, y, z], uncertainty: uncertainty + ROUNDING, ranges: [] };
}

/** Replaces `"wgs84": {latitude, longitude, height?, uncertainty?}` anywhere in a document by the geocentric place beside it. */
export function importDegrees(document: unknown): unknown {
  if (Array.isArray(document)) return document.map(importDegrees);
  if (typeof document !== "object" || document === null) return document;
  const fields = Object.fromEntries(Object.entries(document).map(([name, value]) => [name, importDegrees(value)]));
  const { wgs84, ...rest } = fields;
  if (typeof wgs84 !== "object" || wgs84 === null) return fields;
  const given = wgs84 as Partial<Geodetic> & { readonly uncertainty?: unknown };
  const uncertainty = given.uncertainty ?? rest.uncertainty ?? 0;
  const degrees = { latitude: Number.NaN, longitude: Number.NaN, height: 0, ...given };
  const place = Number.isSafeInteger(uncertainty) ? toGeocentric(degrees, uncertainty as number) : null;
  if (place === null) return fields;
  const { ranges, ...position } = place;
  return { ...rest, ...position, ranges: rest.ranges ?? ranges };
}
