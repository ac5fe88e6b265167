// Which field of an observation a refusal speaks of (SPEC §4.12). The signature covers all fields at once: what it alone catches is named
// `signature`, and nobody can say more of it.
import { readableKeys } from "../cbor/decode.ts";
import type { Result } from "../result.ts";

/** The fields of an observation (SPEC §3.1). */
export const FIELDS = [
  "kind",
  "version",
  "mesh",
  "ceremony",
  "round",
  "slot",
  "authority_credential",
  "device_hash",
  "spatial_reference",
  "temporal_reference",
  "time_to_live",
  "governance_class",
  "payload",
  "lineage",
  "critical",
] as const;
export type Field = (typeof FIELDS)[number];

/** In canonical order: the shorter name first, and of equal ones the lower. */
const ON_THE_WIRE = [...FIELDS].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));

type Refused = Extract<Result<never>, { ok: false }>;

const isField = (name: unknown): name is Field => (FIELDS as readonly unknown[]).includes(name);

/**
 * A refusal of the payload's bytes, with the field that holds the offending byte. Fields stand in one order: where another name stands in
 * the place of one, that one was altered; where one is missing, the one before it claims to be longer or shorter than it is.
 */
export function inBytes(refused: Refused, payload: Uint8Array): Refused {
  const offence = refused.fault.detail.at as number;
  const begun = readableKeys(payload).flatMap(({ key, at }) => (at <= offence ? [key] : []));
  const place = ON_THE_WIRE.findIndex((name, index) => begun[index] !== name);
  const inPlace = place + 1 < begun.length && !isField(begun[place]) && begun[place + 1] === ON_THE_WIRE[place + 1];
  return named(refused, ON_THE_WIRE[place < 0 ? FIELDS.length - 1 : inPlace ? place : place - 1] ?? "observation");
}

/** A refusal of the payload's structure, with the field that its path leads through. */
export function inFields(refused: Refused, fields: ReadonlyMap<unknown, unknown>): Refused {
  const [group] = String(refused.fault.detail.path).split(/[.[]/);
  if (isField(group)) return named(refused, group);
  // A name that is no field's stands in the place of the one that is missing.
  const missing = FIELDS.filter((name) => !fields.has(name));
  return named(refused, missing.length === 1 ? (missing[0] as Field) : (group ?? ""));
}

export function named({ ok, fault }: Refused, field: string): Refused {
  return { ok, fault: { ...fault, detail: { ...fault.detail, field } } };
}
