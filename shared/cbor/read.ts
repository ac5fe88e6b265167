// Readers: from a decoded value to one of our own types, or the path of the first field that does not fit (SPEC §1.3).
// A map must have exactly the fields its reader names: unknown fields are refused, never ignored.
import { CBOR_DEPTH_MAX, NAME_LENGTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { majorAt, OTHERWISE, passHead, readBytes, readItem, readText } from "./decode.ts";
import { encodeCanonical } from "./encode.ts";
import { described, directly, misfit, partsOf, type Reader, schemaOf } from "./reader.ts";
import { type CborMap, type CborValue, isCborMap } from "./value.ts";

export {
  described,
  directly,
  join,
  made,
  misfit,
  type Reader,
  readAllAs,
  readAs,
  readDirect,
  type Schema,
  schemaOf,
} from "./reader.ts";
export { record, recordWith, tagged, withDefaults } from "./record.ts";

export function integer(least: number, most: number, code: RefusalCode = "FIELD_INVALID"): Reader<number> {
  const schema = () => ({ type: "integer", minimum: least, maximum: most });
  const fits = (value: number) => Number.isSafeInteger(value) && value >= least && value <= most;
  const read = described(schema, (value, path) =>
    typeof value === "number" && fits(value) ? value : misfit(path, `an integer from ${least} to ${most}`, code),
  );
  return directly(read, (cursor) => {
    const value = majorAt(cursor, cursor.at) === 1 ? -1 - passHead(cursor, 1) : passHead(cursor, 0);
    return fits(value) ? value : otherwise();
  });
}

/** Text of 1 to `most` UTF-16 units, or from `least` where that is given. */
export function text(most = NAME_LENGTH_MAX, least = 1): Reader<string> {
  const fits = ({ length }: string) => length >= least && length <= most;
  const read = described(
    () => ({ type: "string", minLength: least, maxLength: most }),
    (value, path) =>
      typeof value === "string" && fits(value) ? value : misfit(path, `text of ${least} to ${most} characters`),
  );
  return directly(read, (cursor) => {
    const value = readText(cursor, passHead(cursor, 3));
    return fits(value) ? value : otherwise();
  });
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

export const anything: Reader<CborValue> = directly((value) => value, readItem);

/** Any value, and its canonical bytes: in place where it is read from them. */
export type Spelt = { readonly value: CborValue; readonly bytes: Uint8Array };

export const spelt: Reader<Spelt> = directly<Spelt>(
  (value) => ({ value, bytes: encodeCanonical(value) }),
  (cursor, depth) => {
    const from = cursor.at;
    const value = readItem(cursor, depth);
    return { value, bytes: cursor.bytes.subarray(from, cursor.at) };
  },
);

export function bytes(length: number): Reader<Uint8Array> {
  return byteString((found) => found === length, `${length} bytes`);
}

export function bytesUpTo(most: number): Reader<Uint8Array> {
  return byteString((found) => found <= most, `at most ${most} bytes`);
}

function byteString(fits: (length: number) => boolean, need: string): Reader<Uint8Array> {
  const read: Reader<Uint8Array> = (value, path) =>
    value instanceof Uint8Array && fits(value.length) ? value : misfit(path, need);
  return directly(read, (cursor) => {
    const length = passHead(cursor, 2);
    return fits(length) ? readBytes(cursor, length) : otherwise();
  });
}

function otherwise(): never {
  throw OTHERWISE;
}

const NULL = 0xf6;

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  const read = described(
    () => ({ anyOf: [{ type: "null" }, schemaOf(reader)] }),
    (value, path, all) => (value === null ? null : reader(value, path, all)),
  );
  const { direct = otherwise } = reader;
  return directly(read, (cursor, depth) => {
    if (cursor.bytes[cursor.at] !== NULL) return direct(cursor, depth);
    cursor.at += 1;
    cursor.items += 1;
    return null;
  });
}

export function list<T>(reader: Reader<T>, most: number, least = 0): Reader<readonly T[]> {
  const schema = () => ({ type: "array", items: schemaOf(reader), minItems: least, maxItems: most });
  const read = described(schema, (value, path, all) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return misfit(path, `a list of ${least} to ${most} items`);
    if (value.length === 0) return NOTHING;
    const parts = partsOf(all);
    const items = (value as readonly CborValue[]).map((item, index) => parts.read(reader, item, `${path}[${index}]`));
    parts.done();
    return items;
  });
  const { direct } = reader;
  if (direct === undefined) return read;
  return directly(read, (cursor, depth) => {
    const length = passHead(cursor, 4);
    if (depth >= CBOR_DEPTH_MAX || length < least || length > most) throw OTHERWISE;
    if (length === 0) return NOTHING;
    const items = new Array<T>(length);
    for (let index = 0; index < length; index++) items[index] = direct(cursor, depth + 1);
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

/** 32 bytes in lower-case hexadecimal: a public key, or an id. */
export const hex32: Reader<string> = described(
  () => ({ type: "string", pattern: "^[0-9a-f]{64}$" }),
  (value, path) =>
    typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
      ? value
      : misfit(path, "32 bytes in lower-case hexadecimal"),
);
