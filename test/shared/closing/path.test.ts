// Inclusion proofs: every member of a set of any size is shown to be in it, in a logarithmic number of hashes, and nothing else is.
import { describe, expect, it } from "vitest";
import { inclusionPath, rootFromPath } from "../../../shared/closing/path.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { idOf } from "../../support/statements.ts";

const setOf = (size: number) => Array.from({ length: size }, (_, index) => idOf(`member ${index}`)).sort();

// Certificate Transparency's reference leaves, tree heads and paths (github.com/transparency-dev/merkle, testonly/constants.go).
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const HEADS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
] as const;
const PATHS: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];

describe("the tree of RFC 9162", () => {
  it.each(HEADS.map((head, index) => [index + 1, head] as const))(
    "has the published head of %i leaves",
    (size, head) => {
      expect(rootOfSet(LEAVES.slice(0, size))).toBe(head);
    },
  );

  it.each(PATHS)("leads from leaf %i of %i by the published path", (index, size, path) => {
    expect(inclusionPath(LEAVES.slice(0, size), index)).toEqual(path);
    expect(rootFromPath(LEAVES[index] as string, index, size, path)).toBe(HEADS[size - 1]);
  });
});

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

  it("cannot take an inner hash for a member, nor a place beyond the set", () => {
    const ids = setOf(4);
    const inner = inclusionPath(ids, 0)[1] as string;
    expect(rootFromPath(inner, 1, 2, [idOf("x")])).not.toBe(rootOfSet(ids));
    expect(rootFromPath(ids[0] as string, 4, 4, inclusionPath(ids, 0))).toBeNull();
  });
});
