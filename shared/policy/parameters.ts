// Setting parameters of a policy document by path, as in `outcome.threshold=3`: a new document, hence a new hash.
import type { Json } from "../cbor/json.ts";
import { fault, ok, type Result } from "../result.ts";
import { OPTIONAL_CLAUSES, OPTIONAL_OF_ROLE } from "./decode.ts";

export type Setting = { readonly path: string; readonly value: Json };

/**
 * Replaces what stands at each path, or adds a whole clause, of the document or of a role, that it leaves out. Any other path that it does not have is refused,
 * since a typing error must not pass.
 */
export function setParameters(document: Json, settings: readonly Setting[]): Result<Json> {
  let current = document;
  for (const { path, value } of settings) {
    const changed = setAt(current, path, value);
    if (!changed.ok) return changed;
    current = changed.value;
  }
  return ok(current);
}

function setAt(document: Json, path: string, value: Json): Result<Json> {
  if (OPTIONAL_CLAUSES.has(path)) return withClause(document, path, value);
  const [, role, clause = ""] = /^roles\.([^.]+)\.([^.]+)$/.exec(path) ?? [];
  return role !== undefined && OPTIONAL_OF_ROLE.has(clause)
    ? changeAt(document, ["roles", role], (found) => withClause(found, clause, value), path)
    : changeAt(document, path.split("."), () => ok(value), path);
}

function withClause(document: Json, clause: string, value: Json): Result<Json> {
  const isMap = typeof document === "object" && document !== null && !Array.isArray(document);
  return isMap ? ok({ ...document, [clause]: value }) : fault("POLICY_SET_PATH", { path: clause });
}

function changeAt(
  document: Json,
  steps: readonly string[],
  change: (found: Json) => Result<Json>,
  path: string,
): Result<Json> {
  const [step, ...rest] = steps;
  if (step === undefined) return change(document);
  if (typeof document !== "object" || document === null || Array.isArray(document) || !Object.hasOwn(document, step))
    return fault("POLICY_SET_PATH", { path });
  const fields = document as { readonly [key: string]: Json };
  const inner = changeAt(fields[step] as Json, rest, change, path);
  return inner.ok ? ok({ ...fields, [step]: inner.value }) : inner;
}
