import type { Strategy } from "./strategy.ts";

/** Claims to hold what it lacks and to lack what it holds: early closes on false reports, and answers to questions nobody has. */
export const FALSE_STATUS: Strategy = {
  name: "false-status",
  least: 1,
  begin: (adversary) => {
    const { random } = adversary;
    const hungry = random.chance(0.5);
    return {
      bend: ({ observation }) => {
        const { body, slot } = observation;
        if (body.kind !== "status" || !adversary.seats.includes(slot.seat ?? -1)) return [observation];
        const all = [...adversary.heard.values()];
        const contributions = all
          .filter((other) => other.body.kind === "contribution")
          .map(({ id }) => id.slice(0, 16));
        const wants = all.map(({ id }) => id).slice(0, 64);
        const lie = hungry
          ? { ...body, contributions: [], messages: [], wants }
          : { ...body, contributions: contributions.sort(), decided: random.chance(0.3) };
        return [adversary.sign(slot.seat as number, lie)];
      },
    };
  },
};
