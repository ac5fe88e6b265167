// The root of a set against a second implementation in the shape of RFC 9162, written as the RFC writes it, with Node's own hash.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rootOfSet } from "../../../shared/closing/root.ts";

const digest = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

/** MTH of RFC 9162 §2.1.1: MTH({}) = H(), MTH({d0}) = H(0 ‖ d0), MTH(D[n]) = H(1 ‖ MTH(D[0:k]) ‖ MTH(D[k:n])), k < n ≤ 2k. */
function treeHead(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return digest();
  if (leaves.length === 1) return digest(Buffer.of(0), only);
  const k = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return digest(Buffer.of(1), treeHead(leaves.slice(0, k)), treeHead(leaves.slice(k)));
}

/** The same from the bottom up, as a log that grows keeps it: full subtrees are joined as soon as two of a size stand together. */
function treeHeadByMerging(leaves: readonly Buffer[]): Buffer {
  const stack: { hash: Buffer; size: number }[] = [];
  const join = () => {
    const [right, left] = [stack.pop(), stack.pop()] as { hash: Buffer; size: number }[];
    if (left === undefined || right === undefined) throw new Error("two subtrees stand on the stack");
    stack.push({ hash: digest(Buffer.of(1), left.hash, right.hash), size: left.size + right.size });
  };
  for (const leaf of leaves) {
    stack.push({ hash: digest(Buffer.of(0), leaf), size: 1 });
    while (stack.length > 1 && stack.at(-1)?.size === stack.at(-2)?.size) join();
  }
  while (stack.length > 1) join();
  return stack[0]?.hash ?? digest();
}

const idsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => digest(Buffer.from(`contribution ${index}`)).toString("hex")).sort();
const ids = fc
  .uniqueArray(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
    maxLength: 70,
    comparator: (a, b) => Buffer.compare(a, b) === 0,
  })
  .map((list) => list.map((bytes) => Buffer.from(bytes).toString("hex")).sort());
const leavesOf = (list: readonly string[]) => list.map((id) => Buffer.from(id, "hex"));

describe("the root of a set", () => {
  it("is the tree head of RFC 9162, whichever way it is computed", () => {
    fc.assert(
      fc.property(ids, (list) => {
        expect(rootOfSet(list)).toBe(treeHead(leavesOf(list)).toString("hex"));
        expect(rootOfSet(list)).toBe(treeHeadByMerging(leavesOf(list)).toString("hex"));
      }),
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65, 1_000, 1_500])(
    "is the tree head of %i ids, on both sides of every power of two",
    (count) => {
      expect(rootOfSet(idsOf(count))).toBe(treeHead(leavesOf(idsOf(count))).toString("hex"));
    },
  );

  it("of nothing is the hash of nothing", () => {
    expect(rootOfSet([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("of one id is not that id, nor its bare hash: leaves and nodes are told apart", () => {
    const [id] = idsOf(1) as [string];
    const pair = [digest(Buffer.from("a")), digest(Buffer.from("b"))].map((hash) => hash.toString("hex")).sort();
    expect([id, digest(Buffer.from(id, "hex")).toString("hex")]).not.toContain(rootOfSet([id]));
    // Without the leading byte a node could pass for a leaf, and a set of one for a set of two.
    const forged = leavesOf(pair).map((leaf) => digest(Buffer.of(0), leaf));
    expect(rootOfSet(pair)).not.toBe(rootOfSet([Buffer.concat(forged).toString("hex")]));
  });

  it("differs for any two sets that differ", () => {
    fc.assert(
      fc.property(ids, fc.nat(), (list, place) => {
        fc.pre(list.length > 0);
        const fewer = list.filter((_, index) => index !== place % list.length);
        expect(rootOfSet(fewer)).not.toBe(rootOfSet(list));
      }),
    );
  });
});
