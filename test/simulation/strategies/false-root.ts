import type { Strategy } from "./strategy.ts";

/** Witnesses what others agree on by its root, and lists another set under it, a different one for each party. */
export const FALSE_ROOT: Strategy = {
  name: "false-root",
  least: 1,
  begin: (adversary) => {
    const { random } = adversary;
    return {
      bend: ({ observation }) => {
        const { body, slot } = observation;
        if (!adversary.seats.includes(slot.seat ?? -1) || body.kind !== "witness" || !body.ids) return [observation];
        const ids = random.subset(body.ids, 0.5).toSorted();
        const forged = adversary.sign(slot.seat as number, { kind: "witness", ids, root: body.root });
        return random.between(0, 3) === 0 ? [observation, forged] : [forged];
      },
    };
  },
};
