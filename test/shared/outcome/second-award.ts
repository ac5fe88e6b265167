// A second implementation of the auction rules, unit by unit and from the definitions: a winner's Vickrey payment is what the others
// would have been worth without it, less what they are worth with it. It shares nothing with the first.
export type Offer = { readonly party: string; readonly amount: number; readonly quantity: number };
export type Terms = { readonly units: number; readonly lowest: boolean; readonly reserve: number | null };

type Unit = { readonly party: string; readonly amount: number; readonly rank: number };

function unitsOf(offers: readonly Offer[], { lowest, reserve }: Terms): Unit[] {
  const units = offers.flatMap(({ party, amount, quantity }, rank) =>
    reserve === null || (lowest ? amount <= reserve : amount >= reserve)
      ? Array.from({ length: quantity }, () => ({ party, amount, rank }))
      : [],
  );
  return units.sort((a, b) => (lowest ? a.amount - b.amount : b.amount - a.amount) || a.rank - b.rank);
}

const worth = (units: readonly Unit[]) => units.reduce((sum, { amount }) => sum + amount, 0);

/** What each party wins, and pays or is paid for all of it, by Vickrey's rule. Every unit is taken to be worth the reserve to the seller. */
export function vickrey(offers: readonly Offer[], terms: Terms): Map<string, { units: number; total: number }> {
  const base = terms.reserve ?? 0;
  const value = (some: readonly Unit[]) => {
    const won = some.slice(0, terms.units);
    return worth(won) + (terms.units - won.length) * base;
  };
  const all = unitsOf(offers, terms);
  const won = all.slice(0, terms.units);
  const result = new Map<string, { units: number; total: number }>();
  for (const party of new Set(won.map((unit) => unit.party))) {
    const mine = won.filter((unit) => unit.party === party);
    const without = value(all.filter((unit) => unit.party !== party));
    const with_ = worth(won.filter((unit) => unit.party !== party)) + (terms.units - won.length) * base;
    result.set(party, { units: mine.length, total: without - with_ });
  }
  return result;
}

/** Units won by each party at its own amounts, as [party, amount] for each unit. */
export function unitsWon(offers: readonly Offer[], terms: Terms): readonly (readonly [string, number])[] {
  return unitsOf(offers, terms)
    .slice(0, terms.units)
    .map(({ party, amount }) => [party, amount] as const);
}

/** Amount of the first unit that wins nothing; null where all win. */
export function firstLosing(offers: readonly Offer[], terms: Terms): number | null {
  return unitsOf(offers, terms)[terms.units]?.amount ?? null;
}
