// Inclusion proofs over the tree of `root.ts` (RFC 9162 §2.1.3): that an id is one of a sorted set, in as many hashes as its size has binary
// digits.
import { toHex } from "../bytes.ts";
import { idBytes } from "../hash.ts";
import type { Id } from "../observation/observation.ts";
import { leavesOf, nodeHash, splitOf, treeHash } from "./root.ts";

/** The hashes beside the way from an id to the root, the lowest first. */
export function inclusionPath(ids: readonly Id[], index: number): readonly Id[] {
  const leaves = leavesOf(ids);
  const beside: Uint8Array[] = [];
  let [from, to] = [0, ids.length];
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    if (index < split) {
      beside.unshift(treeHash(leaves, split, to));
      to = split;
    } else {
      beside.unshift(treeHash(leaves, from, split));
      from = split;
    }
  }
  return beside.map(toHex);
}

/** The root that a path leads to from an id at a place in a set of so many; null where no tree of that size has such a path. */
export function rootFromPath(id: Id, index: number, size: number, path: readonly Id[]): Id | null {
  if (index >= size) return null;
  let [at, last] = [index, size - 1];
  let hash = leavesOf([id]);
  for (const step of path) {
    if (last === 0) return null;
    const beside = idBytes(step);
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(beside, hash);
      // A place at the right edge has no sibling on the levels that it skips.
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, beside);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? toHex(hash) : null;
}
