// Power arithmetic of a roster (SPEC §8.1): integers only, and always by distinct elector.
import type { Ratio } from "../policy/policy.ts";

export type Electorate = {
  /** Power by seat; seats that are not electors are absent. */
  readonly power: ReadonlyMap<number, number>;
  /** Electors in seat order. */
  readonly seats: readonly number[];
  /** W: all elector power. */
  readonly total: number;
  /** f: faulty power that the policy tolerates. */
  readonly tolerated: number;
  /** q: any two sets of this power share more than f. */
  readonly quorum: number;
};

/** W, f = floor(W × num / den) and q = floor((W + f) / 2) + 1 for electors given as [seat, power]. */
export function electorateOf(electors: readonly (readonly [number, number])[], faults: Ratio): Electorate {
  const sorted = [...electors].sort((a, b) => a[0] - b[0]);
  const total = sorted.reduce((sum, [, power]) => sum + power, 0);
  const tolerated = Math.floor((total * faults.num) / faults.den);
  return {
    power: new Map(sorted),
    seats: sorted.map(([seat]) => seat),
    total,
    tolerated,
    quorum: Math.floor((total + tolerated) / 2) + 1,
  };
}

/** Power of distinct electors among `seats`; others count nothing. */
export function powerOf(electorate: Electorate, seats: Iterable<number>): number {
  let sum = 0;
  for (const seat of new Set(seats)) sum += electorate.power.get(seat) ?? 0;
  return sum;
}
