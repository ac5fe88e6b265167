// The fields of an observation as they stand in its payload (SPEC §3.1).
import { decodeInPlace } from "../cbor/decode.ts";
import {
  anything,
  bytesUpTo,
  directly,
  integer,
  list,
  made,
  nullable,
  type Reader,
  readAs,
  readDirect,
  record,
  type Spelt,
  spelt,
  text,
} from "../cbor/read.ts";
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import { CHAIN_FRAMES_MAX, CHAIN_PATHS_MAX, DEVICE_LINKS_MAX, LINEAGE_REFERENCES_MAX, SEATS_MAX } from "../limits.ts";
import { type Place, readPlace } from "../reference/place.ts";
import { fault, invariant, ok, type Result } from "../result.ts";
import { readAttempt } from "./body.ts";
import { FIELDS, type Field, inBytes, inFields } from "./field-of.ts";
import { readId } from "./id-list.ts";
import type { Derivation, Id, Interval, Lineage, Slot } from "./observation.ts";

export const OBSERVATION_VERSION = 1;
const MICROS_MAX = Number.MAX_SAFE_INTEGER;

const readPair = list(integer(0, MICROS_MAX), 2, 2);
const readInterval: Reader<Interval> = made(readPair, (pair) => [pair[0] as number, pair[1] as number]);

export type Wire = Record<Field, unknown> & {
  kind: string;
  version: number;
  mesh: string;
  ceremony: Id | null;
  round: number | null;
  slot: Slot;
  authority_credential: readonly (readonly Uint8Array[])[];
  device_hash: { readonly hash: Id; readonly links: readonly Uint8Array[] };
  spatial_reference: Place | null;
  temporal_reference: { frame: string; at: Interval };
  time_to_live: number;
  governance_class: string;
  payload: Spelt;
  lineage: Lineage;
  critical: readonly string[];
};

const readPath = list(bytesUpTo(4_096), CHAIN_FRAMES_MAX, 1);

const readOnePath = made(readPath, (path) => [path]);
const readPaths = list(readPath, CHAIN_PATHS_MAX, 2);

/** One chain, or a list of chains where the credential is cross-signed. */
const readCredentials: Reader<Wire["authority_credential"]> = directly(
  (value, path) =>
    Array.isArray(value) && Array.isArray(value[0]) ? readPaths(value, path) : readOnePath(value, path),
  readOnePath.direct,
);

const readPresented = record<Wire["device_hash"]>({
  hash: readId,
  links: list(bytesUpTo(1_024), DEVICE_LINKS_MAX, 1),
});

export const NO_LINKS: readonly never[] = [];
const readBare = made(readId, (hash): Wire["device_hash"] => ({ hash, links: NO_LINKS }));

/** The bare hash, or the hash with the links that prove its continuity. */
const readDevice: Reader<Wire["device_hash"]> = directly(
  (value, path) => (isCborMap(value) ? readPresented : readBare)(value, path),
  readBare.direct,
);

const readSlot = record<Slot>(
  { seat: nullable(integer(0, SEATS_MAX - 1)), attempt: nullable(readAttempt), item: nullable(text()) },
  ({ seat, attempt, item }) => ({ seat, attempt, item }),
);

const readTime = record<Wire["temporal_reference"]>({ frame: text(), at: readInterval }, ({ frame, at }) => ({
  frame,
  at,
}));

const readLineage = record<Lineage>(
  {
    sequence: nullable(integer(0, MICROS_MAX)),
    prev: nullable(readId),
    parents: list(readId, LINEAGE_REFERENCES_MAX),
    sources: list(readId, LINEAGE_REFERENCES_MAX),
    derivation: nullable(record<Derivation>({ name: text(), version: integer(0, MICROS_MAX), params: anything })),
  },
  ({ sequence, prev, parents, sources, derivation }) => ({ sequence, prev, parents, sources, derivation }),
);

export const readWire = record<Wire>(
  {
    kind: text(),
    version: integer(1, 65_535),
    mesh: text(),
    ceremony: nullable(readId),
    round: nullable(integer(0, 65_535)),
    slot: readSlot,
    authority_credential: readCredentials,
    device_hash: readDevice,
    spatial_reference: nullable(readPlace),
    temporal_reference: readTime,
    time_to_live: integer(0, MICROS_MAX),
    governance_class: text(),
    payload: spelt,
    lineage: readLineage,
    critical: list(text(), 16),
  },
  (read) => ({
    kind: read.kind,
    version: read.version,
    mesh: read.mesh,
    ceremony: read.ceremony,
    round: read.round,
    slot: read.slot,
    authority_credential: read.authority_credential,
    device_hash: read.device_hash,
    spatial_reference: read.spatial_reference,
    temporal_reference: read.temporal_reference,
    time_to_live: read.time_to_live,
    governance_class: read.governance_class,
    payload: read.payload,
    lineage: read.lineage,
    critical: read.critical,
  }),
);

/** The fields of a statement, of this version or of one that is foreign here. What nothing is wrong with is read straight from its bytes. */
export function readFields(payload: Uint8Array): Result<{ readonly value: Wire; readonly foreign: boolean }> {
  const direct = readDirect(payload, readWire);
  if (direct?.version === OBSERVATION_VERSION) return ok({ value: direct, foreign: false });
  const decoded = decodeInPlace(payload);
  if (!decoded.ok) return inBytes(decoded, payload);
  const fields = decoded.value;
  if (!isCborMap(fields)) return fault("FIELD_INVALID", { path: "observation", need: "a map" });
  const foreign = fields.get("version") !== OBSERVATION_VERSION;
  const wire = readAs(foreign ? knownPart(fields) : fields, readWire);
  return wire.ok ? ok({ value: wire.value, foreign }) : inFields(wire, fields);
}

/** The same fields as they stand, for whoever names one that was refused. */
export function fieldsIn(payload: Uint8Array): CborMap {
  const decoded = decodeInPlace(payload);
  invariant(decoded.ok && isCborMap(decoded.value), "what was read is a map");
  return decoded.value;
}

/** The fields of a later version that must keep their place, so that its ceremony can be put on hold (SPEC §3.4). */
function knownPart(fields: CborMap): CborMap {
  const kept = FIELDS.filter((name) => fields.has(name));
  return new Map(kept.map((name) => [name, fields.get(name) as CborValue]));
}
