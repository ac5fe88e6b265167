// Synchronous SHA-256, so that the pure core never suspends: WebCrypto's digest is asynchronous. The only file that imports it.
import { _SHA256, sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { equalBytes, toHex, writeHex } from "./bytes.ts";
import { invariant } from "./result.ts";

type Sha256 = (bytes: Uint8Array) => Uint8Array;

const BLOCKS_BYTES = 16 * 64;
/** Bytes that fit into so many blocks with what pads them. */
const SHORT_MOST = BLOCKS_BYTES - 9;

/** Short messages, of which there are tens of thousands: the library's way round its blocks costs more than the blocks do. */
class ShortSha256 extends _SHA256 {
  readonly #start = this.get();
  readonly #blocks = new Uint8Array(BLOCKS_BYTES);
  readonly #view = new DataView(this.#blocks.buffer);
  readonly #digest = new Uint8Array(32);
  readonly #words = new DataView(this.#digest.buffer);

  /** The digest, in memory that the next is written to. */
  hash(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    const end = 64 * Math.ceil((length + 9) / 64);
    this.#blocks.set(bytes);
    this.#blocks[length] = 0x80;
    this.#blocks.fill(0, length + 1, end);
    this.#view.setUint16(end - 2, 8 * length);
    const start = this.#start; // by their places: taking a list apart is slower
    this.set(start[0], start[1], start[2], start[3], start[4], start[5], start[6], start[7]);
    for (let at = 0; at < end; at += 64) this.process(this.#view, at);
    this.#write();
    return this.#digest;
  }

  #write(): void {
    this.#words.setInt32(0, this.A);
    this.#words.setInt32(4, this.B);
    this.#words.setInt32(8, this.C);
    this.#words.setInt32(12, this.D);
    this.#words.setInt32(16, this.E);
    this.#words.setInt32(20, this.F);
    this.#words.setInt32(24, this.G);
    this.#words.setInt32(28, this.H);
  }
}

const short = new ShortSha256();

/** Of a short message in memory that the next is written to. */
function digestOf(bytes: Uint8Array): Uint8Array {
  return bytes.length <= SHORT_MOST ? short.hash(bytes) : nobleSha256(bytes);
}

function ours(bytes: Uint8Array): Uint8Array {
  return digestOf(bytes).slice();
}

/** What a host has of its own; a call costs as much as some blocks of ours, and far less while ours are not compiled yet. */
let lent: Sha256 | null = null;
const LENT_FROM_BYTES = 5 * 64;

/** Takes a host's own SHA-256, which is several times as fast; it changes no digest. */
export function lendSha256(native: Sha256): void {
  const probe = Uint8Array.from({ length: 2 * LENT_FROM_BYTES }, (_, at) => at & 0xff);
  invariant(equalBytes(native(probe), ours(probe)), "a host's SHA-256 is SHA-256");
  lent = native;
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return lent !== null && bytes.length >= LENT_FROM_BYTES ? lent(bytes) : ours(bytes);
}

/** The same of a short message, written from some place on: a tree has two for each of its leaves. */
export function writeSha256(bytes: Uint8Array, target: Uint8Array, from: number): void {
  target.set(digestOf(bytes), from);
}

export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** Hashes and keys met before, each in the place that its first bytes say. What is not there is spelt again: it changes no answer. */
export const ID_BYTES = 32;
const PLACES = 4_096;
const met: (string | undefined)[] = new Array(PLACES).fill(undefined);
/** Their bytes: they are compared in half the time that their texts take. */
const metBytes = new Uint8Array(PLACES * ID_BYTES);

/** 32 bytes, from some offset on, in hexadecimal. Ceremonies, keys and devices come again in every statement, and are held once. */
export function idText(bytes: Uint8Array, from = 0): string {
  const place = (((bytes[from] as number) << 8) | (bytes[from + 1] as number)) & (PLACES - 1);
  const known = met[place];
  if (known !== undefined && isMet(place * ID_BYTES, bytes, from)) return known;
  const id = bytes.subarray(from, from + ID_BYTES);
  const text = toHex(id);
  if (id.length < ID_BYTES) return text;
  met[place] = text;
  metBytes.set(id, place * ID_BYTES);
  return text;
}

function isMet(start: number, bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < ID_BYTES; at++) if (bytes[from + at] !== metBytes[start + at]) return false;
  return true;
}

/** The bytes of a hash that we hold in hexadecimal. */
export function idBytes(id: string): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  writeId(id, bytes, 0);
  return bytes;
}

/** The same, written from some place on. */
export function writeId(id: string, target: Uint8Array, from: number): void {
  const isWritten = id.length === 2 * ID_BYTES && writeHex(id, target, from);
  invariant(isWritten, "an id is 32 bytes in hexadecimal");
}
