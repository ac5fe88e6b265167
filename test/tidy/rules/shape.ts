// Rules about the shape of code: sizes, exports, types that give up, and comparisons with a pattern's name.
import {
  FILE_LINES_MAX,
  FUNCTION_LINES_MAX,
  MAY_DEFAULT_EXPORT,
  MAY_NAME_PATTERNS,
  PATTERN_IDS,
  PATTERN_WORDS,
} from "../lists.ts";
import { type Complaint, isNode, linesOf, literalText, nodesOf, type Rule, walk } from "../source.ts";
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

/** A pattern's name as a text of its own, whether compared, listed or passed on: what policy engines decay into. */
const patternNames: Rule = {
  name: "no-pattern-name",
  check: (source) =>
    MAY_NAME_PATTERNS.some((folder) => source.path.startsWith(folder))
      ? []
      : nodesOf(source, "Literal", "TemplateLiteral")
          .filter((node) => {
            const text = literalText(node) ?? "";
            return PATTERN_IDS.includes(text) && !PATTERN_WORDS[text]?.paths.includes(source.path);
          })
          .map((node) => ({
            at: node.start,
            message: `the machinery names the pattern ${literalText(node)}; make it a property of the policy`,
          })),
};

export const shapeRules: readonly Rule[] = [fileSize, functionSize, defaultExport, exportStar, anyType, patternNames];
