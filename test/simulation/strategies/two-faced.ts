import { splitVotes } from "./split-votes.ts";
import type { Strategy } from "./strategy.ts";

/** One face for each half of the others: a different set is proposed and voted for in each. */
export const TWO_FACED: Strategy = { name: "two-faced", least: 1, withholds: true, begin: splitVotes };
