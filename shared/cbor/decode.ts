// Bytes to values (SPEC §1.2): one pass proves that they are the canonical encoding of one value of the profile, and makes that value on its
// way. It is handed out only where all of the bytes have passed; what has, encodes again to the same bytes.
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX, CBOR_UINT_KEY_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { fault, ok, type Result } from "../result.ts";
import { textIn } from "./text-in.ts";
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

/** Where the reading stands, and how many items it has met. */
export type Cursor = { readonly bytes: Uint8Array; readonly copies: boolean; at: number; items: number };

/** Decodes canonical bytes; otherwise a CBOR_ code and the offset of the first offence. Integers are numbers where exact, bigints beyond. */
export function decodeCanonical(bytes: Uint8Array): Result<CborValue> {
  return decodeWhole({ bytes, copies: true, at: 0, items: 0 });
}

/** The same, with byte strings that are views of the input: for whoever keeps the input as long as what was read from it. */
export function decodeInPlace(bytes: Uint8Array): Result<CborValue> {
  return decodeWhole({ bytes, copies: false, at: 0, items: 0 });
}

/**
 * The value that `read` makes of canonical bytes on its way through them; null where it makes none, for whatever reason. Whoever asks then decodes
 * them, and is told.
 */
export function readThrough<T>(bytes: Uint8Array, read: (cursor: Cursor, depth: number) => T): T | null {
  const cursor = { bytes, copies: false, at: 0, items: 0 };
  try {
    const value = read(cursor, 0);
    return cursor.at === bytes.length && cursor.items <= CBOR_ITEMS_MAX ? value : null;
  } catch {
    return null;
  }
}

/** Passes an item's head, which must be of this type; its argument, below 2^53. */
export function passHead(cursor: Cursor, major: number): number {
  const { at } = cursor;
  if (majorAt(cursor, at) !== major) throw OTHERWISE;
  cursor.items += 1;
  const argument = readArgument(cursor, at);
  if (typeof argument === "bigint") throw OTHERWISE;
  return argument;
}

/** Not what was looked for; one for all, since nobody is told of it. */
export const OTHERWISE = new Error("to be read otherwise");

function decodeWhole(cursor: Cursor): Result<CborValue> {
  try {
    const value = readItem(cursor, 0);
    if (cursor.at !== cursor.bytes.length) throw new Stop("CBOR_TRAILING", cursor.at);
    return ok(value);
  } catch (stop) {
    if (stop instanceof Stop) return fault(stop.code, { at: stop.at });
    throw stop;
  }
}

export function readItem(cursor: Cursor, depth: number): CborValue {
  const at = cursor.at;
  cursor.items += 1;
  if (cursor.items > CBOR_ITEMS_MAX) throw new Stop("CBOR_TOO_MANY_ITEMS", at);
  const major = majorAt(cursor, at);
  if (major === 7) return readSimple(cursor, at);
  const argument = readArgument(cursor, at);
  switch (major) {
    case 0:
      return argument;
    case 1:
      return negative(argument, at);
    case 2:
      return readBytes(cursor, argument);
    case 3:
      return readText(cursor, argument);
    case 4:
      return readArray(cursor, argument, at, depth);
    case 5:
      return readMap(cursor, argument, at, depth);
    default:
      throw new Stop("CBOR_TAG", at);
  }
}

export function majorAt({ bytes }: Cursor, at: number): number {
  const first = bytes[at];
  if (first === undefined) throw new Stop("CBOR_TRUNCATED", at);
  return first >> 5;
}

const SIMPLE = [false, true, null] as const;

/** False, true and null are all that there is. */
function readSimple(cursor: Cursor, at: number): CborValue {
  const low = (cursor.bytes[at] as number) & 31;
  const value = SIMPLE[low - 20];
  if (value === undefined) {
    if (low >= 25 && low <= 27) throw new Stop("CBOR_FLOAT", at);
    if (low === 31) throw new Stop("CBOR_INDEFINITE", at);
    throw new Stop(low >= 28 ? "CBOR_RESERVED" : "CBOR_SIMPLE", at);
  }
  cursor.at = at + 1;
  return value;
}

/** The argument of a head in its shortest form; a bigint from 2^53. */
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

const INT64_SPAN = 1n << 63n;

function negative(argument: number | bigint, at: number): number | bigint {
  if (argument < Number.MAX_SAFE_INTEGER) return -1 - Number(argument);
  const wide = BigInt(argument);
  if (wide >= INT64_SPAN) throw new Stop("CBOR_INTEGER_RANGE", at);
  return -1n - wide;
}

/** Where a string of so many bytes ends. */
function endOf({ bytes, at }: Cursor, length: number | bigint): number {
  if (length > bytes.length - at) throw new Stop("CBOR_TRUNCATED", at);
  return at + Number(length);
}

/** Passes so many bytes, and says where they begin. */
export function passBytes(cursor: Cursor, length: number | bigint): number {
  const { at } = cursor;
  cursor.at = endOf(cursor, length);
  return at;
}

/** Plain bytes, whatever kind of array they came in. */
export function readBytes(cursor: Cursor, length: number | bigint): Uint8Array {
  const { bytes, copies } = cursor;
  const at = passBytes(cursor, length);
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + at, cursor.at - at);
  return copies ? view.slice() : view;
}

export function readText(cursor: Cursor, length: number | bigint): string {
  const { bytes, at } = cursor;
  const end = endOf(cursor, length);
  cursor.at = end;
  // A leading byte order mark vanishes in common decoders, so that two byte strings would read as one text.
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf && end - at >= 3)
    throw new Stop("CBOR_BYTE_ORDER_MARK", at);
  const text = textIn(bytes, at, end);
  if (text === null) throw new Stop("CBOR_UTF8", at);
  return text;
}

function readArray(cursor: Cursor, length: number | bigint, at: number, depth: number): CborValue {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (length > cursor.bytes.length - cursor.at) throw new Stop("CBOR_TRUNCATED", at);
  const items: CborValue[] = [];
  for (let left = Number(length); left > 0; left--) items.push(readItem(cursor, depth + 1));
  return items;
}

/** Every header that says nothing unprotected is one. */
const NO_ENTRIES: CborMap = new Map();

function readMap(cursor: Cursor, length: number | bigint, at: number, depth: number): CborMap {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (Number(length) * 2 > cursor.bytes.length - cursor.at) throw new Stop("CBOR_TRUNCATED", at);
  if (length === 0) return NO_ENTRIES;
  const entries = new Map<string | number, CborValue>();
  let before = -1;
  let beforeEnd = -1;
  for (let left = Number(length); left > 0; left--) {
    const from = cursor.at;
    const key = readKey(cursor);
    if (before >= 0) checkOrder(cursor.bytes, before, beforeEnd, from, cursor.at);
    before = from;
    beforeEnd = cursor.at;
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
  const cursor: Cursor = { bytes, copies: false, at: 0, items: 0 };
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
