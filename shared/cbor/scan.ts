// The strict scanner (SPEC §1.2): one pass that proves bytes to be the canonical encoding of one value of the profile.
// Nothing is decoded before it has passed, and what it passes decodes and encodes again to the same bytes.
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX, CBOR_UINT_KEY_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { fault, ok, type Result } from "../result.ts";

class Stop extends Error {
  readonly code: RefusalCode;
  readonly at: number;
  constructor(code: RefusalCode, at: number) {
    super(code);
    this.code = code;
    this.at = at;
  }
}

/** Where the scanner stands, and what it has met. */
type Cursor = { readonly bytes: Uint8Array; at: number; items: number };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Passes canonical bytes of the profile; otherwise a CBOR_ code and the offset of the first offence. */
export function scanCanonical(bytes: Uint8Array): Result<Uint8Array> {
  const cursor: Cursor = { bytes, at: 0, items: 0 };
  try {
    scanItem(cursor, 0);
    if (cursor.at !== bytes.length) throw new Stop("CBOR_TRAILING", cursor.at);
    return ok(bytes);
  } catch (stop) {
    if (stop instanceof Stop) return fault(stop.code, { at: stop.at });
    throw stop;
  }
}

function scanItem(cursor: Cursor, depth: number): void {
  const at = cursor.at;
  cursor.items += 1;
  if (cursor.items > CBOR_ITEMS_MAX) throw new Stop("CBOR_TOO_MANY_ITEMS", at);
  const major = majorAt(cursor, at);
  if (major === 7) {
    scanSimple(cursor, at);
    return;
  }
  const argument = readArgument(cursor, at);
  if (major === 6) throw new Stop("CBOR_TAG", at);
  if (major === 1 && typeof argument === "bigint" && argument >= INT64_SPAN) throw new Stop("CBOR_INTEGER_RANGE", at);
  if (major === 2) cursor.at = endOf(cursor, argument);
  if (major === 3) scanText(cursor, argument);
  if (major === 4) scanArray(cursor, argument, at, depth);
  if (major === 5) scanMap(cursor, argument, at, depth);
}

const INT64_SPAN = 1n << 63n;

function majorAt({ bytes }: Cursor, at: number): number {
  const first = bytes[at];
  if (first === undefined) throw new Stop("CBOR_TRUNCATED", at);
  return first >> 5;
}

/** False, true and null are all that there is. */
function scanSimple(cursor: Cursor, at: number): void {
  const low = (cursor.bytes[at] as number) & 31;
  if (low < 20 || low > 22) {
    if (low >= 25 && low <= 27) throw new Stop("CBOR_FLOAT", at);
    if (low === 31) throw new Stop("CBOR_INDEFINITE", at);
    throw new Stop(low >= 28 ? "CBOR_RESERVED" : "CBOR_SIMPLE", at);
  }
  cursor.at = at + 1;
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

function scanText(cursor: Cursor, length: number | bigint): void {
  const { bytes, at } = cursor;
  const end = endOf(cursor, length);
  cursor.at = end;
  // A leading byte order mark vanishes in common decoders, so that two byte strings would read as one text.
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf && end - at >= 3)
    throw new Stop("CBOR_BYTE_ORDER_MARK", at);
  if (isAscii(bytes, at, end)) return;
  try {
    utf8.decode(bytes.subarray(at, end));
  } catch {
    throw new Stop("CBOR_UTF8", at);
  }
}

function isAscii(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if ((bytes[at] as number) > 0x7f) return false;
  return true;
}

function scanArray(cursor: Cursor, length: number | bigint, at: number, depth: number): void {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (length > cursor.bytes.length - cursor.at) throw new Stop("CBOR_TRUNCATED", at);
  for (let left = Number(length); left > 0; left--) scanItem(cursor, depth + 1);
}

function scanMap(cursor: Cursor, length: number | bigint, at: number, depth: number): void {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (Number(length) * 2 > cursor.bytes.length - cursor.at) throw new Stop("CBOR_TRUNCATED", at);
  let [before, beforeEnd] = [-1, -1];
  for (let left = Number(length); left > 0; left--) {
    const from = cursor.at;
    scanKey(cursor);
    if (before >= 0) checkOrder(cursor.bytes, before, beforeEnd, from, cursor.at);
    [before, beforeEnd] = [from, cursor.at];
    scanItem(cursor, depth + 1);
  }
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
function scanKey(cursor: Cursor): void {
  const at = cursor.at;
  const major = majorAt(cursor, at);
  if (major !== 3 && major !== 0) {
    if (major === 7) scanSimple(cursor, at);
    else readArgument(cursor, at);
    throw new Stop(major === 6 ? "CBOR_TAG" : "CBOR_KEY_TYPE", at);
  }
  if (major === 0 && readArgument(cursor, at) > CBOR_UINT_KEY_MAX) throw new Stop("CBOR_KEY_TYPE", at);
  cursor.at = at;
  scanItem(cursor, 0);
}

/** The text keys of a map and the offsets of their values, as far as the bytes can be read: says in which of them an offence lies. */
export function readableKeys(bytes: Uint8Array): readonly { readonly key: string; readonly at: number }[] {
  const found: { key: string; at: number }[] = [];
  const cursor: Cursor = { bytes, at: 0, items: 0 };
  try {
    const length = majorAt(cursor, 0) === 5 ? Number(readArgument(cursor, 0)) : 0;
    for (let left = length; left > 0; left--) {
      const from = cursor.at;
      scanKey(cursor);
      if (majorAt(cursor, from) === 3) found.push({ key: textAt(bytes, from), at: cursor.at });
      scanItem(cursor, 1);
    }
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
  }
  return found;
}

/** A text that the scanner has passed. */
function textAt(bytes: Uint8Array, at: number): string {
  const cursor: Cursor = { bytes, at, items: 0 };
  const length = readArgument(cursor, at);
  return utf8.decode(bytes.subarray(cursor.at, endOf(cursor, length)));
}
