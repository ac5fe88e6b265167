// The effective policy that something is judged under from its beginning to its end (SPEC §20.21): whatever is learned meanwhile changes the
// next, not this.
import type { CborValue } from "../cbor/value.ts";
import { isWithin } from "../mesh/translator.ts";
import { ok, type Result } from "../result.ts";
import { effectivePolicy } from "./effective.ts";
import type { Circumstance } from "./route.ts";
import { digestOf } from "./shown.ts";
import type { SignedPool } from "./signed.ts";
import type { EffectiveClause } from "./view.ts";

export type Pinned = {
  readonly home: string;
  readonly at: number;
  readonly digest: string;
  readonly clauses: readonly EffectiveClause[];
};

/** AUTHORITY_ABSENT where the home has no policy in force. */
export function pinPolicy({ pool }: Pick<SignedPool, "pool">, circumstance: Circumstance): Result<Pinned> {
  const policy = effectivePolicy(pool, circumstance);
  if (!policy.ok) return policy;
  const { home, at, operation } = circumstance;
  const known = new Map([["partner", home], ...(operation === null ? [] : [["operation", operation] as const])]);
  const clauses = policy.value.clauses.filter(({ scope }) => isWithin(scope, known));
  return ok({ home, at, digest: digestOf(policy.value, operation), clauses });
}

/** A named thing is spoken of by its value, a setting (true, a number) by its id. */
export function speaksOf({ id, value }: { readonly id: string; readonly value: CborValue }, matter: string): boolean {
  return typeof value === "string" ? value === matter : (value === null || typeof value !== "object") && id === matter;
}
