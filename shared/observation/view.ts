// What an observation says, for people: bytes as hexadecimal, maps as objects. Nothing can be checked in it but by the frame.
import { toHex } from "../bytes.ts";
import { type Json, toJson } from "../cbor/json.ts";
import type { CborValue } from "../cbor/value.ts";
import type { Observation } from "./observation.ts";

export function viewOfObservation(observation: Observation): { readonly [field: string]: Json } {
  const { id, key, mesh, ceremony, round, slot, at, timeToLive, governanceClass, lineage, body, chain, frame } =
    observation;
  const subjects = chain.map(({ grant }) => grant.subject);
  const place = { kind: body.kind, mesh, ceremony, round, slot, at, timeToLive, governanceClass };
  const own = { id, key, bytes: frame.length, chain: subjects, ...place };
  return plain({ ...own, lineage: { ...lineage, derivation: null }, body }) as { readonly [field: string]: Json };
}

function plain(value: unknown): Json {
  if (value instanceof Map || typeof value === "bigint") return toJson(value as CborValue);
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return (value ?? null) as Json;
}
