import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Strategy } from "./strategy.ts";

/** Signs several witnesses and shows different ones to different parties, some of them two or three. */
export const EQUIVOCATING_WITNESS: Strategy = {
  name: "equivocating-witness",
  least: 1,
  begin: (adversary) => {
    const { random } = adversary;
    const rivals = new Map<string, readonly VerifiedObservation[]>();
    const versions = (own: VerifiedObservation) => {
      const known = rivals.get(own.id);
      if (known !== undefined || own.body.kind !== "witness") return known ?? [own];
      const held = adversary.heardOf("contribution").map(({ id }) => id);
      const made = Array.from({ length: random.between(1, 3) }, () =>
        adversary.witness(own.slot.seat as number, random.subset(held, 0.6)),
      );
      rivals.set(own.id, [own, ...made]);
      return [own, ...made];
    };
    return {
      bend: ({ observation }) => {
        const own = adversary.seats.includes(observation.slot.seat ?? -1);
        if (!own || observation.body.kind !== "witness") return [observation];
        return random.shuffled(versions(observation)).slice(0, random.between(1, 3));
      },
    };
  },
};
