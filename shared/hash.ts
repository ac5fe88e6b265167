// Synchronous SHA-256, so that the pure core never suspends: WebCrypto's digest is asynchronous. The only file that imports it.
import { _SHA256, sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { equalBytes, isHexOf, parseHex, toHex } from "./bytes.ts";
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

  hash(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    const end = 64 * Math.ceil((length + 9) / 64);
    this.#blocks.set(bytes);
    this.#blocks[length] = 0x80;
    this.#blocks.fill(0, length + 1, end);
    this.#view.setUint16(end - 2, 8 * length);
    const [a, b, c, d, e, f, g, h] = this.#start;
    this.set(a, b, c, d, e, f, g, h);
    for (let at = 0; at < end; at += 64) this.process(this.#view, at);
    const words = this.get();
    for (let word = 0; word < 8; word++) this.#words.setInt32(4 * word, words[word] as number);
    return this.#digest.slice();
  }
}

const short = new ShortSha256();

function ours(bytes: Uint8Array): Uint8Array {
  return bytes.length <= SHORT_MOST ? short.hash(bytes) : nobleSha256(bytes);
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

export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** Hashes and keys met before, each in the place that its first bytes say. What is not there is spelt again: it changes no answer. */
export const ID_BYTES = 32;
const met: (string | undefined)[] = new Array(4_096).fill(undefined);

/** 32 bytes, from some offset on, in hexadecimal. Ceremonies, keys and devices come again in every statement, and are held once. */
export function idText(bytes: Uint8Array, from = 0): string {
  const place = (((bytes[from] as number) << 8) | (bytes[from + 1] as number)) & (met.length - 1);
  const known = met[place];
  if (known !== undefined && isHexOf(known, bytes, from)) return known;
  const text = toHex(bytes.subarray(from, from + ID_BYTES));
  met[place] = text;
  return text;
}

/** The bytes of a hash that we hold in hexadecimal. */
export function idBytes(id: string): Uint8Array {
  const parsed = parseHex(id);
  invariant(parsed !== null && parsed.length === 32, "an id is 32 bytes in hexadecimal");
  return parsed;
}
