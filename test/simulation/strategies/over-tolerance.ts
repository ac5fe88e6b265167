import type { Id, VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Strategy } from "./strategy.ts";

/**
 * More than f power signs two statements for one slot, witnesses or votes, and shows both, sometimes to some of the others first. Else
 * it is honest: nobody can be led to another outcome, but whoever holds the proof must stop.
 */
export const OVER_TOLERANCE: Strategy = {
  name: "over-tolerance",
  least: 1,
  exceeds: true,
  begin: (adversary) => {
    const { random, targets, seats } = adversary;
    const kind = random.pick(["witness", "prevote", "precommit"] as const);
    const first = random.chance(0.5) ? targets : random.subset(targets);
    const rivals = new Map<Id, VerifiedObservation>();
    const rivalOf = (own: VerifiedObservation) => {
      const { body, slot } = own;
      const seat = slot.seat as number;
      const where = { attempt: slot.attempt as number };
      if (body.kind === "witness") return adversary.witness(seat, (body.ids ?? []).slice(1));
      if (body.kind === "prevote")
        return adversary.sign(seat, { ...body, root: body.root === null ? own.id : null }, where);
      return adversary.sign(seat, { kind: "precommit", root: null }, where);
    };
    return {
      bend: ({ to, observation }) => {
        const { body, slot } = observation;
        if (body.kind !== kind || !seats.includes(slot.seat ?? -1)) return [observation];
        const rival = rivals.get(observation.id) ?? rivalOf(observation);
        rivals.set(observation.id, rival);
        return first.includes(to) ? [observation, rival] : [observation];
      },
    };
  },
};
