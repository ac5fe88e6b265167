// Rules for shared/: no time, no chance, no I/O, no locale, no inexact arithmetic, and nothing that suspends.
import { IMPURE_GLOBALS, IMPURE_MEMBERS, LOG_FILE, MATH_ALLOWED, MAY_SUSPEND, MAY_USE_CRYPTO } from "../lists.ts";
import { type Complaint, isLabel, isNode, memberName, type Node, type Rule, type Source, walk } from "../source.ts";

type Judge = (node: Node, above: readonly Node[], source: Source) => string | null;

function inShared(name: string, judge: Judge): Rule {
  return {
    name,
    check: (source) => {
      const found: Complaint[] = [];
      if (source.room !== "shared") return found;
      walk(source.program, (node, above, key) => {
        const message = isLabel(node, above, key) && node.type === "Identifier" ? null : judge(node, above, source);
        if (message !== null) found.push({ at: node.start, message });
      });
      return found;
    },
  };
}

const globals = inShared("pure-globals", (node, _above, source) => {
  if (node.type !== "Identifier") return null;
  const name = String(node.name);
  if (name === "crypto")
    return MAY_USE_CRYPTO.includes(source.path) ? null : "crypto: only the signature primitive names it";
  const reason = Object.hasOwn(IMPURE_GLOBALS, name) ? IMPURE_GLOBALS[name] : undefined;
  return reason === undefined ? null : `${name}: ${reason}`;
});

const members = inShared("pure-members", (node) => {
  const name = memberName(node);
  const reason = name !== null && Object.hasOwn(IMPURE_MEMBERS, name) ? IMPURE_MEMBERS[name] : undefined;
  return reason === undefined ? null : `${name}: ${reason}`;
});

const arithmetic = inShared("exact-arithmetic", (node, above) => {
  if (node.type === "Identifier" && node.name === "Math") return judgeMath(node, above.at(-1));
  const power = (node.type === "BinaryExpression" && node.operator === "**") || node.operator === "**=";
  return power && !isBigInt(node.right) ? "`**` on numbers is approximated; multiply, shift, or use bigints" : null;
});

function judgeMath(math: Node, parent: Node | undefined): string | null {
  const member = parent?.type === "MemberExpression" && parent.object === math ? memberName(parent) : null;
  if (member !== null && MATH_ALLOWED.includes(member)) return null;
  return `Math.${member ?? "?"} is inexact, random, or cannot be seen here; decisions use integers`;
}

function isBigInt(value: unknown): boolean {
  return isNode(value) && value.type === "Literal" && typeof value.bigint === "string";
}

const suspension = inShared("no-suspension", (node, _above, source) => {
  if (Object.hasOwn(MAY_SUSPEND, source.path)) return null;
  const waits =
    node.async === true || node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node.await === true);
  const promise = node.type === "Identifier" && /^Promise(Like)?$/.test(String(node.name));
  return waits || promise || node.type === "ImportExpression"
    ? "a step must not suspend between check and change; the few files that may are listed"
    : null;
});

/** What runs at an agent writes its log in one file, of fields that are listed there: whatever else is logged may tell a payload. */
const log: Rule = {
  name: "one-log",
  check: (source) => {
    const found: Complaint[] = [];
    const isAgent = source.room === "durable" || source.room === "functions";
    if (!isAgent || source.path === LOG_FILE) return found;
    walk(source.program, (node, above, key) => {
      if (node.type === "Identifier" && node.name === "console" && !isLabel(node, above, key))
        found.push({ at: node.start, message: `console: ${LOG_FILE} writes the log` });
    });
    return found;
  },
};

export const purityRules: readonly Rule[] = [globals, members, arithmetic, suspension, log];
