// The root of a set of contributions: Merkle tree hash (RFC 9162 §2.1.1) over the sorted ids, so that membership can be shown in
// O(log n) bytes (SPEC §8.2).
import { concatBytes, parseHex, toHex } from "../bytes.ts";
import { sha256 } from "../hash.ts";
import type { Id } from "../observation/observation.ts";

/** What is hashed for the leaf of an id and for a node begins with its kind; both are written over for each, since sets have many. */
const LEAF = new Uint8Array(33);
const NODE = Uint8Array.of(1, ...new Uint8Array(64));

/** The root of each list met: a list never changes, and every rule that looks at a witness asks again. */
const known = new WeakMap<readonly Id[], Id>();

/** Root of a set given as sorted, distinct ids. */
export function rootOfSet(ids: readonly Id[]): Id {
  const root = known.get(ids) ?? hashed(ids);
  known.set(ids, root);
  return root;
}

function hashed(ids: readonly Id[]): Id {
  if (ids.length === 0) return toHex(sha256(new Uint8Array()));
  return toHex(treeHash(ids.map(leafHash), 0, ids.length));
}

/** Root of a list that is given in pages as well, all but the last of them full: each is a subtree of its tree. */
export function rootOfPaged(ids: readonly Id[], pages: readonly (readonly Id[])[]): Id {
  const subtrees = pages.map((page) => parseHex(rootOfSet(page)) as Uint8Array);
  const root = toHex(treeHash(subtrees, 0, subtrees.length));
  known.set(ids, root);
  return root;
}

export function leafHash(id: Id): Uint8Array {
  const bytes = parseHex(id) as Uint8Array;
  if (bytes.length !== 32) return sha256(concatBytes(Uint8Array.of(0), bytes));
  LEAF.set(bytes, 1);
  return sha256(LEAF);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  NODE.set(left, 1);
  NODE.set(right, 33);
  return sha256(NODE);
}

/** The largest power of two below a size of at least 2: how many leaves stand to the left. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export function treeHash(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves[from] as Uint8Array;
  const split = from + splitOf(to - from);
  return nodeHash(treeHash(leaves, from, split), treeHash(leaves, split, to));
}
