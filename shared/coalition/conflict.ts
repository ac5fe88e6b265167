// Contradictions in an effective policy (SPEC §15.5): one clause permits what another prohibits. Inside home, home wins; between
// partners the prohibition does, unless home says otherwise. The losing clause is listed, never dropped in silence.
import type { Conflict, EffectiveClause } from "./view.ts";

export function settleConflicts(
  all: readonly EffectiveClause[],
  home: string,
  overrides: boolean,
): { readonly clauses: readonly EffectiveClause[]; readonly conflicts: readonly Conflict[] } {
  const conflicts: Conflict[] = [];
  const lost = new Set<EffectiveClause>();
  for (const matter of [...new Set(all.map((clause) => clause.matter))]) {
    const group = all.filter((clause) => clause.matter === matter);
    const local = group.filter(({ from }) => from === home);
    settle(local, "prohibit", "prohibition");
    const standing = local.filter((clause) => !lost.has(clause));
    for (const clause of standing) beat([clause], group, "home");
    settle(
      group.filter((clause) => clause.from !== home && !lost.has(clause)),
      overrides ? "permit" : "prohibit",
      overrides ? "permission" : "prohibition",
    );
  }
  return { clauses: all.filter((clause) => !lost.has(clause)), conflicts };

  function settle(group: readonly EffectiveClause[], effect: EffectiveClause["effect"], rule: Conflict["rule"]): void {
    beat(
      group.filter((clause) => clause.effect === effect),
      group,
      rule,
    );
  }

  function beat(winners: readonly EffectiveClause[], group: readonly EffectiveClause[], rule: Conflict["rule"]): void {
    const losers = group.filter(
      (clause) =>
        !lost.has(clause) && winners.some((winner) => winner.effect !== clause.effect && overlap(winner, clause)),
    );
    if (losers.length === 0) return;
    for (const loser of losers) lost.add(loser);
    conflicts.push({ winners: winners.map(name), losers: losers.map(name), rule });
  }
}

function name({ id, from }: EffectiveClause): Conflict["winners"][number] {
  return { id, from };
}

/** Scopes overlap unless they name the same thing differently. */
function overlap(a: EffectiveClause, b: EffectiveClause): boolean {
  if (a.scope === null || b.scope === null) return true;
  const other = b.scope;
  return [...a.scope].every(([key, value]) => (other.get(key) ?? value) === value);
}
