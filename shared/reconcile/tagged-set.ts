// A set of ids under a salt (SPEC §21): every id gets words that nobody can foresee without the salt, so that ranges are evenly filled and
// fingerprints of a few bytes do, whatever ids an adversary made. Sums of words over a range cost nothing once the set is sorted.
import { compareBytes, concatBytes, parseHex } from "../bytes.ts";
import { sha256 } from "../hash.ts";
import { invariant } from "../result.ts";

export const SALT_BYTES = 16;
/** Bits of the word that places an id. */
export const DEPTH_MAX = 32;

/** A part of the space of words: those that begin with the `depth` bits of `prefix`. */
export type Range = { readonly depth: number; readonly prefix: number };

export type TaggedSet = {
  readonly salt: Uint8Array;
  /** Hexadecimal, in the order of their words. */
  readonly ids: readonly string[];
  /** Where each id stands, and the name by which it is told within a range. */
  readonly places: Uint32Array;
  readonly names: Uint32Array;
  /** Sums, modulo 2^32, of the third word of all ids before each. */
  readonly sums: Uint32Array;
  /** Hash of the whole set, 16 bytes; without salt. */
  readonly digest: Uint8Array;
};

const DIGEST_BYTES = 16;

/** Ids are distinct texts of lower-case hexadecimal digits. */
export function tagSet(ids: readonly string[], salt: Uint8Array): TaggedSet {
  invariant(salt.length === SALT_BYTES, "a salt has 16 bytes");
  const tagged = ids.map((id) => {
    const bytes = parseHex(id);
    invariant(bytes !== null, "ids are hexadecimal");
    const words = new DataView(sha256(concatBytes(salt, bytes)).buffer);
    return { id, bytes, place: words.getUint32(0), name: words.getUint32(4), weight: words.getUint32(8) };
  });
  const digest = sha256(concatBytes(...tagged.map(({ bytes }) => bytes).sort(compareBytes))).slice(0, DIGEST_BYTES);
  tagged.sort((a, b) => a.place - b.place || a.name - b.name || compareBytes(a.bytes, b.bytes));
  const sums = new Uint32Array(tagged.length + 1);
  for (const [index, { weight }] of tagged.entries()) sums[index + 1] = (sums[index] as number) + weight;
  return {
    salt,
    ids: tagged.map(({ id }) => id),
    places: Uint32Array.from(tagged, ({ place }) => place),
    names: Uint32Array.from(tagged, ({ name }) => name),
    sums,
    digest,
  };
}

/** Values of a word. */
const PLACES = 0x1_0000_0000;

/** How many ranges of one depth there are; a power of two, exact up to depth 52. */
export function rangesAt(depth: number): number {
  let count = 1;
  for (let bit = 0; bit < depth; bit++) count *= 2;
  return count;
}

/** Indexes of the ids of a range: from the first up to, and without, the second. */
export function spanOf({ places }: TaggedSet, { depth, prefix }: Range): readonly [number, number] {
  const size = PLACES / rangesAt(depth);
  return [lowerBound(places, prefix * size), lowerBound(places, (prefix + 1) * size)];
}

/** 32 bits that differ for sets that differ, but for one case in 2^32. */
export function fingerprintOf({ sums }: TaggedSet, [from, to]: readonly [number, number]): number {
  return ((sums[to] as number) - (sums[from] as number)) >>> 0;
}

function lowerBound(sorted: Uint32Array, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
