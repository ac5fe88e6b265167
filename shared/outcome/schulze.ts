// The Schulze method (Schulze 2011): a candidate is ahead of another if its strongest path of pairwise wins is the stronger one.
// A path is as strong as its weakest win; a win is as strong as the policy says: by the ballots for it, or by their margin.
import type { TallyOutcome } from "../policy/policy.ts";
import type { Ballots, Ranking } from "./ballots.ts";
import type { Order, Ranked } from "./ranked.ts";

/** Weights fit into 53 bits: the caller has checked their total, which none of these sums exceeds. */
type Matrix = readonly number[][];

export function rankByPaths(rule: TallyOutcome, { candidates, ballots }: Ballots): Ranked {
  const preferred = zeros(candidates.length);
  for (const { ranking, weight } of ballots) addPreferences(preferred, ranking, Number(weight));
  const paths = strongestPaths(preferred, rule.strength === "margins");
  const order = layers(paths);
  const explanation = (order[0] ?? []).flatMap((a) =>
    candidates.flatMap((other, b) =>
      isAhead(paths, a, b)
        ? [`${candidates[a]} is ahead of ${other}: strongest paths ${paths[a]?.[b]} to ${paths[b]?.[a]}`]
        : [],
    ),
  );
  return { order, explanation };
}

function zeros(size: number): number[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
}

/** Whoever a ballot leaves out comes after all it ranks, tied with the others left out. */
function addPreferences(preferred: number[][], ranking: Ranking, weight: number): void {
  const behind = new Set(preferred.keys());
  for (const group of ranking) {
    for (const candidate of group) behind.delete(candidate);
    for (const candidate of group) {
      const row = preferred[candidate] as number[];
      for (const other of behind) row[other] = (row[other] as number) + weight;
    }
  }
}

/** Floyd and Warshall's algorithm for the widest paths. */
function strongestPaths(preferred: Matrix, margins: boolean): Matrix {
  const paths = preferred.map((row, a) =>
    row.map((wins, b) => {
      const losses = preferred[b]?.[a] as number;
      if (wins <= losses) return 0;
      return margins ? wins - losses : wins;
    }),
  );
  for (const via of paths.keys())
    for (const row of paths) {
      const reach = row[via] as number;
      if (reach === 0) continue;
      (paths[via] as number[]).forEach((onward, to) => {
        const strength = reach < onward ? reach : onward;
        if (strength > (row[to] as number)) row[to] = strength;
      });
    }
  return paths;
}

function isAhead(paths: Matrix, a: number, b: number): boolean {
  return (paths[a]?.[b] as number) > (paths[b]?.[a] as number);
}

/** First those whom nobody is ahead of, then those whom nobody else of the rest is ahead of, and so on. */
function layers(paths: Matrix): Order {
  const order: number[][] = [];
  let rest = [...paths.keys()];
  while (rest.length > 0) {
    const layer = rest.filter((candidate) => !rest.some((other) => isAhead(paths, other, candidate)));
    order.push(layer);
    rest = rest.filter((candidate) => !layer.includes(candidate));
  }
  return order;
}
