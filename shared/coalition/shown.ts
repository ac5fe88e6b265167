// What an authority shows of its effective policy, in plain data, with the digest of what holds: an operation names it as its subject, and
// whoever has the same pool computes it again.
import { encodeCanonical } from "../cbor/encode.ts";
import { type Json, toJson } from "../cbor/json.ts";
import { sha256Hex } from "../hash.ts";
import type { Loss } from "../mesh/translator.ts";
import { describeRefusal, type Refusal } from "../refusals.ts";
import { ok, type Result } from "../result.ts";
import { effectivePolicy } from "./effective.ts";
import type { Circumstance } from "./route.ts";
import type { PoolRefusal, SignedPool } from "./signed.ts";
import { type Conflict, type EffectiveClause, type EffectivePolicy, faultOfPart, type RefusedPart } from "./view.ts";

/** `via` is one translator, or several in their order; what a clause does not have is left out. */
export type ShownClause = {
  readonly id: string;
  readonly effect: EffectiveClause["effect"];
  readonly value: Json;
  readonly from: string;
  readonly via?: string | readonly string[];
  readonly label?: string;
  readonly scope?: Readonly<Record<string, string>>;
  readonly losses?: readonly Loss[];
};
type ShownRefusal = Refusal & { readonly id: string; readonly from?: string; readonly via?: readonly string[] };
export type ShownPolicy = {
  readonly home: string;
  readonly clauses: readonly ShownClause[];
  readonly conflicts: readonly Conflict[];
  /** What of the pool was not taken, and why. */
  readonly refused: readonly ShownRefusal[];
  /** What holds all the same, and why one should look at it. */
  readonly flagged: readonly ShownRefusal[];
  /** Of the home, the operation, the clauses and the conflicts. */
  readonly digest: string;
};

/** The effective policy of a home in a circumstance; AUTHORITY_ABSENT where the pool holds none of its own. */
export function shownPolicy(
  { pool, refused: unread }: Pick<SignedPool, "pool" | "refused">,
  circumstance: Circumstance,
): Result<ShownPolicy> {
  const policy = effectivePolicy(pool, circumstance);
  if (!policy.ok) return policy;
  const { home, clauses, conflicts, refused, flagged } = policy.value;
  return ok({
    home,
    clauses: clauses.map(shownClause),
    conflicts,
    refused: [...unread.map(shownUnread), ...refused.map(shownRefused)],
    flagged: flagged.map(shownRefused),
    digest: digestOf(policy.value, circumstance.operation),
  });
}

/** Of what holds: the home, the operation, the clauses and the conflicts. */
export function digestOf({ home, clauses, conflicts }: EffectivePolicy, operation: string | null): string {
  return sha256Hex(encodeCanonical({ home, operation, clauses, conflicts }));
}

function shownClause({ id, effect, value, label, scope, from, via, losses }: EffectiveClause): ShownClause {
  return {
    id,
    effect,
    value: toJson(value),
    from,
    ...(via.length === 0 ? {} : { via: via.length === 1 ? (via[0] as string) : via }),
    ...(label === null ? {} : { label }),
    ...(scope === null ? {} : { scope: Object.fromEntries(scope) }),
    ...(losses.length === 0 ? {} : { losses }),
  };
}

function shownUnread({ id, from, fault }: PoolRefusal): ShownRefusal {
  return { ...describeRefusal(fault), id, ...(from === null ? {} : { from }) };
}

function shownRefused(part: RefusedPart): ShownRefusal {
  const { id, from, via } = part;
  const told = describeRefusal(faultOfPart(part));
  return { id, ...told, ...(from === null ? {} : { from }), ...(via.length === 0 ? {} : { via }) };
}
