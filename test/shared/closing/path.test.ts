// Inclusion proofs: every member of a set of any size is shown to be in it, in a logarithmic number of hashes, and nothing else is.
import { describe, expect, it } from "vitest";
import { inclusionPath, rootFromPath } from "../../../shared/closing/path.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { idOf } from "../../support/statements.ts";

const setOf = (size: number) => Array.from({ length: size }, (_, index) => idOf(`member ${index}`)).sort();

describe("an inclusion proof", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33, 100])("shows each of %i members, and no other", (size) => {
    const ids = setOf(size);
    const root = rootOfSet(ids);
    for (const [index, id] of ids.entries()) {
      const path = inclusionPath(ids, index);
      expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
      expect(rootFromPath(id, index, size, path)).toBe(root);
      expect(rootFromPath(idOf("a stranger"), index, size, path)).not.toBe(root);
      expect(rootFromPath(id, index, size, [...path, idOf("one more")])).not.toBe(root);
      if (path.length > 0) {
        expect(rootFromPath(id, index, size, path.slice(1))).not.toBe(root);
        expect(rootFromPath(id, index, size, [idOf("another"), ...path.slice(1)])).not.toBe(root);
      }
      for (const other of [index + 1, index - 1])
        if (other >= 0) expect(rootFromPath(id, other, size, path)).not.toBe(root);
    }
  });

  it("of one in a hundred thousand takes seventeen hashes", () => {
    const ids = setOf(100_000);
    const path = inclusionPath(ids, 77_777);
    expect(path.length).toBeLessThanOrEqual(17);
    expect(rootFromPath(ids[77_777] as string, 77_777, ids.length, path)).toBe(rootOfSet(ids));
  });

  it("cannot take an inner hash for a member, nor a place beyond the set", () => {
    const ids = setOf(4);
    const inner = inclusionPath(ids, 0)[1] as string;
    expect(rootFromPath(inner, 1, 2, [idOf("x")])).not.toBe(rootOfSet(ids));
    expect(rootFromPath(ids[0] as string, 4, 4, inclusionPath(ids, 0))).toBeNull();
  });
});
