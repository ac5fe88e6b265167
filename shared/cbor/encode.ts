// The one encoder (SPEC §1.1): shortest heads, map keys in bytewise order of their encodings (RFC 8949 §4.2.1).
// It throws on values outside the profile: only our own code calls it, so such a value is a bug.
import { compareBytes, concatBytes } from "../bytes.ts";
import { CBOR_UINT_KEY_MAX } from "../limits.ts";
import { invariant } from "../result.ts";
import type { Encodable } from "./value.ts";

const UINT64_LIMIT = 1n << 64n;
const INT64_LOWEST = -(1n << 63n);
const utf8 = new TextEncoder();

/** Canonical bytes of `value`; the same value has the same bytes everywhere. Throws outside the profile. */
export function encodeCanonical(value: Encodable): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return concatBytes(...parts);
}

function write(value: Encodable, out: Uint8Array[]): void {
  if (typeof value === "number" || typeof value === "bigint") writeInteger(value, out);
  else if (typeof value === "string") writeText(value, out);
  else if (value === null) out.push(Uint8Array.of(0xf6));
  else if (typeof value === "boolean") out.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (value instanceof Uint8Array) out.push(head(2, value.length), value);
  else if (Array.isArray(value)) writeArray(value as readonly Encodable[], out);
  else writeMap(value instanceof Map ? [...value.entries()] : Object.entries(value as object), out);
}

function writeArray(items: readonly Encodable[], out: Uint8Array[]): void {
  out.push(head(4, items.length));
  for (const item of items) write(item, out);
}

function writeInteger(value: number | bigint, out: Uint8Array[]): void {
  invariant(typeof value === "bigint" || Number.isSafeInteger(value), "CBOR numbers are integers");
  const wide = BigInt(value);
  invariant(wide >= INT64_LOWEST && wide < UINT64_LIMIT, "CBOR integers are in [-2^63, 2^64)");
  out.push(wide >= 0n ? head(0, wide) : head(1, -1n - wide));
}

function writeText(text: string, out: Uint8Array[]): void {
  invariant(text.isWellFormed(), "CBOR text has no lone surrogates");
  invariant(!text.startsWith("\ufeff"), "CBOR text does not begin with a byte order mark");
  const bytes = utf8.encode(text);
  out.push(head(3, bytes.length), bytes);
}

function writeMap(entries: readonly (readonly [string | number, Encodable])[], out: Uint8Array[]): void {
  const sorted = entries
    .map(([key, value]) => ({ key: encodeKey(key), value }))
    .sort((a, b) => compareBytes(a.key, b.key));
  out.push(head(5, sorted.length));
  for (const { key, value } of sorted) {
    out.push(key);
    write(value, out);
  }
}

function encodeKey(key: string | number): Uint8Array {
  invariant(
    typeof key === "string" || (key >= 0 && key <= CBOR_UINT_KEY_MAX),
    "CBOR integer keys are small and unsigned",
  );
  return encodeCanonical(key);
}

function head(major: number, argument: number | bigint): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | Number(argument));
  const bytes = argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8;
  const out = new Uint8Array(1 + bytes);
  out[0] = type | (bytes === 1 ? 24 : bytes === 2 ? 25 : bytes === 4 ? 26 : 27);
  let rest = BigInt(argument);
  for (let at = bytes; at > 0; at--) {
    out[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}
