// What a file imports, by every way the language has: statements, re-exports, `import()` and `import("...")` types.
import { posix } from "node:path";
import { isNode, literalText, type Node, roomOf, type Source, walk } from "./source.ts";

export type Import = {
  /** Null for `import(expression)`, whose target nobody can check. */
  readonly specifier: string | null;
  readonly typeOnly: boolean;
  readonly at: number;
};

const WITH_SOURCE = [
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
];

export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source.program, (node) => {
    const target = targetOf(node);
    if (target !== undefined)
      found.push({ specifier: literalText(target), typeOnly: isTypeOnly(node), at: node.start });
  });
  return found;
}

function targetOf(node: Node): Node | undefined {
  if (WITH_SOURCE.includes(node.type)) return isNode(node.source) ? node.source : undefined;
  if (node.type === "TSExternalModuleReference" && isNode(node.expression)) return node.expression;
  const required = node.type === "CallExpression" && isNode(node.callee) && node.callee.name === "require";
  const first = required && Array.isArray(node.arguments) ? node.arguments[0] : undefined;
  return isNode(first) ? first : undefined;
}

function isTypeOnly(node: Node): boolean {
  return node.importKind === "type" || node.exportKind === "type" || node.type === "TSImportType";
}

export function isRelative(specifier: string): boolean {
  return specifier.startsWith("./") || specifier.startsWith("../");
}

/** The repository path that a relative import names. */
export function targetPath(source: Source, specifier: string): string {
  return posix.join(posix.dirname(source.path), specifier);
}

export function targetRoom(source: Source, specifier: string): string {
  return roomOf(targetPath(source, specifier));
}
