// Setting parameters of a policy document by path, as in `outcome.threshold=3`: a new document, hence a new hash.
import type { Json } from "../cbor/json.ts";
import { fault, ok, type Result } from "../result.ts";

export type Setting = { readonly path: string; readonly value: Json };

/** Replaces what stands at each path; a path that the document does not have is refused, since a typing error must not pass. */
export function setParameters(document: Json, settings: readonly Setting[]): Result<Json> {
  let current = document;
  for (const { path, value } of settings) {
    const changed = replaceAt(current, path.split("."), value, path);
    if (!changed.ok) return changed;
    current = changed.value;
  }
  return ok(current);
}

function replaceAt(document: Json, steps: readonly string[], value: Json, path: string): Result<Json> {
  const [step, ...rest] = steps;
  if (step === undefined) return ok(value);
  if (typeof document !== "object" || document === null || Array.isArray(document) || !Object.hasOwn(document, step))
    return fault("POLICY_SET_PATH", { path });
  const fields = document as { readonly [key: string]: Json };
  const inner = replaceAt(fields[step] as Json, rest, value, path);
  return inner.ok ? ok({ ...fields, [step]: inner.value }) : inner;
}
