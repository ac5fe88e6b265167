// Approval voting: whoever most approve of. A ballot approves of all it names, each in full.
import type { Ballots } from "./ballots.ts";
import { orderByScore, type Ranked } from "./ranked.ts";

export function rankByApprovals({ candidates, ballots }: Ballots): Ranked {
  const scores = candidates.map(() => 0n);
  for (const { ranking, weight } of ballots)
    for (const candidate of new Set(ranking.flat())) scores[candidate] = (scores[candidate] as bigint) + weight;
  const explanation = candidates.map((name, index) => `${name} is approved by ${scores[index]}`);
  return { order: orderByScore(scores), explanation };
}
