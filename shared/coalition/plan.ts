// What a revocation would touch, before it is signed (SPEC §15.6): the effective policy of every authority with it and without it,
// by the same function that then applies it, so the preview is what happens.
import { mayRevoke, names, type Translator, type TranslatorRevocation } from "../mesh/translator.ts";
import { fault, ok, type Result } from "../result.ts";
import { effectivePolicy } from "./effective.ts";
import type { Pool } from "./pool.ts";
import type { EffectiveClause } from "./view.ts";

type Touched = { readonly id: string; readonly from: string; readonly via: readonly string[] };

export type HomeChange = {
  readonly home: string;
  /** Clauses that stop holding there. */
  readonly lost: readonly Touched[];
  /** Clauses that hold only now, since what contradicted them is gone. */
  readonly regained: readonly Touched[];
  /** Clauses that go on holding by another road. */
  readonly rerouted: readonly Touched[];
  /** Partners of whom nothing is recognised there any more. */
  readonly unheard: readonly string[];
};

export type RevocationPlan = {
  readonly revocation: TranslatorRevocation;
  readonly translators: readonly string[];
  readonly homes: readonly HomeChange[];
  readonly unchanged: readonly string[];
};

/** The preview at an instant, in an operation or outside of any. */
export function planRevocation(
  pool: Pool,
  revocation: TranslatorRevocation,
  at: number,
  operation: string | null,
): Result<RevocationPlan> {
  const mine = ({ signer, from, to }: Translator) => mayRevoke(revocation.by, { signer, from, to });
  const named = pool.translators.filter((one) => names(revocation, one) && (revocation.revokes !== "*" || mine(one)));
  if (named.length === 0) return fault("TRANSLATION_MISSING", { id: revocation.revokes });
  const then: Pool = { ...pool, revocations: [...pool.revocations, revocation] };
  const homes = [...new Set(pool.policies.map(({ authority }) => authority))].sort();
  const changes = homes.flatMap((home) => {
    const before = effectivePolicy(pool, { home, at, operation });
    const after = effectivePolicy(then, { home, at, operation });
    return before.ok && after.ok ? [changeAt(home, before.value.clauses, after.value.clauses)] : [];
  });
  const touched = ({ lost, regained, rerouted }: HomeChange) => lost.length + regained.length + rerouted.length > 0;
  return ok({
    revocation,
    translators: named
      .filter(mine)
      .map(({ id }) => id)
      .sort(),
    homes: changes.filter(touched),
    unchanged: changes.filter((change) => !touched(change)).map(({ home }) => home),
  });
}

function changeAt(home: string, before: readonly EffectiveClause[], after: readonly EffectiveClause[]): HomeChange {
  const same = (a: EffectiveClause) => (b: EffectiveClause) => a.id === b.id && a.from === b.from;
  const road = ({ via }: EffectiveClause) => via.join("\n");
  const heard = new Set(after.map(({ from }) => from));
  return {
    home,
    lost: before.filter((clause) => !after.some(same(clause))).map(touch),
    regained: after.filter((clause) => !before.some(same(clause))).map(touch),
    rerouted: after
      .filter((clause) => before.some((old) => same(clause)(old) && road(old) !== road(clause)))
      .map(touch),
    unheard: [...new Set(before.map(({ from }) => from))].filter((from) => !heard.has(from)),
  };
}

function touch({ id, from, via }: EffectiveClause): Touched {
  return { id, from, via };
}
