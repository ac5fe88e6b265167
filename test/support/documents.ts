// Documents with something changed in them, fields that they do not have included.
import type { Json } from "../../shared/cbor/json.ts";

/** What stands at a path instead; undefined leaves the field out. Lists are walked by index. */
export function change(document: Json, steps: readonly string[], value: Json | undefined): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value as Json;
  const fields = document as { readonly [name: string]: Json };
  const inner = rest.length === 0 ? value : change(fields[step] as Json, rest, value);
  if (Array.isArray(document)) return document.map((item, index) => (String(index) === step ? (inner as Json) : item));
  const { [step]: _, ...others } = fields;
  return inner === undefined ? others : { ...fields, [step]: inner };
}
