// The one encoder (SPEC §1.1): shortest heads, map keys in bytewise order of their encodings (RFC 8949 §4.2.1).
// It throws on values outside the profile: only our own code calls it, so such a value is a bug.
import { compareBytes } from "../bytes.ts";
import { CBOR_UINT_KEY_MAX } from "../limits.ts";
import { invariant } from "../result.ts";
import type { CborMap, CborValue, Encodable } from "./value.ts";

const UINT64_LIMIT = 1n << 64n;
const INT64_LOWEST = -(1n << 63n);
const utf8 = new TextEncoder();

/** Bytes as they are written, behind those that were handed out in place. */
class Sink {
  readonly #least: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #start = 0;
  #length = 0;

  /** Of memory it takes so much at least at a time. */
  constructor(least: number) {
    this.#least = least;
    this.#bytes = new Uint8Array(least);
  }

  /** What was handed out stays where it is. */
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const written = this.#bytes.subarray(this.#start, this.#length);
    const grown = new Uint8Array(Math.max(this.#least, 2 * written.length, written.length + more));
    grown.set(written);
    this.#bytes = grown;
    this.#start = 0;
    this.#length = written.length;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The shortest head for an argument. */
  head(major: number, argument: number | bigint): void {
    this.#reserve(9);
    const type = major << 5;
    if (argument < 24) {
      this.#bytes[this.#length++] = type | Number(argument);
      return;
    }
    const size = argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8;
    this.#bytes[this.#length++] = type | (size === 1 ? 24 : size === 2 ? 25 : size === 4 ? 26 : 27);
    if (size < 8) {
      this.#low(size, Number(argument));
      return;
    }
    const wide = BigInt(argument);
    this.#low(4, Number(wide >> 32n));
    this.#low(4, Number(wide & 0xffff_ffffn));
  }

  /** The low bytes of a number, the highest first. */
  #low(bytes: number, number: number): void {
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) this.#bytes[this.#length++] = (number >>> shift) & 0xff;
  }

  /** Writes a text of plain ASCII behind its head; false where it is not, and then nothing is written. */
  ascii(text: string): boolean {
    const start = this.#length;
    this.head(3, text.length);
    this.#reserve(text.length);
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 0x7f) {
        this.#length = start;
        return false;
      }
      this.#bytes[this.#length++] = unit;
    }
    return true;
  }

  /** A copy of what was written; the next to write begins anew. */
  copied(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.slice(this.#start, this.#length);
    this.#length = this.#start;
    if (this.#bytes.length > SINK_KEPT_MAX) this.#bytes = new Uint8Array(this.#least);
    return written;
  }

  /** What was written, where it stands; the next to write begins behind it. */
  inPlace(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.subarray(this.#start, this.#length);
    this.#start = this.#length;
    return written;
  }
}

/** Sinks that nobody writes to: keys are encoded while what holds them is. One that threw is not used again. */
const idle: Sink[] = [];
const SINK_LEAST = 512;
const SINK_KEPT_MAX = 65_536;

/** Canonical bytes of `value`; the same value has the same bytes everywhere. Throws outside the profile. */
export function encodeCanonical(value: Encodable): Uint8Array<ArrayBuffer> {
  const sink = idle.pop() ?? new Sink(SINK_LEAST);
  write(value, sink);
  const written = sink.copied();
  idle.push(sink);
  return written;
}

/** What is signed is encoded for each check, and a piece of memory for each would cost as much as its encoding. */
const SHARED_BYTES = 65_536;
let shared: Sink | null = null;

/** The same bytes for whoever lets go of them soon: a view of memory that other such bytes share. */
export function encodeBriefly(value: Encodable): Uint8Array<ArrayBuffer> {
  const sink = shared ?? new Sink(SHARED_BYTES);
  shared = null;
  write(value, sink);
  const written = sink.inPlace();
  shared = sink;
  return written;
}

/** How many bytes the encoding of a decoded value has; nothing is written for it. */
export function encodedLength(value: CborValue): number {
  if (typeof value === "number" || typeof value === "bigint")
    return headLength(value < 0 ? -1n - BigInt(value) : value);
  if (typeof value === "string") return stringLength(utf8Length(value));
  if (typeof value === "boolean" || value === null) return 1;
  if (value instanceof Uint8Array) return stringLength(value.length);
  if (Array.isArray(value))
    return (value as readonly CborValue[]).reduce(
      (sum: number, item) => sum + encodedLength(item),
      headLength(value.length),
    );
  const map = value as CborMap;
  let length = headLength(map.size);
  for (const [key, item] of map) length += encodedLength(key) + encodedLength(item);
  return length;
}

function headLength(argument: number | bigint): number {
  if (argument < 24) return 1;
  return argument < 0x100 ? 2 : argument < 0x1_0000 ? 3 : argument < 0x1_0000_0000 ? 5 : 9;
}

const stringLength = (bytes: number) => headLength(bytes) + bytes;

function utf8Length(text: string): number {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return utf8.encode(text).length;
  return text.length;
}

function write(value: Encodable, out: Sink): void {
  if (typeof value === "number" || typeof value === "bigint") writeInteger(value, out);
  else if (typeof value === "string") writeText(value, out);
  else if (value === null) out.head(7, 22);
  else if (typeof value === "boolean") out.head(7, value ? 21 : 20);
  else if (value instanceof Uint8Array) {
    out.head(2, value.length);
    out.raw(value);
  } else if (Array.isArray(value)) writeArray(value as readonly Encodable[], out);
  else writeMap(value instanceof Map ? [...value.entries()] : Object.entries(value as object), out);
}

function writeArray(items: readonly Encodable[], out: Sink): void {
  out.head(4, items.length);
  for (let at = 0; at < items.length; at++) write(items[at] as Encodable, out);
}

function writeInteger(value: number | bigint, out: Sink): void {
  if (typeof value === "number") {
    invariant(Number.isSafeInteger(value), "CBOR numbers are integers");
    if (value >= 0) out.head(0, value);
    else out.head(1, -1 - value);
    return;
  }
  invariant(value >= INT64_LOWEST && value < UINT64_LIMIT, "CBOR integers are in [-2^63, 2^64)");
  if (value >= 0n) out.head(0, value);
  else out.head(1, -1n - value);
}

function writeText(text: string, out: Sink): void {
  if (out.ascii(text)) return;
  invariant(text.isWellFormed(), "CBOR text has no lone surrogates");
  invariant(!text.startsWith("\ufeff"), "CBOR text does not begin with a byte order mark");
  const bytes = utf8.encode(text);
  out.head(3, bytes.length);
  out.raw(bytes);
}

function writeMap(entries: readonly (readonly [string | number, Encodable])[], out: Sink): void {
  const sorted = entries
    .map(([key, value]) => ({ key: encodeKey(key), value }))
    .sort((a, b) => compareBytes(a.key, b.key));
  out.head(5, sorted.length);
  for (const { key, value } of sorted) {
    out.raw(key);
    write(value, out);
  }
}

/** Keys met before: names of fields come again in every document. */
const keys = new Map<string | number, Uint8Array>();
const KEYS_KEPT_MAX = 1_024;

function encodeKey(key: string | number): Uint8Array {
  const known = keys.get(key);
  if (known !== undefined) return known;
  invariant(
    typeof key === "string" || (key >= 0 && key <= CBOR_UINT_KEY_MAX),
    "CBOR integer keys are small and unsigned",
  );
  const encoded = encodeCanonical(key);
  if (keys.size < KEYS_KEPT_MAX) keys.set(key, encoded);
  return encoded;
}
