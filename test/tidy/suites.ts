// Recognises vitest's calls in a syntax tree: `it(...)`, `it.each(...)(...)`, `describe.skipIf(...)(...)` and their like.
import { isNode, memberName, type Node, nameOf } from "./source.ts";

export type VitestCall = {
  /** The function that the call begins with: it, test, describe, ... */
  readonly root: string;
  /** The words between: `it.skipIf(x).each(rows)(...)` has skipIf and each. */
  readonly words: readonly string[];
};

const ROOTS = ["it", "test", "describe", "suite", "fit", "xit", "xtest", "fdescribe", "xdescribe"];

/** The vitest call that `node` is, whole: not the `it.each(rows)` inside `it.each(rows)(name, body)`. */
export function vitestCall(node: Node | undefined): VitestCall | null {
  if (node?.type !== "CallExpression") return null;
  const words: string[] = [];
  let at: unknown = node.callee;
  while (isNode(at)) {
    if (at.type === "CallExpression") at = at.callee;
    else if (at.type === "TaggedTemplateExpression") at = at.tag;
    else if (at.type === "MemberExpression") {
      words.unshift(memberName(at) ?? "");
      at = at.object;
    } else break;
  }
  const root = nameOf(at);
  return root !== null && ROOTS.includes(root) ? { root, words } : null;
}

/** A `describe(...)`: the call whose function only groups tests. */
export function isSuite(node: Node | undefined): boolean {
  const call = vitestCall(node);
  return call !== null && /describe$|^suite$/.test(call.root);
}

/** The arguments of a test call that defines a test: first the name, then options or the body. */
export function testArguments(node: Node): Node[] | null {
  const call = vitestCall(node);
  if (call === null || isSuite(node) || !Array.isArray(node.arguments)) return null;
  const given = node.arguments.filter(isNode);
  // `it.each(rows)` and `it.skipIf(x)` only prepare a call; the one that follows has the name.
  const last = isNode(node.callee) ? memberName(node.callee) : null;
  return last === "each" || last === "for" || last === "skipIf" || last === "runIf" || last === "extend" ? null : given;
}
