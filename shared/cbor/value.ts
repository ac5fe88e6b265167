// The values of our CBOR profile (SPEC §1.1): no floats, tags, undefined or indefinite lengths.

/** What a decoder returns. Maps stay maps: an attacker's text never becomes an object key. */
export type CborValue =
  | number
  | bigint
  | string
  | Uint8Array
  | boolean
  | null
  | readonly CborValue[]
  | ReadonlyMap<string | number, CborValue>;

/** What the encoder takes: the same, and plain objects as text-keyed maps. */
export type Encodable =
  | number
  | bigint
  | string
  | Uint8Array
  | boolean
  | null
  | readonly Encodable[]
  | ReadonlyMap<string | number, Encodable>
  | { readonly [key: string]: Encodable };

export type CborMap = ReadonlyMap<string | number, CborValue>;

export function isCborMap(value: CborValue | undefined): value is CborMap {
  return value instanceof Map;
}
