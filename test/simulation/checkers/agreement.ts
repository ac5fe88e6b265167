import type { Checker, Violation } from "../watch.ts";

/** No two honest parties end with different sets or records, by whichever path, also when one learns of its end late (closing §8). */
export const agreement: Checker = ({ honest }) => {
  const found: Violation[] = [];
  const all = honest.flatMap(({ agent, conclusions }) =>
    conclusions.map(({ ending }) => ({ seat: agent.seat, digest: ending.digest, roots: ending.record.roots.join() })),
  );
  const [first] = all;
  for (const other of all)
    if (first !== undefined && (other.digest !== first.digest || other.roots !== first.roots))
      found.push({
        invariant: "agreement",
        detail: `seat ${first.seat} ended with ${first.digest.slice(0, 12)} and seat ${other.seat} with ${other.digest.slice(0, 12)}`,
      });
  return found;
};
