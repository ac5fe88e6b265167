// What one mesh takes from the other, and what it sees of each subject once it has (SPEC §20.3).
import { type Agreement, termsOf } from "./agreement.ts";
import { type Border, crossFact, mayCross } from "./cross.ts";
import type { Seen } from "./divergence.ts";
import type { Fact } from "./fact.ts";
import { type Crossing, ownTier, type Refusal } from "./routes.ts";
import type { Screened } from "./screen.ts";

export type Import = { readonly fact: Fact; readonly crossing: Crossing };

export type View = {
  readonly mesh: string;
  readonly imports: readonly Import[];
  readonly refused: readonly Refusal[];
  /** Ids of the other's facts that this mesh holds already. */
  readonly held: readonly string[];
};

/** Takes each fact of the other mesh across the border, one by one: a bad one never spoils the rest. */
export function viewAcross(border: Border, { facts, shared, refused }: Screened): View {
  const imports: Import[] = [];
  const denied: Refusal[] = [...(refused.get(border.from) ?? [])];
  const held: string[] = [];
  for (const fact of facts.get(border.from) ?? []) {
    if (shared.has(fact.id)) held.push(fact.id);
    else {
      const crossing = crossFact(fact, border);
      if (crossing.ok) imports.push({ fact, crossing: crossing.value });
      else denied.push({ id: fact.id, fault: crossing.fault });
    }
  }
  return { mesh: border.to, imports, refused: denied, held };
}

/**
 * What stands to be compared in a mesh: its own facts that it may show the other, what it would import, and what both hold. A fact weighs
 * what it counts for where it crosses to, so that both sides weigh it alike.
 */
export function seenIn(view: View, other: View, { facts, shared }: Screened, agreement: Agreement): readonly Seen[] {
  const leaving = new Map(other.imports.map(({ fact, crossing }) => [fact.id, crossing.tier]));
  const tolerance = (fact: Fact) => termsOf(agreement, fact.class).tolerance;
  const plain = (fact: Fact, native: boolean): Seen => {
    const { subject, value } = fact;
    return {
      fact,
      native,
      subject,
      value,
      tolerance: tolerance(fact),
      tier: leaving.get(fact.id) ?? ownTier(fact, agreement),
      losses: [],
    };
  };
  const natives = (facts.get(view.mesh) ?? []).filter((fact) => mayCross(fact, agreement, view.mesh).ok);
  const both = natives.filter(({ id }) => shared.has(id));
  const foreign = view.imports.map(({ fact, crossing: { reading, tier } }): Seen => {
    const { subject, value, losses } = reading;
    return { fact, native: false, subject, value, tolerance: tolerance(fact), tier, losses };
  });
  return [...natives.map((fact) => plain(fact, true)), ...foreign, ...both.map((fact) => plain(fact, false))];
}
