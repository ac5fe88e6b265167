// Two CBOR packages that nobody here wrote, each in its strictest mode: what ours is compared with. They give no verdict in the product.
import * as cbor2 from "cbor2";
import * as cborg from "cborg";
import type { CborValue, Encodable } from "../../shared/cbor/value.ts";

export function cborgEncode(value: CborValue): Uint8Array {
  return cborg.encode(value, cborg.rfc8949EncodeOptions);
}

export function cbor2Encode(value: CborValue): Uint8Array {
  return cbor2.encode(value, cbor2.cdeEncodeOptions);
}

export function cborgDecode(bytes: Uint8Array): unknown {
  return cborg.decode(bytes, { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false });
}

export function cbor2Decode(bytes: Uint8Array): unknown {
  return cbor2.decode(bytes, { ...cbor2.cdeDecodeOptions, preferMap: true, rejectDuplicateKeys: true });
}

/** One spelling for a value: integers as bigints, since the packages switch from numbers to bigints at different places. */
export function comparable(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [comparable(key), comparable(item)]));
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return value;
}

/** The type of what a test decodes and hands back to our encoder. */
export const encodable = (value: CborValue) => value as Encodable;
