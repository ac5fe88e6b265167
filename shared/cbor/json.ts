// JSON as people write it, to and from values of our profile. Byte strings appear as lower-case hexadecimal when shown.
import { toHex } from "../bytes.ts";
import { CBOR_DEPTH_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import type { CborValue } from "./value.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON value as a CBOR value; refuses numbers that are not exact integers and text that is not well-formed. */
export function fromJson(value: unknown, path = "", depth = 0): Result<CborValue> {
  if (value === null || typeof value === "boolean") return ok(value);
  if (typeof value === "string")
    return isText(value) ? ok(value) : fault("FIELD_INVALID", { path, need: "well-formed text" });
  if (typeof value === "number")
    return Number.isSafeInteger(value)
      ? ok(value === 0 ? 0 : value)
      : fault("FIELD_INVALID", { path, need: "an exact integer" });
  if (typeof value !== "object") return fault("FIELD_INVALID", { path, need: "a JSON value" });
  // JSON.parse nests as deep as a body is long; without this the stack would end first.
  if (depth >= CBOR_DEPTH_MAX) return fault("FIELD_INVALID", { path, need: `nested at most ${CBOR_DEPTH_MAX} deep` });
  if (Array.isArray(value))
    return fromEntries(
      value.map((item, index) => [`${path}[${index}]`, item]),
      depth,
      (items) => items,
    );
  const entries = Object.entries(value);
  const bad = entries.find(([key]) => !isText(key));
  if (bad) return fault("FIELD_INVALID", { path, need: "well-formed field names" });
  return fromEntries(
    entries.map(([key, item]) => [path === "" ? key : `${path}.${key}`, item]),
    depth,
    (items) => new Map(entries.map(([key], index) => [key, items[index] as CborValue])),
  );
}

function isText(text: string): boolean {
  return text.isWellFormed() && !text.startsWith("\ufeff");
}

function fromEntries(
  entries: readonly (readonly [string, unknown])[],
  depth: number,
  build: (items: readonly CborValue[]) => CborValue,
): Result<CborValue> {
  const items: CborValue[] = [];
  for (const [path, item] of entries) {
    const read = fromJson(item, path, depth + 1);
    if (!read.ok) return read;
    items.push(read.value);
  }
  return ok(build(items));
}

/** A view for people and programs; not reversible, since byte strings become text. */
export function toJson(value: CborValue): Json {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(toJson);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), toJson(item as CborValue)]));
  return value as string | number | boolean | null;
}
