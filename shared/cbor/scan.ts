// The strict reader (SPEC §1.2): one pass that proves bytes to be the canonical encoding of one value of the profile, and gives that value.
// What it passes encodes again to the same bytes.
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX, CBOR_UINT_KEY_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { fault, ok, type Result } from "../result.ts";
import type { CborMap, CborValue } from "./value.ts";

class Stop extends Error {
  readonly code: RefusalCode;
  readonly at: number;
  constructor(code: RefusalCode, at: number) {
    super(code);
    this.code = code;
    this.at = at;
  }
}

/** Where the reader stands, and what it has met. */
type Cursor = { readonly bytes: Uint8Array; at: number; items: number };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Passes canonical bytes of the profile; otherwise a CBOR_ code and the offset of the first offence. */
export function scanCanonical(bytes: Uint8Array): Result<Uint8Array> {
  const read = readCanonical(bytes);
  return read.ok ? ok(bytes) : read;
}

/** The value of canonical bytes; otherwise as above. Integers are numbers where exact, bigints beyond; byte strings are copies. */
export function readCanonical(bytes: Uint8Array): Result<CborValue> {
  const cursor: Cursor = { bytes, at: 0, items: 0 };
  try {
    const value = readItem(cursor, 0);
    if (cursor.at !== bytes.length) throw new Stop("CBOR_TRAILING", cursor.at);
    return ok(value);
  } catch (stop) {
    if (stop instanceof Stop) return fault(stop.code, { at: stop.at });
    throw stop;
  }
}

function readItem(cursor: Cursor, depth: number): CborValue {
  const at = cursor.at;
  cursor.items += 1;
  if (cursor.items > CBOR_ITEMS_MAX) throw new Stop("CBOR_TOO_MANY_ITEMS", at);
  const major = majorAt(cursor, at);
  if (major === 7) return readSimple(cursor, at);
  const argument = readArgument(cursor, at);
  if (major === 6) throw new Stop("CBOR_TAG", at);
  switch (major) {
    case 0:
      return exact(argument);
    case 1:
      if (typeof argument === "bigint" && argument >= INT64_SPAN) throw new Stop("CBOR_INTEGER_RANGE", at);
      return typeof argument === "number" && argument < Number.MAX_SAFE_INTEGER
        ? -1 - argument
        : -1n - BigInt(argument);
    case 2:
      return readBytes(cursor, argument);
    case 3:
      return readText(cursor, argument);
    case 4:
      return readArray(cursor, argument, at, depth);
    default:
      return readMap(cursor, argument, at, depth);
  }
}

const INT64_SPAN = 1n << 63n;

function exact(argument: number | bigint): number | bigint {
  return typeof argument === "number" && !Number.isSafeInteger(argument) ? BigInt(argument) : argument;
}

function majorAt({ bytes }: Cursor, at: number): number {
  const first = bytes[at];
  if (first === undefined) throw new Stop("CBOR_TRUNCATED", at);
  return first >> 5;
}

/** False, true and null are all that there is. */
function readSimple(cursor: Cursor, at: number): boolean | null {
  const low = (cursor.bytes[at] as number) & 31;
  if (low < 20 || low > 22) {
    if (low >= 25 && low <= 27) throw new Stop("CBOR_FLOAT", at);
    if (low === 31) throw new Stop("CBOR_INDEFINITE", at);
    throw new Stop(low >= 28 ? "CBOR_RESERVED" : "CBOR_SIMPLE", at);
  }
  cursor.at = at + 1;
  return low === 22 ? null : low === 21;
}

/** The argument of a head in its shortest form; a bigint beyond 2^53. */
function readArgument(cursor: Cursor, at: number): number | bigint {
  const { bytes } = cursor;
  const low = (bytes[at] as number) & 31;
  if (low < 24) {
    cursor.at = at + 1;
    return low;
  }
  if (low === 31) throw new Stop("CBOR_INDEFINITE", at);
  if (low > 27) throw new Stop("CBOR_RESERVED", at);
  const size = 1 << (low - 24);
  if (at + size >= bytes.length) throw new Stop("CBOR_TRUNCATED", at);
  let argument = 0;
  for (let i = 1; i <= Math.min(size, 4); i++) argument = argument * 256 + (bytes[at + i] as number);
  cursor.at = at + 1 + size;
  if (size < 8) {
    if (argument < (size === 1 ? 24 : size === 2 ? 0x100 : 0x1_0000)) throw new Stop("CBOR_NOT_SHORTEST", at);
    return argument;
  }
  if (argument === 0) throw new Stop("CBOR_NOT_SHORTEST", at);
  let rest = 0;
  for (let i = 5; i <= 8; i++) rest = rest * 256 + (bytes[at + i] as number);
  return argument < 0x20_0000 ? argument * 0x1_0000_0000 + rest : (BigInt(argument) << 32n) | BigInt(rest);
}

/** Where a string of so many bytes ends. */
function endOf({ bytes, at }: Cursor, length: number | bigint): number {
  if (length > bytes.length - at) throw new Stop("CBOR_TRUNCATED", at);
  return at + Number(length);
}

function readBytes(cursor: Cursor, length: number | bigint): Uint8Array {
  const [from, end] = [cursor.at, endOf(cursor, length)];
  cursor.at = end;
  // A copy of our own, never a view of the input nor a Node Buffer.
  const copy = new Uint8Array(end - from);
  copy.set(cursor.bytes.subarray(from, end));
  return copy;
}

/** Texts met before, by a hash of their bytes: names of fields come again in every document. It changes no answer. */
const texts: ({ readonly bytes: Uint8Array; readonly text: string } | undefined)[] = new Array(1_024);
const TEXT_KEPT_MAX = 48;

function readText(cursor: Cursor, length: number | bigint): string {
  const { bytes } = cursor;
  const [from, end] = [cursor.at, endOf(cursor, length)];
  cursor.at = end;
  if (end - from > TEXT_KEPT_MAX) return decodeText(bytes, from, end);
  let hash = end - from;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193);
  const slot = (hash ^ (hash >>> 15)) & 1_023;
  const known = texts[slot];
  if (known !== undefined && isSame(known.bytes, bytes, from, end)) return known.text;
  const text = decodeText(bytes, from, end);
  texts[slot] = { bytes: bytes.slice(from, end), text };
  return text;
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  if (known.length !== end - from) return false;
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[from + at]) return false;
  return true;
}

function decodeText(bytes: Uint8Array, from: number, end: number): string {
  // A leading byte order mark vanishes in common decoders, so that two byte strings would read as one text.
  if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf && end - from >= 3)
    throw new Stop("CBOR_BYTE_ORDER_MARK", from);
  try {
    return utf8.decode(bytes.subarray(from, end));
  } catch {
    throw new Stop("CBOR_UTF8", from);
  }
}

function readArray(cursor: Cursor, length: number | bigint, at: number, depth: number): readonly CborValue[] {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (length > cursor.bytes.length - cursor.at) throw new Stop("CBOR_TRUNCATED", at);
  const items: CborValue[] = [];
  for (let left = Number(length); left > 0; left--) items.push(readItem(cursor, depth + 1));
  return items;
}

function readMap(cursor: Cursor, length: number | bigint, at: number, depth: number): CborMap {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (Number(length) * 2 > cursor.bytes.length - cursor.at) throw new Stop("CBOR_TRUNCATED", at);
  const entries = new Map<string | number, CborValue>();
  let [before, beforeEnd] = [-1, -1];
  for (let left = Number(length); left > 0; left--) {
    const from = cursor.at;
    const key = readKey(cursor);
    if (before >= 0) checkOrder(cursor.bytes, before, beforeEnd, from, cursor.at);
    [before, beforeEnd] = [from, cursor.at];
    entries.set(key, readItem(cursor, depth + 1));
  }
  return entries;
}

function checkOrder(bytes: Uint8Array, before: number, beforeEnd: number, from: number, end: number): void {
  const shorter = Math.min(beforeEnd - before, end - from);
  for (let at = 0; at < shorter; at++) {
    const difference = (bytes[before + at] as number) - (bytes[from + at] as number);
    if (difference < 0) return;
    if (difference > 0) throw new Stop("CBOR_KEY_ORDER", from);
  }
  if (beforeEnd - before === end - from) throw new Stop("CBOR_DUPLICATE_KEY", from);
  if (beforeEnd - before > end - from) throw new Stop("CBOR_KEY_ORDER", from);
}

/** Text, or a small unsigned integer. */
function readKey(cursor: Cursor): string | number {
  const at = cursor.at;
  const major = majorAt(cursor, at);
  if (major !== 3 && major !== 0) {
    if (major === 7) readSimple(cursor, at);
    else readArgument(cursor, at);
    throw new Stop(major === 6 ? "CBOR_TAG" : "CBOR_KEY_TYPE", at);
  }
  if (major === 0 && readArgument(cursor, at) > CBOR_UINT_KEY_MAX) throw new Stop("CBOR_KEY_TYPE", at);
  cursor.at = at;
  return readItem(cursor, 0) as string | number;
}

/** The text keys of a map and the offsets of their values, as far as the bytes can be read: says in which of them an offence lies. */
export function readableKeys(bytes: Uint8Array): readonly { readonly key: string; readonly at: number }[] {
  const found: { key: string; at: number }[] = [];
  const cursor: Cursor = { bytes, at: 0, items: 0 };
  try {
    const length = majorAt(cursor, 0) === 5 ? Number(readArgument(cursor, 0)) : 0;
    for (let left = length; left > 0; left--) {
      const key = readKey(cursor);
      if (typeof key === "string") found.push({ key, at: cursor.at });
      readItem(cursor, 1);
    }
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
  }
  return found;
}
