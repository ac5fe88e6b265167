// JSON as people write it, to and from values of our profile. Byte strings appear as lower-case hexadecimal when shown.
import { toHex } from "../bytes.ts";
import { CBOR_DEPTH_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import type { CborValue } from "./value.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Thrown on the way down, caught by `fromJson`: paths are only put together where something does not fit. */
class Unfit extends Error {
  readonly need: string;
  path = "";
  constructor(need: string) {
    super(need);
    this.need = need;
  }

  under(step: string): this {
    this.path = this.path === "" || this.path.startsWith("[") ? `${step}${this.path}` : `${step}.${this.path}`;
    return this;
  }
}

/** A JSON value as a CBOR value; refuses numbers that are not exact integers and text that is not well-formed. `path` is where it stands. */
export function fromJson(value: unknown, path = ""): Result<CborValue> {
  try {
    return ok(convert(value, 0));
  } catch (unfit) {
    if (!(unfit instanceof Unfit)) throw unfit;
    const placed = path === "" ? unfit : unfit.under(path);
    return fault("FIELD_INVALID", { path: placed.path, need: placed.need });
  }
}

function convert(value: unknown, depth: number): CborValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (!isText(value)) throw new Unfit("well-formed text");
    return value;
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Unfit("an exact integer");
    return value === 0 ? 0 : value;
  }
  if (typeof value !== "object") throw new Unfit("a JSON value");
  // JSON.parse nests as deep as a body is long; without this the stack would end first.
  if (depth >= CBOR_DEPTH_MAX) throw new Unfit(`nested at most ${CBOR_DEPTH_MAX} deep`);
  if (Array.isArray(value)) return value.map((item, index) => within(`[${index}]`, item, depth));
  const map = new Map<string, CborValue>();
  for (const [key, item] of Object.entries(value)) {
    if (!isText(key)) throw new Unfit("well-formed field names");
    map.set(key, within(key, item, depth));
  }
  return map;
}

function within(step: string, item: unknown, depth: number): CborValue {
  try {
    return convert(item, depth + 1);
  } catch (unfit) {
    throw unfit instanceof Unfit ? unfit.under(step) : unfit;
  }
}

function isText(text: string): boolean {
  return text.isWellFormed() && !text.startsWith("\ufeff");
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
