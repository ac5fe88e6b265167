// Setting parameters of a policy document by path, as in `outcome.threshold=3`: a new document, hence a new hash.
import type { Json } from "../cbor/json.ts";
import { fault, ok, type Result } from "../result.ts";
import { OPTIONAL_CLAUSES } from "./decode.ts";

export type Setting = { readonly path: string; readonly value: Json };

/**
 * Replaces what stands at each path, or adds a whole clause that the document leaves out. Any other path that it does not have is refused,
 * since a typing error must not pass.
 */
export function setParameters(document: Json, settings: readonly Setting[]): Result<Json> {
  let current = document;
  for (const { path, value } of settings) {
    const changed = OPTIONAL_CLAUSES.has(path)
      ? withClause(current, path, value)
      : replaceAt(current, path.split("."), value, path);
    if (!changed.ok) return changed;
    current = changed.value;
  }
  return ok(current);
}

function withClause(document: Json, clause: string, value: Json): Result<Json> {
  const isMap = typeof document === "object" && document !== null && !Array.isArray(document);
  return isMap ? ok({ ...document, [clause]: value }) : fault("POLICY_SET_PATH", { path: clause });
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
