// Readers: from a decoded value to one of our own types, or the path of the first field that does not fit (SPEC §1.3).
// A map must have exactly the fields its reader names: unknown fields are refused, never ignored.
import { NAME_LENGTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { fault, ok, type Result } from "../result.ts";
import { type CborMap, type CborValue, isCborMap } from "./value.ts";

export type Reader<T> = (value: CborValue, path: string) => T;

/** Thrown by readers, caught by `readAs`: a plain stack of returns would hide the shapes. */
class Misfit extends Error {
  readonly code: RefusalCode;
  readonly path: string;
  readonly need: string;
  constructor(code: RefusalCode, path: string, need: string) {
    super(`${path}: ${need}`);
    this.code = code;
    this.path = path;
    this.need = need;
  }
}

/** Applies a reader to a whole document. */
export function readAs<T>(value: CborValue, reader: Reader<T>, root = ""): Result<T> {
  try {
    return ok(reader(value, root));
  } catch (misfit) {
    if (misfit instanceof Misfit) return fault(misfit.code, { path: misfit.path, need: misfit.need });
    throw misfit;
  }
}

export function misfit(path: string, need: string, code: RefusalCode = "FIELD_INVALID"): never {
  throw new Misfit(code, path, need);
}

export function integer(least: number, most: number): Reader<number> {
  return (value, path) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : misfit(path, `an integer from ${least} to ${most}`);
}

/** Text of 1 to `most` UTF-16 units, or from `least` where that is given. */
export function text(most = NAME_LENGTH_MAX, least = 1): Reader<string> {
  return (value, path) =>
    typeof value === "string" && value.length >= least && value.length <= most
      ? value
      : misfit(path, `text of ${least} to ${most} characters`);
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, path) => (allowed.includes(value as T) ? (value as T) : misfit(path, `one of ${allowed.join(", ")}`));
}

export function exactly<const T extends number>(wanted: T): Reader<T> {
  return (value, path) => (value === wanted ? wanted : misfit(path, String(wanted)));
}

export const boolean: Reader<boolean> = (value, path) =>
  typeof value === "boolean" ? value : misfit(path, "true or false");

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
  return (value, path) => (value === null ? null : reader(value, path));
}

export function list<T>(reader: Reader<T>, most: number, least = 0): Reader<readonly T[]> {
  return (value, path) =>
    Array.isArray(value) && value.length >= least && value.length <= most
      ? (value as readonly CborValue[]).map((item, index) => reader(item, `${path}[${index}]`))
      : misfit(path, `a list of ${least} to ${most} items`);
}

export function map(most: number): Reader<CborMap> {
  return (value, path) =>
    isCborMap(value) && value.size <= most ? value : misfit(path, `a map of at most ${most} entries`);
}

/** A map from text to values of one kind. */
export function textMap<T>(reader: Reader<T>, most: number): Reader<ReadonlyMap<string, T>> {
  return (value, path) => {
    const entries = [...map(most)(value, path)];
    return new Map(entries.map(([key, item]) => [text()(key, path), reader(item, `${path}.${key}`)]));
  };
}

/** A map with exactly these fields. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value, path) => {
    if (!isCborMap(value)) return misfit(path, "a map");
    for (const key of value.keys()) {
      if (!names.includes(key as keyof T & string))
        misfit(join(path, String(key)), "left out: there is no such field", "FIELD_UNKNOWN");
    }
    const entries = names.map((name) => {
      const item = value.get(name);
      if (item === undefined) return misfit(join(path, name), "there", "FIELD_MISSING");
      return [name, fields[name](item, join(path, name))];
    });
    return Object.fromEntries(entries) as T;
  };
}

/** The same reader over a map whose missing fields take these values: documents that people write may leave them out. */
export function withDefaults<T>(defaults: { readonly [name: string]: CborValue }, reader: Reader<T>): Reader<T> {
  return (value, path) => reader(isCborMap(value) ? new Map([...Object.entries(defaults), ...value]) : value, path);
}

/** A map with these fields, of which the optional ones may be left out. */
export function recordWith<R extends object, O extends object>(
  required: { readonly [K in keyof R]: Reader<R[K]> },
  optional: { readonly [K in keyof O]: Reader<O[K]> },
): Reader<R & Partial<O>> {
  return (value, path) => {
    const given = Object.entries(optional).filter(([name]) => isCborMap(value) && value.has(name));
    const fields = { ...required, ...Object.fromEntries(given) } as { readonly [K in keyof R]: Reader<R[K]> };
    return record<R>(fields)(value, path) as R & Partial<O>;
  };
}

/** The path of a field within what stands at `path`. */
export function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
