// The strict scanner (SPEC §1.2): one pass that proves bytes to be the canonical encoding of one value of the profile.
// Nothing is decoded before it has passed, and what it passes decodes and encodes again to the same bytes.
import { compareBytes } from "../bytes.ts";
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

type Head = { readonly major: number; readonly argument: bigint; readonly next: number };
type Cursor = { readonly bytes: Uint8Array; items: number };

const INT64_SPAN = 1n << 63n;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Passes canonical bytes of the profile; otherwise a CBOR_ code and the offset of the first offence. */
export function scanCanonical(bytes: Uint8Array): Result<Uint8Array> {
  const cursor: Cursor = { bytes, items: 0 };
  try {
    const end = scanItem(cursor, 0, 0);
    if (end !== bytes.length) throw new Stop("CBOR_TRAILING", end);
    return ok(bytes);
  } catch (stop) {
    if (stop instanceof Stop) return fault(stop.code, { at: stop.at });
    throw stop;
  }
}

function scanItem(cursor: Cursor, at: number, depth: number): number {
  cursor.items += 1;
  if (cursor.items > CBOR_ITEMS_MAX) throw new Stop("CBOR_TOO_MANY_ITEMS", at);
  const head = readHead(cursor.bytes, at);
  switch (head.major) {
    case 0:
      return head.next;
    case 1:
      if (head.argument >= INT64_SPAN) throw new Stop("CBOR_INTEGER_RANGE", at);
      return head.next;
    case 2:
      return skipString(cursor.bytes, head);
    case 3:
      return scanText(cursor.bytes, head);
    case 4:
      return scanArray(cursor, head, at, depth);
    case 5:
      return scanMap(cursor, head, at, depth);
    default:
      return head.next; // simple values: readHead lets only false, true and null through
  }
}

function readHead(bytes: Uint8Array, at: number): Head {
  const first = bytes[at];
  if (first === undefined) throw new Stop("CBOR_TRUNCATED", at);
  const major = first >> 5;
  const low = first & 31;
  if (major === 7) return readSimple(low, at);
  if (low === 31) throw new Stop("CBOR_INDEFINITE", at);
  if (low > 27) throw new Stop("CBOR_RESERVED", at);
  const head =
    low < 24 ? { major, argument: BigInt(low), next: at + 1 } : readArgument(bytes, at, major, 1 << (low - 24));
  if (major === 6) throw new Stop("CBOR_TAG", at);
  return head;
}

function readSimple(low: number, at: number): Head {
  if (low >= 20 && low <= 22) return { major: 7, argument: BigInt(low), next: at + 1 };
  if (low >= 25 && low <= 27) throw new Stop("CBOR_FLOAT", at);
  if (low === 31) throw new Stop("CBOR_INDEFINITE", at);
  throw new Stop(low >= 28 ? "CBOR_RESERVED" : "CBOR_SIMPLE", at);
}

function readArgument(bytes: Uint8Array, at: number, major: number, size: number): Head {
  if (at + size >= bytes.length) throw new Stop("CBOR_TRUNCATED", at);
  let argument = 0n;
  for (let i = 1; i <= size; i++) argument = (argument << 8n) | BigInt(bytes[at + i] as number);
  const least = size === 1 ? 24n : 1n << BigInt(4 * size);
  if (argument < least) throw new Stop("CBOR_NOT_SHORTEST", at);
  return { major, argument, next: at + 1 + size };
}

function skipString(bytes: Uint8Array, head: Head): number {
  if (head.argument > BigInt(bytes.length - head.next)) throw new Stop("CBOR_TRUNCATED", head.next);
  return head.next + Number(head.argument);
}

function scanText(bytes: Uint8Array, head: Head): number {
  const end = skipString(bytes, head);
  // A leading byte order mark vanishes in common decoders, so that two byte strings would read as one text.
  if (
    bytes[head.next] === 0xef &&
    bytes[head.next + 1] === 0xbb &&
    bytes[head.next + 2] === 0xbf &&
    end - head.next >= 3
  )
    throw new Stop("CBOR_BYTE_ORDER_MARK", head.next);
  try {
    utf8.decode(bytes.subarray(head.next, end));
  } catch {
    throw new Stop("CBOR_UTF8", head.next);
  }
  return end;
}

function scanArray(cursor: Cursor, head: Head, at: number, depth: number): number {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (head.argument > BigInt(cursor.bytes.length - head.next)) throw new Stop("CBOR_TRUNCATED", at);
  let next = head.next;
  for (let left = Number(head.argument); left > 0; left--) next = scanItem(cursor, next, depth + 1);
  return next;
}

function scanMap(cursor: Cursor, head: Head, at: number, depth: number): number {
  if (depth >= CBOR_DEPTH_MAX) throw new Stop("CBOR_TOO_DEEP", at);
  if (head.argument * 2n > BigInt(cursor.bytes.length - head.next)) throw new Stop("CBOR_TRUNCATED", at);
  let next = head.next;
  let previous: Uint8Array | null = null;
  for (let left = Number(head.argument); left > 0; left--) {
    const afterKey = scanKey(cursor, next);
    const key = cursor.bytes.subarray(next, afterKey);
    if (previous !== null) {
      const order = compareBytes(previous, key);
      if (order === 0) throw new Stop("CBOR_DUPLICATE_KEY", next);
      if (order > 0) throw new Stop("CBOR_KEY_ORDER", next);
    }
    previous = key;
    next = scanItem(cursor, afterKey, depth + 1);
  }
  return next;
}

function scanKey(cursor: Cursor, at: number): number {
  const { major, argument } = readHead(cursor.bytes, at);
  const allowed = major === 3 || (major === 0 && argument <= CBOR_UINT_KEY_MAX);
  if (!allowed) throw new Stop("CBOR_KEY_TYPE", at);
  return scanItem(cursor, at, 0);
}

/** The text keys of a map and the offsets of their values, as far as the bytes can be read: says in which of them an offence lies. */
export function readableKeys(bytes: Uint8Array): readonly { readonly key: string; readonly at: number }[] {
  const found: { key: string; at: number }[] = [];
  const cursor: Cursor = { bytes, items: 0 };
  try {
    const { major, argument, next } = readHead(bytes, 0);
    let at = next;
    for (let left = argument; major === 5 && left > 0n; left--) {
      const key = readHead(bytes, at);
      const value = scanKey(cursor, at);
      if (key.major === 3) found.push({ key: utf8.decode(bytes.subarray(key.next, value)), at: value });
      at = scanItem(cursor, value, 1);
    }
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
  }
  return found;
}
