// A second implementation of the ranked rules, written from their definitions and as slow as they are: ballots one by one, paths by
// trying them all, fractions as pairs of bigints. It shares nothing with the first.
export type Paper = { readonly ranking: readonly (readonly string[])[]; readonly count: number };

type Fraction = { readonly n: bigint; readonly d: bigint };
const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const less = (a: Fraction, b: Fraction) => a.n * b.d < b.n * a.d;
const same = (a: Fraction, b: Fraction) => a.n * b.d === b.n * a.d;

function supporters(papers: readonly Paper[], a: string, b: string): number {
  let sum = 0;
  for (const { ranking, count } of papers) {
    const place = (name: string) => {
      const found = ranking.findIndex((group) => group.includes(name));
      return found < 0 ? ranking.length : found;
    };
    if (place(a) < place(b)) sum += count;
  }
  return sum;
}

/** Strength of the strongest path from `a` to `b`, by trying every path without a repetition. */
function strongest(names: readonly string[], win: (a: string, b: string) => number, a: string, b: string): number {
  let best = 0;
  const walk = (at: string, visited: readonly string[], weakest: number) => {
    const strength = Math.min(weakest, win(at, b));
    if (strength > best) best = strength;
    for (const next of names)
      if (!visited.includes(next) && next !== b && win(at, next) > 0)
        walk(next, [...visited, next], Math.min(weakest, win(at, next)));
  };
  walk(a, [a], Number.MAX_SAFE_INTEGER);
  return best;
}

/** Candidates that nobody is ahead of by strongest paths. */
export function schulzeWinners(names: readonly string[], papers: readonly Paper[], margins = false): string[] {
  const win = (a: string, b: string) => {
    const [forA, forB] = [supporters(papers, a, b), supporters(papers, b, a)];
    return forA > forB ? (margins ? forA - forB : forA) : 0;
  };
  return names.filter((a) => names.every((b) => a === b || strongest(names, win, a, b) >= strongest(names, win, b, a)));
}

/**
 * Every candidate that wins a runoff under some order of eliminating tied candidates. Where there is one, any rule for such ties must
 * find it.
 */
export function runoffWinners(names: readonly string[], papers: readonly Paper[]): string[] {
  if (names.length === 1) return [...names];
  const votes = new Map<string, Fraction>(names.map((name) => [name, { n: 0n, d: 1n }]));
  for (const { ranking, count } of papers) {
    const group =
      ranking.map((some) => some.filter((name) => names.includes(name))).find((some) => some.length > 0) ?? [];
    for (const name of group)
      votes.set(name, plus(votes.get(name) as Fraction, { n: BigInt(count), d: BigInt(group.length) }));
  }
  const least = [...votes.values()].reduce((low, some) => (less(some, low) ? some : low));
  const weakest = names.filter((name) => same(votes.get(name) as Fraction, least));
  const winners = weakest.flatMap((leaving) =>
    runoffWinners(
      names.filter((name) => name !== leaving),
      papers,
    ),
  );
  return [...new Set(winners)].sort();
}

/** Names with the highest score. */
export function highest(names: readonly string[], score: (name: string) => Fraction): string[] {
  return names.filter((name) => names.every((other) => !less(score(name), score(other))));
}

export function firstChoiceScore(papers: readonly Paper[]): (name: string) => Fraction {
  return (name) =>
    papers.reduce<Fraction>(
      (sum, { ranking, count }) =>
        ranking[0]?.includes(name) ? plus(sum, { n: BigInt(count), d: BigInt(ranking[0].length) }) : sum,
      { n: 0n, d: 1n },
    );
}
