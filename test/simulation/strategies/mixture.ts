import { EQUIVOCATING_VOTES } from "./equivocating-votes.ts";
import { EQUIVOCATING_WITNESS } from "./equivocating-witness.ts";
import { FALSE_STATUS } from "./false-status.ts";
import { GHOST_PROPOSAL } from "./ghost-proposal.ts";
import { INVALID_JUSTIFICATION } from "./invalid-justification.ts";
import { LATE_CONTRIBUTION } from "./late-contribution.ts";
import { REPLAY } from "./replay.ts";
import { SELECTIVE_DELIVERY } from "./selective-delivery.ts";
import type { Behaviour, Strategy } from "./strategy.ts";
import { VOTE_FLOOD } from "./vote-flood.ts";

const PARTS: readonly Strategy[] = [
  EQUIVOCATING_WITNESS,
  EQUIVOCATING_VOTES,
  SELECTIVE_DELIVERY,
  LATE_CONTRIBUTION,
  INVALID_JUSTIFICATION,
  GHOST_PROPOSAL,
  REPLAY,
  VOTE_FLOOD,
  FALSE_STATUS,
];

/** Two or three strategies at once: each bends what the one before it lets through. */
export const MIXTURE: Strategy = {
  name: "mixture",
  least: 1,
  begin: (adversary) => {
    const count = adversary.random.between(2, 3);
    const parts = adversary.random.shuffled(PARTS).slice(0, count);
    const behaviours: readonly Behaviour[] = parts.map((part) => part.begin(adversary));
    return {
      bend: (sent, agent) =>
        behaviours.reduce(
          (messages, { bend }) =>
            bend === undefined ? messages : messages.flatMap((observation) => bend({ ...sent, observation }, agent)),
          [sent.observation],
        ),
      hear: (seat, observation) => {
        for (const { hear } of behaviours) hear?.(seat, observation);
      },
    };
  },
};
