import { castVotes } from "./cast-votes.ts";
import type { Strategy } from "./strategy.ts";

/** Votes for everything it hears of, each vote to some of the parties only. */
export const EQUIVOCATING_VOTES: Strategy = {
  name: "equivocating-votes",
  least: 1,
  begin: (adversary) => {
    const cast = castVotes(adversary);
    return {
      hear: (_seat, observation) => {
        for (const seat of adversary.seats)
          cast(seat, observation, () => adversary.random.subset(adversary.targets, 0.5));
      },
    };
  },
};
