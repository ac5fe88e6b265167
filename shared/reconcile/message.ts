// The messages of a reconciliation of two sets (SPEC §21). One answer for each range that the message before left open, in its order, so
// that ranges need no names: two bits say which answer, its content follows.
import { fault, ok, type Result } from "../result.ts";
import { rangesAt, SALT_BYTES } from "./tagged-set.ts";

/** What is said of a range. `split` gives the fingerprints of its quarters, `list` the names of all ids in it. */
export type Answer =
  | { readonly is: "same" }
  | { readonly is: "split"; readonly fingerprints: readonly number[] }
  | { readonly is: "list"; readonly names: readonly number[] }
  /** To a list: which of its ids are lacking here (by position), and the names of those lacking there. */
  | { readonly is: "verdict"; readonly lacking: readonly number[]; readonly extra: readonly number[] };

/** A first message: fingerprints of all ranges of one depth, and the digest of the whole set. */
export type Opening = {
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
  readonly depth: number;
  readonly fingerprints: readonly number[];
};

const VERSION = 1;
const DIGEST_BYTES = 16;
/** Ranges of an opening: 2^depth. */
const OPENING_DEPTH_MAX = 20;
const KINDS = ["same", "split", "list", "verdict"] as const;
export const QUARTERS = 4;

export function encodeOpening({ salt, digest, depth, fingerprints }: Opening): Uint8Array {
  const writer = new Writer();
  writer.byte(VERSION);
  writer.bytes(salt);
  writer.bytes(digest);
  writer.byte(depth);
  for (const fingerprint of fingerprints) writer.word(fingerprint);
  return writer.done();
}

export function decodeOpening(bytes: Uint8Array): Result<Opening> {
  const reader = new Reader(bytes);
  const version = reader.byte();
  const salt = reader.bytes(SALT_BYTES);
  const digest = reader.bytes(DIGEST_BYTES);
  const depth = reader.byte();
  if (version !== VERSION || depth > OPENING_DEPTH_MAX || !reader.holds(4 * rangesAt(depth))) return malformed();
  const fingerprints = Array.from({ length: rangesAt(depth) }, () => reader.word());
  return reader.ended() ? ok({ salt, digest, depth, fingerprints }) : malformed();
}

export function encodeAnswers(answers: readonly Answer[]): Uint8Array {
  const writer = new Writer();
  writer.packed(
    answers.map(({ is }) => KINDS.indexOf(is)),
    2,
  );
  for (const answer of answers) {
    if (answer.is === "split") for (const fingerprint of answer.fingerprints) writer.word(fingerprint);
    if (answer.is === "list") writer.words(answer.names);
    if (answer.is === "verdict") {
      writer.count(answer.lacking.length);
      for (const position of answer.lacking) writer.count(position);
      writer.words(answer.extra);
    }
  }
  return writer.done();
}

/** `open` is the number of ranges that wait for an answer. */
export function decodeAnswers(bytes: Uint8Array, open: number): Result<readonly Answer[]> {
  const reader = new Reader(bytes);
  const kinds = reader.packed(open, 2);
  const answers: Answer[] = [];
  for (const kind of kinds) {
    if (reader.failed) break;
    const is = KINDS[kind] as Answer["is"];
    if (is === "same") answers.push({ is });
    else if (is === "split") answers.push({ is, fingerprints: Array.from({ length: QUARTERS }, () => reader.word()) });
    else if (is === "list") answers.push({ is, names: reader.words() });
    else {
      const lacking = Array.from({ length: reader.count() }, () => reader.count());
      answers.push({ is, lacking, extra: reader.words() });
    }
  }
  return reader.ended() ? ok(answers) : malformed();
}

function malformed(): ReturnType<typeof fault> {
  return fault("SET_MESSAGE_MALFORMED");
}

class Writer {
  private readonly out: number[] = [];
  byte(value: number): void {
    this.out.push(value);
  }
  bytes(values: Uint8Array): void {
    for (const value of values) this.out.push(value);
  }
  word(value: number): void {
    this.out.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  }
  words(values: readonly number[]): void {
    this.count(values.length);
    for (const value of values) this.word(value);
  }
  /** Seven bits a byte, least first. */
  count(value: number): void {
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      this.out.push(rest < 128 ? rest : (rest % 128) + 128);
      if (rest < 128) return;
    }
  }
  packed(values: readonly number[], bits: number): void {
    const each = 8 / bits;
    for (let at = 0; at < values.length; at += each)
      this.out.push(values.slice(at, at + each).reduce((sum, value, index) => sum + (value << (bits * index)), 0));
  }
  done(): Uint8Array {
    return Uint8Array.from(this.out);
  }
}

/** Reads to the end or fails; after a failure it reads zeroes. */
class Reader {
  private at = 0;
  failed = false;
  private readonly source: Uint8Array;
  constructor(source: Uint8Array) {
    this.source = source;
  }
  holds(length: number): boolean {
    return this.at + length <= this.source.length;
  }
  byte(): number {
    if (!this.holds(1)) this.failed = true;
    return this.failed ? 0 : (this.source[this.at++] as number);
  }
  bytes(length: number): Uint8Array {
    if (!this.holds(length)) this.failed = true;
    this.at += length;
    return this.failed ? new Uint8Array(length) : this.source.slice(this.at - length, this.at);
  }
  word(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0;
  }
  words(): readonly number[] {
    const length = this.count();
    if (!this.holds(4 * length)) this.failed = true;
    return this.failed ? [] : Array.from({ length }, () => this.word());
  }
  /** At most four bytes; never more than the source has bits, so that a count cannot ask for memory. */
  count(): number {
    let value = 0;
    for (let shift = 1; shift <= 2_097_152; shift *= 128) {
      const byte = this.byte();
      value += (byte % 128) * shift;
      if (byte < 128) break;
    }
    if (value > this.source.length * 8) this.failed = true;
    return this.failed ? 0 : value;
  }
  packed(length: number, bits: number): readonly number[] {
    const each = 8 / bits;
    const packed = this.bytes(Math.ceil(length / each));
    return Array.from(
      { length },
      (_, at) => ((packed[Math.floor(at / each)] as number) >> (bits * (at % each))) & ((1 << bits) - 1),
    );
  }
  ended(): boolean {
    return !this.failed && this.at === this.source.length;
  }
}
