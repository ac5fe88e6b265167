// Readers: from a decoded value to one of our own types, or the path of the first field that does not fit (SPEC §1.3).
// A map must have exactly the fields its reader names: unknown fields are refused, never ignored.
import { NAME_LENGTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { described, misfit, partsOf, type Reader, type Schema, schemaOf } from "./reader.ts";
import { type CborMap, type CborValue, isCborMap } from "./value.ts";

export { described, misfit, type Reader, readAllAs, readAs, type Schema, schemaOf } from "./reader.ts";

export function integer(least: number, most: number, code: RefusalCode = "FIELD_INVALID"): Reader<number> {
  const schema = () => ({ type: "integer", minimum: least, maximum: most });
  return described(schema, (value, path) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : misfit(path, `an integer from ${least} to ${most}`, code),
  );
}

/** Text of 1 to `most` UTF-16 units, or from `least` where that is given. */
export function text(most = NAME_LENGTH_MAX, least = 1): Reader<string> {
  return described(
    () => ({ type: "string", minLength: least, maxLength: most }),
    (value, path) =>
      typeof value === "string" && value.length >= least && value.length <= most
        ? value
        : misfit(path, `text of ${least} to ${most} characters`),
  );
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return described(
    () => ({ enum: allowed }),
    (value, path) => (allowed.includes(value as T) ? (value as T) : misfit(path, `one of ${allowed.join(", ")}`)),
  );
}

export function exactly<const T extends number>(wanted: T): Reader<T> {
  return described(
    () => ({ const: wanted }),
    (value, path) => (value === wanted ? wanted : misfit(path, String(wanted))),
  );
}

export const boolean: Reader<boolean> = described(
  () => ({ type: "boolean" }),
  (value, path) => (typeof value === "boolean" ? value : misfit(path, "true or false")),
);

export const anything: Reader<CborValue> = (value) => value;

export function bytes(length: number): Reader<Uint8Array> {
  return (value, path) =>
    value instanceof Uint8Array && value.length === length ? value : misfit(path, `${length} bytes`);
}

export function bytesUpTo(most: number): Reader<Uint8Array> {
  return (value, path) =>
    value instanceof Uint8Array && value.length <= most ? value : misfit(path, `at most ${most} bytes`);
}

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return described(
    () => ({ anyOf: [{ type: "null" }, schemaOf(reader)] }),
    (value, path, all) => (value === null ? null : reader(value, path, all)),
  );
}

export function list<T>(reader: Reader<T>, most: number, least = 0): Reader<readonly T[]> {
  const schema = () => ({ type: "array", items: schemaOf(reader), minItems: least, maxItems: most });
  return described(schema, (value, path, all) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return misfit(path, `a list of ${least} to ${most} items`);
    if (value.length === 0) return NOTHING;
    const parts = partsOf(all);
    const items = (value as readonly CborValue[]).map((item, index) => parts.read(reader, item, `${path}[${index}]`));
    parts.done();
    return items;
  });
}

/** Most lists that may be empty are, and one serves for all. */
const NOTHING: readonly never[] = [];

export function map(most: number): Reader<CborMap> {
  return described(
    () => ({ type: "object", maxProperties: most }),
    (value, path) =>
      isCborMap(value) && value.size <= most ? value : misfit(path, `a map of at most ${most} entries`),
  );
}

/** A map from text to values of one kind. */
export function textMap<T>(reader: Reader<T>, most: number): Reader<ReadonlyMap<string, T>> {
  const name = text();
  const schema = () => ({
    type: "object",
    propertyNames: schemaOf(name),
    additionalProperties: schemaOf(reader),
    maxProperties: most,
  });
  return described(schema, (value, path, all) => {
    const parts = partsOf(all);
    const entries = [...map(most)(value, path)].map(
      ([key, item]) => [parts.read(name, key, path), parts.read(reader, item, `${path}.${key}`)] as const,
    );
    parts.done();
    return new Map(entries);
  });
}

/** A map with exactly these fields. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> {
  const named = new Fields(fields);
  const names = Object.keys(fields);
  return described(
    () => recordSchema(fields, names),
    (value, path, all) => readFields<T>(named, value, path, all),
  );
}

type Field = { readonly name: string; readonly reader: Reader<unknown>; readonly optional: boolean };
type Readers = { readonly [name: string]: Reader<unknown> };

class Fields {
  readonly all: readonly Field[];
  #path = "";
  #paths: readonly string[];

  constructor(required: Readers, optional: Readers = {}) {
    const named = (readers: Readers, free: boolean) =>
      Object.entries(readers).map(([name, reader]) => ({ name, reader, optional: free }));
    this.all = [...named(required, false), ...named(optional, true)];
    this.#paths = this.all.map(({ name }) => name);
  }

  /** Where each of them stands in what stands at `path`: most are read where the ones before were. */
  pathsAt(path: string): readonly string[] {
    if (path !== this.#path) this.#paths = this.all.map(({ name }) => join(path, name));
    this.#path = path;
    return this.#paths;
  }

  /** Whether a map has all that it must have, and nothing else. */
  fit(value: CborMap): boolean {
    const there = this.all.filter(({ name }) => value.has(name));
    return there.length === value.size && this.all.every((field) => field.optional || there.includes(field));
  }
}

function readFields<T>(fields: Fields, value: CborValue, path: string, all?: boolean): T {
  if (!isCborMap(value)) return misfit(path, "a map");
  return ((all === true ? null : readFitting(fields, value, path)) ?? readEach(fields, value, path, all)) as T;
}

/** Most maps have the fields that they should; null where one does not, so that the first finding is told. */
function readFitting(fields: Fields, value: CborMap, path: string): object | null {
  const paths = fields.pathsAt(path);
  const read: Record<string, unknown> = {};
  let met = 0;
  try {
    for (let at = 0; at < paths.length; at++) {
      const { name, reader, optional } = fields.all[at] as Field;
      const item = value.get(name);
      if (item !== undefined) {
        read[name] = reader(item, paths[at] as string);
        met += 1;
      } else if (!optional) return null;
    }
  } catch (misfit) {
    // A field that is unknown, or missing, is told before any that does not fit.
    if (fields.fit(value)) throw misfit;
    return null;
  }
  return met === value.size ? read : null;
}

function readEach(fields: Fields, value: CborMap, path: string, all?: boolean): object {
  const parts = partsOf(all);
  for (const key of value.keys())
    if (!fields.all.some(({ name }) => name === key)) parts.read(unknownField, key, join(path, String(key)));
  const read: Record<string, unknown> = {};
  for (const { name, reader, optional } of fields.all) {
    const item = value.get(name);
    if (item !== undefined || !optional)
      read[name] = parts.read(item === undefined ? missingField : reader, item ?? null, join(path, name));
  }
  parts.done();
  return read;
}

const unknownField: Reader<never> = (_, path) => misfit(path, "left out: there is no such field", "FIELD_UNKNOWN");
const missingField: Reader<never> = (_, path) => misfit(path, "there", "FIELD_MISSING");

function recordSchema(fields: object, required: readonly string[]): Schema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, reader]) => [name, schemaOf(reader)]));
  return { type: "object", properties, required, additionalProperties: false };
}

/** The same reader over a map whose missing fields take these values: documents that people write may leave them out. */
export function withDefaults<T>(defaults: { readonly [name: string]: CborValue }, reader: Reader<T>): Reader<T> {
  const schema = () => {
    const whole = schemaOf(reader);
    const required = ((whole.required ?? []) as readonly string[]).filter((name) => !Object.hasOwn(defaults, name));
    return { ...whole, required };
  };
  return described(schema, (value, path, all) =>
    reader(isCborMap(value) ? new Map([...Object.entries(defaults), ...value]) : value, path, all),
  );
}

/** A map with these fields, of which the optional ones may be left out. */
export function recordWith<R extends object, O extends object>(
  required: { readonly [K in keyof R]: Reader<R[K]> },
  optional: { readonly [K in keyof O]: Reader<O[K]> },
): Reader<R & Partial<O>> {
  const fields = new Fields(required, optional);
  const schema = () => recordSchema({ ...required, ...optional }, Object.keys(required));
  return described(schema, (value, path, all) => readFields<R & Partial<O>>(fields, value, path, all));
}

/** A map whose field `tag` says which of several kinds it is of, each with its own reader. */
export function tagged<T>(
  tag: string,
  kinds: { readonly [kind: string]: Reader<T> },
  unknown: (given: CborValue | undefined) => RefusalCode = () => "FIELD_INVALID",
): Reader<T> {
  const names = Object.keys(kinds);
  const schema = () => ({ oneOf: Object.values(kinds).map(schemaOf) });
  return described(schema, (value, path, all) => {
    if (!isCborMap(value)) return misfit(path, "a map");
    const given = value.get(tag);
    const known = typeof given === "string" && Object.hasOwn(kinds, given) ? kinds[given] : undefined;
    return known === undefined
      ? misfit(join(path, tag), `one of ${names.join(", ")}`, unknown(given))
      : known(value, path, all);
  });
}

/** The path of a field within what stands at `path`. */
export function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** 32 bytes in lower-case hexadecimal: a public key, or an id. */
export const hex32: Reader<string> = described(
  () => ({ type: "string", pattern: "^[0-9a-f]{64}$" }),
  (value, path) =>
    typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
      ? value
      : misfit(path, "32 bytes in lower-case hexadecimal"),
);
