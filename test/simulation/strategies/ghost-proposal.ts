import { rootOfSet } from "../../../shared/closing/root.ts";
import { idOf } from "../parties.ts";
import type { Strategy } from "./strategy.ts";

/** Lists and proposes contributions that nobody can deliver, and witnesses that nobody signed. */
export const GHOST_PROPOSAL: Strategy = {
  name: "ghost-proposal",
  least: 1,
  begin: (adversary) => {
    const { random } = adversary;
    const ghosts = [idOf(0xffff_fe00), idOf(0xffff_fe01)].sort();
    const haunted = new Map<string, ReturnType<typeof adversary.sign>>();
    return {
      bend: ({ observation }) => {
        const { body, slot } = observation;
        const seat = slot.seat ?? -1;
        if (!adversary.seats.includes(seat) || (body.kind !== "witness" && body.kind !== "propose"))
          return [observation];
        const known = haunted.get(observation.id);
        if (known !== undefined) return [known];
        const held = adversary.heardOf("contribution").map(({ id }) => id);
        const made =
          body.kind === "witness"
            ? adversary.witness(seat, [...held, ...ghosts])
            : adversary.sign(
                seat,
                {
                  ...body,
                  root: rootOfSet(ghosts),
                  justification: random.chance(0.5)
                    ? body.justification
                    : [idOf(0xffff_fe02), idOf(0xffff_fe03)].sort(),
                },
                { attempt: slot.attempt as number },
              );
        haunted.set(observation.id, made);
        return [made];
      },
    };
  },
};
