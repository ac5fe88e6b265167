// From a delivery to what is made of it, by a source's own expressions. Only the fields that an expression names are given to it: whatever
// else a body holds, people with few rights at the sender may have written it, and it must not decide whether a delivery is taken.
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { dearParts, evaluate, evaluateValue, pathsIn } from "../policy/expression.ts";
import { fault, type Result } from "../result.ts";

/** The names that a source's expressions speak of. */
export const MAPPED_NAMES = ["payload", "event", "delivery", "digest", "source"] as const;

export type Delivered = {
  /** The parsed body, as deep and as wild as it likes. */
  readonly payload: unknown;
  readonly event: string;
  /** The sender's id of the delivery; empty where it has none. */
  readonly delivery: string;
  readonly digest: string;
  readonly source: string;
};

/** Deeper than any sender nests what a mapping would name; what is deeper is left out. */
const DEPTH_MAX = 16;

/**
 * Characters that one expression goes through, counted as often as its loops may: whoever writes into a delivery chooses how many there
 * are, and a pattern takes microseconds for each.
 */
const WORK_MAX = { plain: 4_194_304, patterns: 65_536 } as const;

export function holds(expression: string, delivered: Delivered): Result<boolean> {
  const given = givenTo(expression, delivered);
  return tooMuch(expression, given) ?? evaluate(expression, given);
}

export function mapped(expression: string, delivered: Delivered): Result<string | number | boolean> {
  const given = givenTo(expression, delivered);
  return tooMuch(expression, given) ?? evaluateValue(expression, given);
}

function tooMuch(expression: string, { payload = null }: Given): ReturnType<typeof fault> | null {
  const { loops, patterns } = dearParts(expression);
  const { characters, items } = sizeOf(payload);
  const most = patterns ? WORK_MAX.patterns : WORK_MAX.plain;
  if (characters * (loops ? items : 1) <= most) return null;
  const often = loops ? ", counted once for each item that it goes through" : "";
  return fault("EXPRESSION_FAILED", { expression, reason: `it was given more than ${most} characters${often}` });
}

function sizeOf(value: CborValue): { readonly characters: number; readonly items: number } {
  if (typeof value === "string") return { characters: value.length, items: 1 };
  const inside = Array.isArray(value) ? (value as readonly CborValue[]) : isCborMap(value) ? [...value.values()] : [];
  let [characters, items] = [0, 1];
  for (const one of inside) {
    const size = sizeOf(one);
    characters += size.characters;
    items += size.items;
  }
  return { characters, items };
}

type Given = Readonly<Record<string, CborValue>>;

function givenTo(expression: string, { payload, ...rest }: Delivered): Given {
  return { ...rest, payload: pruned(payload, pathsIn(expression, "payload"), 0) };
}

/** The value with the fields on these paths alone. */
function pruned(value: unknown, paths: readonly (readonly string[])[], depth: number): CborValue {
  if (depth >= DEPTH_MAX || paths.some((path) => path.length === 0)) return converted(value, depth);
  if (!isObject(value)) return converted(value, DEPTH_MAX);
  const names = [...new Set(paths.map(([name]) => name as string))].filter((name) => Object.hasOwn(value, name));
  const below = (name: string) => paths.filter(([first]) => first === name).map((path) => path.slice(1));
  return new Map(names.map((name) => [name, pruned(value[name], below(name), depth + 1)]));
}

/** JSON as expressions have it: numbers that are not whole stand as text, as JSON writes them. */
function converted(value: unknown, depth: number): CborValue {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : String(value);
  if (typeof value === "boolean") return value;
  if (depth >= DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((item) => converted(item, depth + 1));
  if (!isObject(value)) return null;
  return new Map(Object.entries(value).map(([name, item]) => [name.toWellFormed(), converted(item, depth + 1)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
