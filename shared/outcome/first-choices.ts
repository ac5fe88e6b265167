// Plurality: whoever is the first choice of most. A ballot with several equal first choices is split among them, exactly.
import type { Ballots } from "./ballots.ts";
import { splitScale } from "./ballots.ts";
import { orderByScore, type Ranked, showScore } from "./ranked.ts";

export function rankByFirstChoices({ candidates, ballots }: Ballots): Ranked {
  const scale = splitScale(ballots, true);
  const scores = candidates.map(() => 0n);
  for (const { ranking, weight } of ballots) {
    const [first = []] = ranking;
    const part = first.length === 0 ? 0n : (weight * scale) / BigInt(first.length);
    for (const candidate of first) scores[candidate] = (scores[candidate] as bigint) + part;
  }
  const explanation = candidates.map(
    (name, index) => `${name} is the first choice of ${showScore(scores[index] as bigint, scale)}`,
  );
  return { order: orderByScore(scores), explanation };
}
