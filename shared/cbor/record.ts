// Readers of maps with named fields (SPEC §1.3): exactly those that they name, each with a reader of its own.
import { compareBytes } from "../bytes.ts";
import { CBOR_DEPTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Cursor, OTHERWISE, passHead } from "./decode.ts";
import { encodeCanonical } from "./encode.ts";
import {
  type Direct,
  described,
  directly,
  join,
  misfit,
  partsOf,
  type Reader,
  type Schema,
  schemaOf,
} from "./reader.ts";
import { type CborMap, type CborValue, isCborMap } from "./value.ts";

/**
 * A map with exactly these fields. `copy` is for what is read tens of thousands of times: an object that names its fields one by one is made at
 * once, and one that is copied name by name takes as long as what it holds.
 */
export function record<T extends object>(
  fields: { readonly [K in keyof T]: Reader<T[K]> },
  copy: (read: T) => T = (read) => ({ ...read }),
): Reader<T> {
  const named = new Fields(fields);
  const names = Object.keys(fields);
  const read = described(
    () => recordSchema(fields, names),
    (value, path, all) => readFields<T>(named, value, path, all),
  );
  const inOrder = inTheirOrder(named.all);
  if (inOrder === null) return read;
  // Written over by each, and copied then: no record holds one of its own kind that is read from bytes.
  const passed: unknown[] = names.map(() => null);
  // Read by name and written by place: to write under a name that is not known beforehand takes longer.
  const byName = names.map((name, at) => [name, { enumerable: true, get: () => passed[at] }] as const);
  const found = Object.defineProperties({}, Object.fromEntries(byName)) as T;
  return directly(read, (cursor, depth) => {
    passFields(passed, inOrder, cursor, depth);
    return copy(found);
  });
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

/** A field as it stands in canonical bytes, and its place among those that were named. */
type InOrder = { readonly at: number; readonly key: Uint8Array; readonly direct: Direct<unknown> };

/** The fields in the order of their keys' encodings; null where one cannot be read from bytes. */
function inTheirOrder(fields: readonly Field[]): readonly InOrder[] | null {
  const found = fields.flatMap(({ name, reader: { direct } }, at) =>
    direct === undefined ? [] : [{ at, key: encodeCanonical(name), direct }],
  );
  return found.length < fields.length ? null : found.sort((a, b) => compareBytes(a.key, b.key));
}

/** So many fields, each behind its own key, in the one order that is canonical: there can be no other, and none twice. */
function passFields(read: unknown[], fields: readonly InOrder[], cursor: Cursor, depth: number): void {
  if (depth >= CBOR_DEPTH_MAX || passHead(cursor, 5) !== fields.length) throw OTHERWISE;
  for (const { at, key, direct } of fields) {
    passKey(cursor, key);
    read[at] = direct(cursor, depth + 1);
  }
}

function passKey(cursor: Cursor, key: Uint8Array): void {
  const { bytes, at } = cursor;
  for (let index = 0; index < key.length; index++) if (bytes[at + index] !== key[index]) throw OTHERWISE;
  cursor.at = at + key.length;
  cursor.items += 1;
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
