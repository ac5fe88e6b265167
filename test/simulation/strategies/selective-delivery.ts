import type { Strategy } from "./strategy.ts";

/** Speaks the truth, but only to those it favours, and now and then to the others. */
export const SELECTIVE_DELIVERY: Strategy = {
  name: "selective-delivery",
  least: 1,
  begin: ({ random, targets }) => {
    const favoured = new Set(random.subset(targets));
    const rest = random.pick([0, 0.2]);
    return { bend: ({ to, observation }) => (favoured.has(to) || random.chance(rest) ? [observation] : []) };
  },
};
