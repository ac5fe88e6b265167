// Bytes to values: the scanner first, then cbor-x on what it passed. `/decode-no-eval`, since the default build compiles readers
// with `new Function`, which a Worker forbids inside a handler.
import { Decoder } from "cbor-x/decode-no-eval";
import { ok, type Result } from "../result.ts";
import { scanCanonical } from "./scan.ts";
import type { CborValue } from "./value.ts";

const decoder = new Decoder({ useRecords: false, mapsAsObjects: false, int64AsNumber: false } as object);

/** Decodes canonical bytes, or refuses with the scanner's code. Integers are numbers where exact, bigints beyond. */
export function decodeCanonical(bytes: Uint8Array): Result<CborValue> {
  return decodeInto(bytes, true);
}

/** The same, with byte strings that are views of the input: for whoever keeps the input as long as what was read from it. */
export function decodeInPlace(bytes: Uint8Array): Result<CborValue> {
  return decodeInto(bytes, false);
}

function decodeInto(bytes: Uint8Array, copies: boolean): Result<CborValue> {
  const scanned = scanCanonical(bytes);
  return scanned.ok ? ok(normalise(decoder.decode(viewOf(bytes)), copies)) : scanned;
}

/** A view of our own: cbor-x hangs a property on the array it is given, and answers a Node Buffer with Buffers. */
function viewOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Arrays and maps are cbor-x' own, made for this call, and are mended where they are. */
function normalise(value: unknown, copies: boolean): CborValue {
  if (typeof value !== "object" || value === null) return scalar(value);
  if (value instanceof Uint8Array) return copies ? value.slice() : value; // cbor-x hands out views of the input
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) value[at] = normalise(value[at], copies);
    return value;
  }
  const entries = value as Map<string | number, CborValue>;
  for (const [key, item] of entries) {
    const mended = normalise(item, copies);
    if (mended !== item) entries.set(key, mended);
  }
  return entries;
}

function scalar(value: unknown): CborValue {
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  return value as CborValue;
}
