import { splitVotes } from "./split-votes.ts";
import type { Strategy } from "./strategy.ts";

/** Two parties that split the others into halves and support a different set in each. */
export const COLLUDING_PAIR: Strategy = { name: "colluding-pair", least: 2, withholds: true, begin: splitVotes };
