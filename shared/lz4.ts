// The LZ4 block format (lz4_Block_format.md, version 1.6.4): frames of one ceremony share most of their bytes. Our own, since what a block
// unpacks to is signed for: every party must read, and refuse, the same blocks. Any packer will do; ours is greedy.

const MATCH_LEAST = 4;
const OFFSET_MOST = 65_535;
/** The format's rules for the end: the last match begins 12 bytes before it at the latest, and the last 5 bytes are literals. */
const LAST_MATCH = 12;
const LAST_LITERALS = 5;
/** Few enough that what was seen fits beside the code in a processor's nearest cache. */
const HASH_BITS = 12;
/** After 2^3 misses in a row steps grow by a byte, and so on. */
const STEP_BITS = 3;

/** Packs bytes into one block; what does not repeat grows by a 255th. */
export function pack(input: Uint8Array): Uint8Array {
  const words = new DataView(input.buffer, input.byteOffset, input.length);
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  const sequences = new Sequences(input);
  let [at, anchor, misses] = [0, 0, 0];
  while (at <= input.length - LAST_MATCH) {
    const word = words.getInt32(at);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const from = seen[slot] as number;
    seen[slot] = at;
    if (from < 0 || at - from > OFFSET_MOST || words.getInt32(from) !== word) {
      // Where nothing has repeated for a while (signatures, hashes) little will: longer steps miss little.
      at += 1 + (misses >> STEP_BITS);
      misses += 1;
      continue;
    }
    misses = 0;
    let length = MATCH_LEAST;
    const most = input.length - LAST_LITERALS - at;
    while (length + 4 <= most && words.getInt32(from + length) === words.getInt32(at + length)) length += 4;
    while (length < most && input[from + length] === input[at + length]) length += 1;
    sequences.add(anchor, at, at - from, length);
    at += length;
    anchor = at;
  }
  sequences.add(anchor, input.length, 0, 0);
  return sequences.block;
}

/** A block as it is written, sequence by sequence. */
class Sequences {
  readonly #input: Uint8Array;
  readonly #out: Uint8Array;
  #end = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
    this.#out = new Uint8Array(input.length + Math.ceil(input.length / 255) + 16);
  }

  get block(): Uint8Array {
    return this.#out.slice(0, this.#end);
  }

  /** Literals from one place to another, and behind them a match unless its length is 0: then they are the last. */
  add(from: number, until: number, offset: number, length: number): void {
    const out = this.#out;
    const literals = until - from;
    const more = length === 0 ? 0 : length - MATCH_LEAST;
    out[this.#end] = (Math.min(literals, 15) << 4) | Math.min(more, 15);
    const at = writeRest(out, this.#end + 1, literals);
    copy(this.#input, from, until, out, at);
    this.#end = at + literals;
    if (length === 0) return;
    out[this.#end] = offset & 0xff;
    out[this.#end + 1] = offset >> 8;
    this.#end = writeRest(out, this.#end + 2, more);
  }
}

/** What a length has beyond the 15 that its half of the token can say. */
function writeRest(out: Uint8Array, start: number, length: number): number {
  let at = start;
  if (length < 15) return at;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out[at++] = 255;
  out[at] = rest;
  return at + 1;
}

/** So few bytes are copied one by one, of literals as of matches: a call costs more. */
const SHORT = 64;

function copy(bytes: Uint8Array, from: number, until: number, out: Uint8Array, at: number): void {
  if (until - from > SHORT) out.set(bytes.subarray(from, until), at);
  else for (let next = from; next < until; next++) out[at + next - from] = bytes[next] as number;
}

type Cursor = { readonly block: Uint8Array; at: number };

/** A length of which the token says `start`; longer than any block where it has no end. */
function readLength(cursor: Cursor, start: number): number {
  let length = start;
  if (start < 15) return length;
  for (let byte = 255; byte === 255; cursor.at++) {
    const next = cursor.block[cursor.at];
    if (next === undefined) return Number.POSITIVE_INFINITY;
    byte = next;
    length += byte;
  }
  return length;
}

/** Unpacks a block that holds exactly `size` bytes; null where it does not, or is malformed. */
export function unpack(block: Uint8Array, size: number): Uint8Array | null {
  const out = new Uint8Array(size);
  const cursor: Cursor = { block, at: 0 };
  let end = 0;
  while (cursor.at < block.length) {
    const token = block[cursor.at++] as number;
    const literals = readLength(cursor, token >> 4);
    if (literals > block.length - cursor.at || literals > size - end) return null;
    copy(block, cursor.at, cursor.at + literals, out, end);
    cursor.at += literals;
    end += literals;
    if (cursor.at === block.length) return end === size && (token & 15) === 0 ? out : null;
    const [low, high] = [block[cursor.at], block[cursor.at + 1]];
    cursor.at += 2;
    const length = readLength(cursor, token & 15) + MATCH_LEAST;
    if (low === undefined || high === undefined || !copyBack(out, end, low | (high << 8), length)) return null;
    end += length;
  }
  return null;
}

/** Copies from `offset` bytes before the end; false where that is before the beginning, or does not fit. */
function copyBack(out: Uint8Array, end: number, offset: number, length: number): boolean {
  if (offset === 0 || offset > end || length > out.length - end) return false;
  if (offset >= length && length > SHORT) out.copyWithin(end, end - offset, end - offset + length);
  else for (let at = end; at < end + length; at++) out[at] = out[at - offset] as number; // it may overlap what it writes
  return true;
}
