// What a role must attest to (SPEC §6.12): a JSON Schema, interpreted, over a subset that means the same everywhere: no patterns (engines
// differ, and some never end), no formats (they follow locale and clock data), no references (they may come back to themselves).
import { type Schema, Validator } from "@cfworker/json-schema";
import type { Json } from "../cbor/json.ts";
import { toJson } from "../cbor/json.ts";
import { described, join, misfit, type Reader } from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { SCHEMA_NODES_MAX } from "../limits.ts";
import { type Fault, fault } from "../result.ts";

type Judge = (value: CborValue, path: string) => void;

const anything: Judge = () => undefined;
const count: Judge = (value, path) => {
  if (!Number.isSafeInteger(value)) misfit(path, "an exact integer", "POLICY_SCHEMA");
};
const yesOrNo: Judge = (value, path) => {
  if (typeof value !== "boolean") misfit(path, "true or false", "POLICY_SCHEMA");
};
const names: Judge = (value, path) => {
  const list = Array.isArray(value) ? (value as readonly CborValue[]) : [null];
  if (!list.every((name) => typeof name === "string")) misfit(path, "a list of names", "POLICY_SCHEMA");
};
const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];
const types: Judge = (value, path) => {
  const list = Array.isArray(value) ? (value as readonly CborValue[]) : [value];
  if (!list.every((name) => typeof name === "string" && TYPES.includes(name)))
    misfit(path, `one of ${TYPES.join(", ")}`, "POLICY_SCHEMA");
};
const values: Judge = (value, path) => {
  if (!Array.isArray(value) || value.length === 0) misfit(path, "a list of values", "POLICY_SCHEMA");
};

/** Keywords by what stands under them; those with schemas below them are walked. */
const PLAIN: Readonly<Record<string, Judge>> = {
  title: anything,
  description: anything,
  const: anything,
  enum: values,
  type: types,
  required: names,
  uniqueItems: yesOrNo,
  ...Object.fromEntries(
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"].map((name) => [
      name,
      count,
    ]),
  ),
  ...Object.fromEntries(["minItems", "maxItems", "minProperties", "maxProperties"].map((name) => [name, count])),
};
const NESTED: Readonly<Record<string, "one" | "list" | "fields">> = {
  items: "one",
  contains: "one",
  not: "one",
  if: "one",
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: "one",
  else: "one",
  additionalProperties: "one",
  propertyNames: "one",
  allOf: "list",
  anyOf: "list",
  oneOf: "list",
  properties: "fields",
};
const KEYWORDS = [...Object.keys(PLAIN), ...Object.keys(NESTED)].sort();

/** A schema of the subset, as a policy carries it. */
export const readAttestationSchema: Reader<Json> = described(
  () => ({ type: "object", description: `a JSON Schema of ${KEYWORDS.join(", ")}` }),
  (value, path) => {
    if (!isCborMap(value)) return misfit(path, "a JSON Schema", "POLICY_SCHEMA");
    if (walk(value, path) > SCHEMA_NODES_MAX) misfit(path, `of at most ${SCHEMA_NODES_MAX} parts`, "POLICY_SCHEMA");
    return toJson(value);
  },
);

/** Refuses what is not of the subset, and counts the schemas. */
function walk(schema: CborValue, path: string): number {
  if (typeof schema === "boolean") return 1;
  if (!isCborMap(schema)) return misfit(path, "a JSON Schema", "POLICY_SCHEMA");
  let nodes = 1;
  for (const [keyword, value] of schema) {
    const at = join(path, String(keyword));
    const nested = Object.hasOwn(NESTED, keyword) ? NESTED[keyword as string] : undefined;
    if (nested !== undefined)
      nodes += below(nested, value, at).reduce((sum, [inner, place]) => sum + walk(inner, place), 0);
    else if (Object.hasOwn(PLAIN, keyword)) PLAIN[keyword as string]?.(value, at);
    else misfit(at, `a keyword of ${KEYWORDS.join(", ")}`, "POLICY_SCHEMA");
  }
  return nodes;
}

function below(
  kind: "one" | "list" | "fields",
  value: CborValue,
  path: string,
): readonly (readonly [CborValue, string])[] {
  if (kind === "one") return [[value, path]];
  if (kind === "list" && Array.isArray(value) && value.length > 0)
    return (value as readonly CborValue[]).map((item, index) => [item, `${path}[${index}]`]);
  if (kind === "fields" && isCborMap(value)) return [...value].map(([name, item]) => [item, join(path, String(name))]);
  return misfit(path, kind === "list" ? "a list of schemas" : "schemas by field", "POLICY_SCHEMA");
}

const validators = new WeakMap<object, Validator>();

/** What does not fit a schema in what a role attests; null where all does. */
export function judgeAttestation(schema: Json, attestation: CborValue): Fault | null {
  const known = validators.get(schema as object) ?? new Validator(schema as Schema, "2020-12", true);
  validators.set(schema as object, known);
  const plain = plainOf(attestation);
  const result = plain === undefined ? null : known.validate(plain);
  if (result?.valid === true) return null;
  const [deepest] = (result?.errors ?? []).slice(-1);
  const path = (deepest?.instanceLocation ?? "#").replace(/^#/, "").replaceAll("/", ".");
  const reason = deepest?.error ?? "integers beyond 2^53 and bytes are not of JSON";
  return fault("ATTESTATION_INVALID", { path: `attestation${path}`, reason }).fault;
}

/** As the interpreter reads it: without inherited names, which it would take for fields. Undefined for what JSON does not have. */
function plainOf(value: CborValue): unknown {
  if (typeof value === "bigint" || value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) {
    const items = (value as readonly CborValue[]).map(plainOf);
    return items.includes(undefined) ? undefined : items;
  }
  if (!isCborMap(value)) return value;
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [name, item] of value) {
    const plain = plainOf(item);
    if (plain === undefined) return undefined;
    fields[String(name)] = plain;
  }
  return fields;
}
