// The root of a set of contributions: Merkle tree hash (RFC 9162 §2.1.1) over the sorted ids, so that membership can be shown in
// O(log n) bytes (SPEC §8.2).
import { concatBytes, toHex, writeHex } from "../bytes.ts";
import { ID_BYTES, idBytes, sha256, writeSha256 } from "../hash.ts";
import type { Id } from "../observation/observation.ts";
import { invariant } from "../result.ts";

/** What is hashed for a leaf and for a node begins with its kind; both are written over for each, since sets have many. */
const LEAF = new Uint8Array(1 + ID_BYTES);
const NODE = Uint8Array.of(1, ...new Uint8Array(2 * ID_BYTES));

/** The root of each list met: a list never changes, and every rule that looks at a witness asks again. */
const known = new WeakMap<readonly Id[], Id>();

/** Root of a set given as sorted, distinct ids. */
export function rootOfSet(ids: readonly Id[]): Id {
  const root = known.get(ids) ?? hashed(ids);
  known.set(ids, root);
  return root;
}

function hashed(ids: readonly Id[]): Id {
  return toHex(ids.length === 0 ? sha256(new Uint8Array()) : foldUp(leavesOf(ids)));
}

/** Root of a list that is given in pages as well, all but the last of them full: each is a subtree of its tree. */
export function rootOfPaged(ids: readonly Id[], pages: readonly (readonly Id[])[]): Id {
  const root = toHex(foldUp(concatBytes(...pages.map((page) => idBytes(rootOfSet(page))))));
  known.set(ids, root);
  return root;
}

/** Hashes side by side, a leaf for each id. */
export function leavesOf(ids: readonly Id[]): Uint8Array {
  const leaves = new Uint8Array(ID_BYTES * ids.length);
  for (let at = 0; at < ids.length; at++) writeSha256(leafOf(ids[at] as Id), leaves, ID_BYTES * at);
  return leaves;
}

/** What is hashed for an id. The published trees have leaves of other lengths, too. */
function leafOf(id: Id): Uint8Array {
  const leaf = id.length === 2 * ID_BYTES ? LEAF : new Uint8Array(1 + id.length / 2);
  const isWritten = writeHex(id, leaf, 1);
  invariant(isWritten, "an id is hexadecimal");
  return leaf;
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return foldUp(concatBytes(left, right));
}

/** The largest power of two below a size of at least 2: how many leaves stand to the left. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root over the leaves from one place to another. */
export function treeHash(leaves: Uint8Array, from: number, to: number): Uint8Array {
  return foldUp(leaves.slice(ID_BYTES * from, ID_BYTES * to));
}

/**
 * Writes each level of a tree over the one below it until one hash is left. What has no neighbour goes up as it is, so that the left half of every
 * tree is full, as the splits of RFC 9162 have it.
 */
function foldUp(hashes: Uint8Array): Uint8Array {
  let width = hashes.length / ID_BYTES;
  invariant(width >= 1, "a tree has a leaf");
  for (; width > 1; width = Math.ceil(width / 2)) {
    for (let at = 0; at + 1 < width; at += 2) {
      NODE.set(hashes.subarray(ID_BYTES * at, ID_BYTES * (at + 2)), 1);
      writeSha256(NODE, hashes, (ID_BYTES * at) / 2);
    }
    if (width % 2 === 1) hashes.copyWithin((ID_BYTES * (width - 1)) / 2, ID_BYTES * (width - 1), ID_BYTES * width);
  }
  return hashes.subarray(0, ID_BYTES);
}
