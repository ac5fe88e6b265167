// Importing positions from WGS 84 degrees (SPEC §16.7). This is the one place where floating point touches a position, and it lies outside
// every decision: what is signed, and what is judged, are the whole millimetres that come out.
import type { MetricPlace } from "../shared/reference/place.ts";
import { GEOCENTRIC } from "../shared/reference/place.ts";
import { refused } from "./registry.ts";

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
  if (![latitude, longitude, height].every((number) => typeof number === "number")) return null;
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

const SHAPE = '{"wgs84":{"latitude":52.37,"longitude":4.9,"height":3},"uncertainty":"5 m"}';

/**
 * Replaces degrees anywhere in a document by geocentric millimetres: `{latitude, longitude, height?, uncertainty?}`, beside an id or under
 * `wgs84`, by a place; as a fence's centre, or a corner of it, by the bare position.
 */
export function importDegrees(value: unknown, path = ""): unknown {
  if (Array.isArray(value)) return value.map((item, index) => importDegrees(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === "wgs84" ? item : importDegrees(item, path === "" ? name : `${path}.${name}`),
    ]),
  );
  const { wgs84 = {}, latitude, lat = latitude, longitude, lon = longitude, lng = lon, height, ...rest } = fields;
  // A document may also describe fields of these names, as a schema does: degrees are numbers.
  const isPoint = [lat, lng].some((angle) => typeof angle === "number" || typeof angle === "string");
  if (!isPoint && fields.wgs84 === undefined) return fields;
  const { uncertainty = rest.uncertainty ?? 0, ...given } = spelled(wgs84);
  const degrees = { latitude: lat, longitude: lng, height: height ?? 0, ...given } as Geodetic;
  const place = Number.isSafeInteger(uncertainty) ? toGeocentric(degrees, uncertainty as number) : null;
  if (place === null) throw refused("FILE_SHAPE", { thing: THING, shape: SHAPE, path, need: NEED });
  if (/\b(centre|polygon\[\d+\])$/.test(path)) return place.position;
  const { ranges, ...position } = place;
  return { ...rest, ...position, ranges: rest.ranges ?? ranges };
}

const THING = "a place in degrees";
const NEED =
  "degrees: latitude from -90 to 90, longitude from -360 to 360, height in metres, uncertainty in whole millimetres or with a unit";

function spelled(wgs84: unknown): Readonly<Record<string, unknown>> {
  if (typeof wgs84 !== "object" || wgs84 === null) return { latitude: null };
  const { lat, lon, lng = lon, ...rest } = wgs84 as Readonly<Record<string, unknown>>;
  return { ...(lat === undefined ? {} : { latitude: lat }), ...(lng === undefined ? {} : { longitude: lng }), ...rest };
}
