// One file of the repository, parsed once, and the small vocabulary that the rules are written in.
// Rules see syntax, not text, so that a word inside a string or a comment never counts as code.
import { parseAst } from "vitest/node";

export type Node = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [key: string]: unknown;
};
export type Source = {
  readonly path: string;
  /** First segment of the path, or "root". */
  readonly room: string;
  readonly text: string;
  /** Null for files that are not TypeScript or JavaScript. */
  readonly program: Node | null;
};
/** What a rule says; `at` is an offset into the text. */
export type Complaint = { readonly at: number; readonly message: string };
export type Rule = { readonly name: string; readonly check: (source: Source) => readonly Complaint[] };
/** A node with the nodes above it, nearest last, and the key under which its parent holds it. */
export type Visit = (node: Node, above: readonly Node[], key: string) => void;

const CODE = /\.(ts|tsx|mts|js|mjs|jsx)$/;

export function roomOf(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? "root" : path.slice(0, slash);
}

/** Throws on a syntax error, with the file's name. */
export function toSource(path: string, text: string): Source {
  return { path, room: roomOf(path), text, program: CODE.test(path) ? parse(path, text) : null };
}

function parse(path: string, text: string): Node {
  const tsx = /\.(tsx|jsx)$/.test(path);
  try {
    return parseAst(text, { lang: tsx ? "tsx" : "ts", sourceType: "module" }, path) as unknown as Node;
  } catch (error) {
    throw new Error(`${path} does not parse`, { cause: error });
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

export function walk(root: Node | null, visit: Visit): void {
  if (root === null) return;
  for (const { node, above, key } of stepsOf(root)) visit(node, above, key);
}

type Step = { readonly node: Node; readonly above: readonly Node[]; readonly key: string };
/** Some thirty rules walk the same trees: each tree is flattened once. */
const flattened = new WeakMap<Node, readonly Step[]>();

function stepsOf(root: Node): readonly Step[] {
  const known = flattened.get(root);
  if (known !== undefined) return known;
  const steps: Step[] = [];
  collect({ node: root, above: [], key: "" }, steps);
  flattened.set(root, steps);
  return steps;
}

function collect(step: Step, into: Step[]): void {
  into.push(step);
  const above = [...step.above, step.node];
  for (const [key, value] of Object.entries(step.node)) {
    for (const node of Array.isArray(value) ? value : [value]) if (isNode(node)) collect({ node, above, key }, into);
  }
}

/** Every node of a type, anywhere in the file. */
export function nodesOf(source: Source, ...types: readonly string[]): Node[] {
  const found: Node[] = [];
  walk(source.program, (node) => {
    if (types.includes(node.type)) found.push(node);
  });
  return found;
}

/** The text of a string literal or of a template without holes; null for anything else. */
export function literalText(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === "Literal") return typeof value.value === "string" ? value.value : null;
  if (value.type !== "TemplateLiteral" || !Array.isArray(value.quasis) || value.quasis.length !== 1) return null;
  const { cooked } = value.quasis[0].value as { cooked: unknown };
  return typeof cooked === "string" ? cooked : null;
}

/** The name that a member access ends in: `a.b` and `a["b"]` give "b"; null where it is computed at run time. */
export function memberName(node: Node): string | null {
  if (node.type !== "MemberExpression" || !isNode(node.property)) return null;
  return node.computed === true ? literalText(node.property) : nameOf(node.property);
}

export function nameOf(value: unknown): string | null {
  return isNode(value) && typeof value.name === "string" ? value.name : null;
}

/** True where an identifier only labels something (a key, a member, an imported name) and refers to no variable. */
export function isLabel(node: Node, above: readonly Node[], key: string): boolean {
  const parent = above.at(-1);
  if (node.type !== "Identifier" || parent === undefined) return true;
  if (key === "property" || key === "key") return parent.computed !== true;
  if (parent.type === "TSQualifiedName") return key === "right";
  return key === "imported" || key === "exported" || key === "label";
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}

/** How many lines the node covers. */
export function linesOf(text: string, node: Node): number {
  return lineOf(text, node.end) - lineOf(text, node.start) + 1;
}

/** The text with the inside of every string, template and regular expression blanked: code and comments remain. */
export function withoutLiterals(source: Source): string {
  const characters = Array.from({ length: source.text.length }, (_, i) => source.text[i] as string);
  for (const node of nodesOf(source, "Literal", "TemplateElement", "JSXText")) {
    if (node.type === "Literal" && typeof node.value !== "string" && node.regex === undefined) continue;
    for (let i = node.start; i < node.end; i++) if (characters[i] !== "\n") characters[i] = " ";
  }
  return characters.join("");
}
