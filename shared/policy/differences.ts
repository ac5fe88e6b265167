// Where two policy documents differ: by path, as deep as both have fields.
import type { Json } from "../cbor/json.ts";
import { compareText } from "../text.ts";

/** What stands at a path; absent where the document has nothing there. */
export type Difference = { readonly path: string; readonly before: Json | undefined; readonly after: Json | undefined };

export function differencesBetween(
  before: Json | undefined,
  after: Json | undefined,
  path = "",
): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  return names.flatMap((name) => differencesBetween(before[name], after[name], path === "" ? name : `${path}.${name}`));
}

function isObject(value: Json | undefined): value is { readonly [field: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
