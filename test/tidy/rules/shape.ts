// Rules about the shape of code: sizes, exports, types that give up, and comparisons with a pattern's name.
import { FILE_LINES_MAX, FUNCTION_LINES_MAX, MAY_DEFAULT_EXPORT, MAY_NAME_PATTERNS, PATTERN_IDS } from "../lists.ts";
import {
  type Complaint,
  isNode,
  linesOf,
  literalText,
  memberName,
  type Node,
  nodesOf,
  type Rule,
  walk,
} from "../source.ts";
import { isSuite } from "../suites.ts";

const FUNCTIONS = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

const fileSize: Rule = {
  name: "file-size",
  check: (source) => {
    const lines = source.text.split("\n").length - (source.text.endsWith("\n") ? 1 : 0);
    const tooLong = source.program !== null && lines > FILE_LINES_MAX;
    return tooLong ? [{ at: 0, message: `${lines} lines; the limit is ${FILE_LINES_MAX}` }] : [];
  },
};

const functionSize: Rule = {
  name: "function-size",
  check: (source) => {
    const found: Complaint[] = [];
    walk(source.program, (node, above) => {
      // A `describe` groups tests: its length is theirs, and each of them is measured.
      if (!FUNCTIONS.includes(node.type) || isSuite(above.at(-1))) return;
      const lines = linesOf(source.text, node);
      if (lines > FUNCTION_LINES_MAX)
        found.push({ at: node.start, message: `a function of ${lines} lines; the limit is ${FUNCTION_LINES_MAX}` });
    });
    return found;
  },
};

const defaultExport: Rule = {
  name: "no-default-export",
  check: (source) => {
    if (MAY_DEFAULT_EXPORT.some((pattern) => pattern.test(source.path))) return [];
    const renamed = nodesOf(source, "ExportSpecifier").filter(
      ({ exported }) => isNode(exported) && (exported.name === "default" || exported.value === "default"),
    );
    const found = [...nodesOf(source, "ExportDefaultDeclaration", "TSExportAssignment"), ...renamed];
    return found.map(({ start }) => ({ at: start, message: "exports have names" }));
  },
};

const exportStar: Rule = {
  name: "no-export-star",
  check: (source) =>
    nodesOf(source, "ExportAllDeclaration").map(({ start }) => ({
      at: start,
      message: "say which names are exported",
    })),
};

const anyType: Rule = {
  name: "no-any",
  check: (source) =>
    nodesOf(source, "TSAnyKeyword").map(({ start }) => ({ at: start, message: "`any` switches the checker off" })),
};

/** `x === "auction"`, `case "auction":`, `["auction", ...].includes(x)`: what policy engines decay into. */
const patternNames: Rule = {
  name: "no-pattern-name",
  check: (source) =>
    MAY_NAME_PATTERNS.some((folder) => source.path.startsWith(folder))
      ? []
      : nodesOf(source, "BinaryExpression", "SwitchCase", "CallExpression")
          .flatMap(comparedWith)
          .filter((operand) => PATTERN_IDS.includes(literalText(operand) ?? ""))
          .map((operand) => ({
            at: operand.start,
            message: `the machinery asks for the pattern ${literalText(operand)}; make it a property of the policy`,
          })),
};

function comparedWith(node: Node): Node[] {
  if (node.type === "SwitchCase") return [node.test].filter(isNode);
  if (node.type === "BinaryExpression")
    return /^[!=]==?$/.test(String(node.operator)) ? [node.left, node.right].filter(isNode) : [];
  const { callee } = node;
  if (!isNode(callee) || memberName(callee) !== "includes" || !isNode(callee.object)) return [];
  return Array.isArray(callee.object.elements) ? callee.object.elements.filter(isNode) : [];
}

export const shapeRules: readonly Rule[] = [fileSize, functionSize, defaultExport, exportStar, anyType, patternNames];
