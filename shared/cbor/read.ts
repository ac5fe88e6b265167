// Readers: from a decoded value to one of our own types, or the path of the first field that does not fit (SPEC §1.3).
// A map must have exactly the fields its reader names: unknown fields are refused, never ignored.
import { NAME_LENGTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import type { Json } from "./json.ts";
import { type CborMap, type CborValue, isCborMap } from "./value.ts";

/**
 * `schema` is the JSON Schema of what it accepts, as far as one can say it: what people are shown is read off the reader itself. With `all` every
 * finding is asked for, as people do of documents that they wrote; a reader that does not hand it on tells the first of what is within.
 */
export interface Reader<T> {
  (value: CborValue, path: string, all?: boolean): T;
  readonly schema?: () => Schema;
}
export type Schema = { readonly [keyword: string]: Json };

/** A reader together with the schema of what it accepts. */
export function described<T>(
  schema: () => Schema,
  read: (value: CborValue, path: string, all?: boolean) => T,
): Reader<T> {
  return Object.assign(read, { schema });
}

/** The schema of a reader; one that says nothing accepts, as far as a schema can tell, anything. */
export function schemaOf(reader: Reader<unknown>): Schema {
  return reader.schema?.() ?? {};
}

type Place = { readonly code: RefusalCode; readonly path: string; readonly need: string };
/** So many findings are told at most: a document that is wrong throughout says so after that. */
const FINDINGS_MAX = 64;

/** Thrown by readers, caught by `readAs`: a plain stack of returns would hide the shapes. */
class Misfit extends Error {
  readonly found: readonly Place[];
  constructor(found: readonly Place[]) {
    super(found.map(({ path, need }) => `${path}: ${need}`).join("; "));
    this.found = found;
  }
}

/** How a reader of several parts goes about it: up to the first that does not fit, or past it. */
type Parts = {
  readonly read: <T>(reader: Reader<T>, value: CborValue, path: string) => T;
  readonly done: () => void;
};

const FIRST_ONLY: Parts = { read: (reader, value, path) => reader(value, path), done: () => undefined };
const partsOf = (all?: boolean): Parts => (all === true ? new AllParts() : FIRST_ONLY);

/** Reads parts one after the other, past those that do not fit, so that all of them are told. */
class AllParts {
  private readonly found: Place[] = [];

  read<T>(reader: Reader<T>, value: CborValue, path: string): T {
    try {
      return reader(value, path, true);
    } catch (misfit) {
      if (!(misfit instanceof Misfit)) throw misfit;
      this.found.push(...misfit.found);
      if (this.found.length >= FINDINGS_MAX) this.done();
      return undefined as T;
    }
  }

  /** Nothing that was read is used where anything did not fit. */
  done(): void {
    if (this.found.length > 0) throw new Misfit(this.found);
  }
}

/** Applies a reader to a whole document; the first finding is the refusal. */
export function readAs<T>(value: CborValue, reader: Reader<T>, root = ""): Result<T> {
  const read = readWith(value, reader, root, false);
  return read.ok ? read : { ok: false, fault: read.fault[0] };
}

/** The same, with every finding. */
export function readAllAs<T>(value: CborValue, reader: Reader<T>, root = ""): Result<T, Findings> {
  return readWith(value, reader, root, true);
}

type Findings = readonly [Fault, ...(readonly Fault[])];

function readWith<T>(value: CborValue, reader: Reader<T>, root: string, all: boolean): Result<T, Findings> {
  try {
    return ok(reader(value, root, all));
  } catch (misfit) {
    if (!(misfit instanceof Misfit)) throw misfit;
    const faults = misfit.found.map(({ code, path, need }) => fault(code, { path, need }).fault);
    return { ok: false, fault: faults as unknown as Findings };
  }
}

export function misfit(path: string, need: string, code: RefusalCode = "FIELD_INVALID"): never {
  throw new Misfit([{ code, path, need }]);
}

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
    const parts = partsOf(all);
    const items = (value as readonly CborValue[]).map((item, index) => parts.read(reader, item, `${path}[${index}]`));
    parts.done();
    return items;
  });
}

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
  const named = fieldsOf(fields);
  const names = Object.keys(fields);
  return described(
    () => recordSchema(fields, names),
    (value, path, all) => readFields<T>(named, value, path, all),
  );
}

type Fields = readonly { readonly name: string; readonly reader: Reader<unknown> }[];

function fieldsOf(readers: { readonly [name: string]: Reader<unknown> }): Fields {
  return Object.entries(readers).map(([name, reader]) => ({ name, reader }));
}

function readFields<T>(fields: Fields, value: CborValue, path: string, all?: boolean): T {
  if (!isCborMap(value)) return misfit(path, "a map");
  const parts = partsOf(all);
  let known = 0;
  for (const { name } of fields) if (value.has(name)) known += 1;
  if (known < value.size)
    for (const key of value.keys())
      if (!fields.some(({ name }) => name === key)) parts.read(unknownField, key, join(path, String(key)));
  const read: Record<string, unknown> = {};
  for (const { name, reader } of fields) {
    const item = value.get(name);
    read[name] = parts.read(item === undefined ? missingField : reader, item ?? null, join(path, name));
  }
  parts.done();
  return read as T;
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
  const [owed, free] = [fieldsOf(required), fieldsOf(optional)];
  const schema = () => recordSchema({ ...required, ...optional }, Object.keys(required));
  return described(schema, (value, path, all) => {
    const given = free.filter(({ name }) => isCborMap(value) && value.has(name));
    return readFields<R & Partial<O>>([...owed, ...given], value, path, all);
  });
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
