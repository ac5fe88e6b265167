// A proximity profile (SPEC §16.4): what a policy asks of where the participants are, together. It is part of the signed policy, or a
// document of its own for trying.
import { fromJson } from "../cbor/json.ts";
import {
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  withDefaults,
} from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { CONSTRAINTS_MAX, COORDINATE_MAX, CORNERS_MAX, SEATS_MAX } from "../limits.ts";
import { fault, type Result } from "../result.ts";
import { type Fence, flawOfPolygon } from "./fence.ts";
import { readVector, type Vector } from "./place.ts";
import { readRotation, type Transform } from "./transform.ts";

export type Constraint =
  /** All pairs of participants within `limit` millimetres of each other. */
  | { readonly kind: "range"; readonly frame: string; readonly limit: number }
  | { readonly kind: "fence"; readonly frame: string; readonly fence: Fence }
  /** One key for all: the one named, or else the one that more participants share than any other. */
  | { readonly kind: "shared-key"; readonly frame: string; readonly key: string | null }
  /** A key within one of those named, level by level: NL/ZH is within NL. */
  | { readonly kind: "jurisdiction"; readonly frame: string; readonly within: readonly string[] }
  /** Ranges of at most `limit`, signed at both ends, to at least `least` other participants. */
  | { readonly kind: "adjacency"; readonly limit: number; readonly least: number };

export type Profile = {
  readonly id: string;
  /** What counts where uncertainty straddles a limit: nothing, or the benefit of the doubt. */
  readonly mode: "conservative" | "lenient";
  /** Co-signed ranges to other organisations that a position must agree with; 0 takes a bare claim. */
  readonly corroboration: number;
  /** Participants that must remain; null for all of them. */
  readonly least: number | null;
  readonly constraints: readonly Constraint[];
  readonly transforms: readonly Transform[];
};

export const PROFILE_SHAPE =
  '{"id":"yard","mode":"conservative"|"lenient","corroboration":0,"least":null,"transforms":[{"from":"local:dock","to":"local:yard","rotation":null,"translation":[x,y,z],"uncertainty":100}],"constraints":[{"kind":"range","frame":"EPSG:4978","limit":50000} | {"kind":"fence","frame":"local:yard","fence":{"centre":[x,y,z],"radius":50000} or {"polygon":[[x,y],…]}} | {"kind":"shared-key","frame":"site","key":"plant-7"|null} | {"kind":"jurisdiction","frame":"jurisdiction","within":["NL"]} | {"kind":"adjacency","limit":50000,"least":1}]}';

const length = integer(0, COORDINATE_MAX);

/** In a plane a corner may be written without its height, which does not count there. */
const readCorner: Reader<Vector> = (value, path, all) =>
  readVector(Array.isArray(value) && value.length === 2 ? [...value, 0] : value, path, all);

const readFence: Reader<Fence> = (value, path, all) =>
  isCborMap(value) && value.has("polygon")
    ? record<{ polygon: readonly Vector[] }>({ polygon: list(readCorner, CORNERS_MAX, 3) })(value, path, all)
    : record<{ centre: Vector; radius: number }>({ centre: readVector, radius: length })(value, path, all);

type Kind = Constraint["kind"];
const READERS: { readonly [K in Kind]: Reader<Extract<Constraint, { kind: K }>> } = {
  range: record({ kind: oneOf("range"), frame: text(), limit: length }),
  fence: (value, path, all) => {
    const constraint = record({ kind: oneOf("fence"), frame: text(), fence: readFence })(value, path, all);
    const flaw = "polygon" in constraint.fence ? flawOfPolygon(constraint.fence.polygon, constraint.frame) : null;
    return flaw === null ? constraint : misfit(`${path}.fence.polygon`, flaw);
  },
  "shared-key": withDefaults(
    { key: null },
    record({ kind: oneOf("shared-key"), frame: text(), key: nullable(text()) }),
  ),
  jurisdiction: withDefaults(
    { frame: "jurisdiction" },
    record({ kind: oneOf("jurisdiction"), frame: text(), within: list(text(), SEATS_MAX, 1) }),
  ),
  adjacency: withDefaults(
    { least: 1 },
    record({ kind: oneOf("adjacency"), limit: length, least: integer(1, SEATS_MAX) }),
  ),
};

const readConstraint: Reader<Constraint> = (value, path, all) => {
  const kind = isCborMap(value) ? value.get("kind") : undefined;
  const known = Object.hasOwn(READERS, String(kind));
  return known
    ? READERS[kind as Kind](value, path, all)
    : misfit(`${path}.kind`, `one of ${Object.keys(READERS).join(", ")}`);
};

const readTransform: Reader<Transform> = withDefaults(
  { rotation: null },
  record<Transform>({
    from: text(),
    to: text(),
    rotation: nullable(readRotation),
    translation: readVector,
    uncertainty: length,
  }),
);

/** People say strict where the protocol says conservative. */
const readMode: Reader<Profile["mode"]> = (value, path) =>
  oneOf("conservative", "lenient")(value === "strict" ? "conservative" : value, path);

export const readProfile: Reader<Profile> = withDefaults(
  { id: "proximity", mode: "conservative", corroboration: 0, least: null, transforms: [] },
  record<Profile>({
    id: text(),
    mode: readMode,
    corroboration: integer(0, SEATS_MAX),
    least: nullable(integer(0, SEATS_MAX)),
    constraints: list(readConstraint, CONSTRAINTS_MAX, 1),
    transforms: list(readTransform, CONSTRAINTS_MAX),
  }),
);

/** From a plain document. */
export function parseProfile(document: unknown): Result<Profile> {
  const value = fromJson(document);
  const profile: Result<Profile> = value.ok ? readAs<Profile>(value.value as CborValue, readProfile) : value;
  return profile.ok
    ? profile
    : fault("FILE_SHAPE", { thing: "a proximity profile", shape: PROFILE_SHAPE, ...profile.fault.detail });
}
