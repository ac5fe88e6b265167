import { rivalProposals } from "./rival-proposals.ts";
import type { Strategy } from "./strategy.ts";
import { unsettle } from "./unsettle.ts";

/** When it is its turn, proposes different sets to different parties. */
export const EQUIVOCATING_PROPOSAL: Strategy = {
  name: "equivocating-proposal",
  least: 1,
  begin: (adversary) => {
    if (adversary.random.chance(0.7)) unsettle(adversary);
    const rivals = rivalProposals(adversary);
    return {
      bend: ({ observation }) =>
        observation.body.kind === "propose" && adversary.seats.includes(observation.slot.seat ?? -1)
          ? adversary.random.shuffled(rivals(observation)).slice(0, adversary.random.between(1, 3))
          : [observation],
    };
  },
};
