// Expressions in policies (SPEC §6.11): CEL over integers, text and what a contribution says, to a yes or a no. No floats, no clock, no
// functions but those listed here, and no more work than a bounded expression over a bounded content can make.
import { celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { described, misfit, type Reader, text } from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { EXPRESSION_ITEMS_MAX, EXPRESSION_LENGTH_MAX, EXPRESSION_NODES_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";

type Expr = NonNullable<ReturnType<typeof parse>["expr"]>;
type Given = Readonly<Record<string, CborValue>>;
type Program = (given: Record<string, never>) => unknown;

/** Reads an expression over these names; what it may not say is refused here, so that evaluating it can only fail for what it is given. */
export function readExpression(...names: readonly string[]): Reader<string> {
  const source = text(EXPRESSION_LENGTH_MAX);
  const schema = () => ({ ...source.schema?.(), description: `CEL over ${names.join(", ")}` });
  return described(schema, (value, path) => {
    const expression = source(value, path);
    const flaw = flawOf(expression, names);
    return flaw === null ? expression : misfit(path, flaw, "POLICY_EXPRESSION");
  });
}

/** Whether an expression holds; one that fails, or gives neither yes nor no, is refused with the reason. */
export function evaluate(expression: string, given: Given): Result<boolean> {
  const value = evaluateValue(expression, given);
  if (!value.ok || typeof value.value === "boolean") return value as Result<boolean>;
  return fault("EXPRESSION_FAILED", { expression, reason: "it gives neither true nor false" });
}

/** What an expression gives: text, a whole number, or yes or no. */
export function evaluateValue(expression: string, given: Given): Result<string | number | boolean> {
  const failed = (reason: string) => fault("EXPRESSION_FAILED", { expression, reason });
  if (Object.values(given).reduce<number>((sum, value) => sum + itemsOf(value), 0) > EXPRESSION_ITEMS_MAX)
    return failed(`it was given more than ${EXPRESSION_ITEMS_MAX} items`);
  const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, inputOf(value)]));
  const result = programOf(expression)(inputs as Record<string, never>);
  if (isCelError(result)) return failed(result.message);
  if (typeof result === "boolean" || typeof result === "string") return ok(result);
  const number = typeof result === "bigint" ? Number(result) : Number.NaN;
  return Number.isSafeInteger(number) ? ok(number) : failed("it gives neither text, a whole number, nor yes or no");
}

/** The fields of `name` that an expression reads, as paths: what else `name` holds need not be given to it. */
export function pathsIn(expression: string, name: string): readonly (readonly string[])[] {
  const root = parse(expression).expr;
  return root === undefined ? [] : pathsOf(root, name);
}

function pathsOf(expr: Expr, name: string): readonly (readonly string[])[] {
  const path = pathOf(expr, name);
  if (path !== null) return [path];
  return partsOf(expr).flatMap((part) => (part === undefined ? [] : pathsOf(part, name)));
}

/** What makes an expression dear: loops, which go through what it is given again and again, and patterns, which are slow. */
export function dearParts(expression: string): { readonly loops: boolean; readonly patterns: boolean } {
  const root = parse(expression).expr;
  const kinds = root === undefined ? [] : kindsIn(root);
  return { loops: kinds.includes("comprehensionExpr"), patterns: kinds.includes("matches") };
}

function kindsIn({ exprKind }: Expr): readonly string[] {
  const own = exprKind.case === "callExpr" ? exprKind.value.function : (exprKind.case ?? "");
  return [own, ...partsOf({ exprKind } as Expr).flatMap((part) => (part === undefined ? [] : kindsIn(part)))];
}

/** The path that an expression is, such as `payload.a["b"]`; null where it is something else. */
function pathOf({ exprKind: { case: kind, value } }: Expr, name: string): readonly string[] | null {
  if (kind === "identExpr") return value.name === name ? [] : null;
  if (kind === "selectExpr") {
    const before = value.operand === undefined ? null : pathOf(value.operand, name);
    return before === null ? null : [...before, value.field];
  }
  if (kind !== "callExpr" || value.function !== "_[_]") return null;
  const [operand, index] = value.args;
  const constant = index?.exprKind.case === "constExpr" ? index.exprKind.value.constantKind : undefined;
  const before = operand === undefined || constant?.case !== "stringValue" ? null : pathOf(operand, name);
  return before === null ? null : [...before, String(constant?.value)];
}

function partsOf({ exprKind: { case: kind, value } }: Expr): readonly (Expr | undefined)[] {
  if (kind === "selectExpr") return [value.operand];
  if (kind === "callExpr") return [value.target, ...value.args];
  if (kind === "listExpr") return value.elements;
  if (kind !== "comprehensionExpr") return [];
  return [value.iterRange, value.accuInit, value.loopCondition, value.loopStep, value.result];
}

const environment = celEnv();
const programs = new Map<string, Program>();
const PROGRAMS_MAX = 256;

/** Planned once for each expression: a hundred thousand contributions are judged by the same few. */
function programOf(expression: string): Program {
  const known = programs.get(expression);
  if (known !== undefined) return known;
  if (programs.size >= PROGRAMS_MAX) programs.clear();
  const program = plan(environment, parse(expression)) as Program;
  programs.set(expression, program);
  return program;
}

/** Integers as CEL has them; a map's keys are names. */
function inputOf(value: CborValue): unknown {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(inputOf);
  if (!isCborMap(value)) return value;
  return new Map([...value].map(([key, item]) => [String(key), inputOf(item)]));
}

function itemsOf(value: CborValue): number {
  if (Array.isArray(value))
    return (value as readonly CborValue[]).reduce<number>((sum, item) => sum + itemsOf(item), 1);
  if (!isCborMap(value)) return 1;
  return [...value.values()].reduce<number>((sum, item) => sum + itemsOf(item), 1);
}

const OPERATORS = ["&&", "||", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"].map((sign) => `_${sign}_`);
const FUNCTIONS = ["size", "contains", "startsWith", "endsWith", "matches", "string", "int"];
const ALLOWED = new Set([...OPERATORS, ...FUNCTIONS, "!_", "-_", "_?_:_", "_[_]", "@in", "@not_strictly_false"]);
const CONSTANTS = ["boolValue", "int64Value", "stringValue", "nullValue"];

type Walk = { nodes: number; readonly names: readonly string[]; readonly loop: boolean };

/** What an expression may not say; null where it may be evaluated. */
function flawOf(expression: string, names: readonly string[]): string | null {
  let root: Expr | undefined;
  try {
    root = parse(expression).expr;
  } catch (error) {
    return `an expression of CEL: ${(error as Error).message}`;
  }
  const walk = { nodes: 0, names, loop: false };
  const flaw = root === undefined ? "an expression" : flawIn(root, walk);
  if (flaw !== null) return flaw;
  return walk.nodes <= EXPRESSION_NODES_MAX ? null : `an expression of at most ${EXPRESSION_NODES_MAX} parts`;
}

function flawIn({ exprKind: { case: kind, value } }: Expr, walk: Walk): string | null {
  walk.nodes += 1;
  switch (kind) {
    case "constExpr": {
      const is = value.constantKind.case ?? "nothing";
      return CONSTANTS.includes(is)
        ? null
        : `without ${is.replace(/Value$/, "")}: decisions are made on integers and text`;
    }
    case "identExpr":
      return walk.names.includes(value.name) ? null : `over ${walk.names.join(", ")}; it speaks of ${value.name}`;
    case "selectExpr":
      return first([value.operand], walk);
    case "callExpr":
      return flawInCall(value, walk);
    case "listExpr":
      return first(value.elements, walk);
    case "comprehensionExpr":
      return flawInLoop(value, walk);
    default:
      return "made of comparisons, all, exists and exists_one";
  }
}

function first(parts: readonly (Expr | undefined)[], walk: Walk): string | null {
  for (const part of parts) {
    const flaw = part === undefined ? null : flawIn(part, walk);
    if (flaw !== null) return flaw;
  }
  return null;
}

type Of<C> = Extract<Expr["exprKind"], { case: C }>["value"];

function flawInCall({ function: name, target, args }: Of<"callExpr">, walk: Walk): string | null {
  if (!ALLOWED.has(name)) return `made of ${FUNCTIONS.join(", ")} and operators; it calls ${name}`;
  if (name === "matches") {
    const pattern = args.at(-1)?.exprKind;
    const written = pattern?.case === "constExpr" && pattern.value.constantKind.case === "stringValue";
    const source = written ? String((pattern.value as Of<"constExpr">).constantKind.value) : null;
    if (source === null || !compiles(source)) return "matching a pattern of RE2 that is written in it";
  }
  return first([target, ...args], walk);
}

/** Whether the engine takes a pattern: it is RE2, which bounds repetitions and never backtracks. */
function compiles(pattern: string): boolean {
  return pattern.length <= 128 && !isCelError(plan(environment, parse('"".matches(p)'))({ p: pattern }));
}

/** all, exists and exists_one: loops that gather nothing, and none within another. */
function flawInLoop(loop: Of<"comprehensionExpr">, walk: Walk): string | null {
  const gathers = loop.accuInit?.exprKind.case === "listExpr";
  if (gathers || walk.loop) return "without map, filter and loops within loops";
  const range = first([loop.iterRange], walk);
  const inner = { nodes: 0, names: [...walk.names, loop.iterVar, loop.accuVar], loop: true };
  const flaw = range ?? first([loop.accuInit, loop.loopCondition, loop.loopStep, loop.result], inner);
  walk.nodes += inner.nodes;
  return flaw;
}
