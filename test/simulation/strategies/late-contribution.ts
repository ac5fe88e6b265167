import type { Strategy } from "./strategy.ts";
import { unsettle } from "./unsettle.ts";

/** Contributes to a subset just before the close, so that witnesses differ; honest in everything else, or silent. */
export const LATE_CONTRIBUTION: Strategy = {
  name: "late-contribution",
  least: 1,
  withholds: true,
  begin: (adversary) => {
    const { random, world } = adversary;
    const mute = random.chance(0.3);
    if (random.chance(0.5)) unsettle(adversary);
    else
      for (const seat of adversary.seats)
        adversary.later(world.plan.closesAt - random.below(300_000), () => {
          const halves = [adversary.contribute(seat, 0), adversary.contribute(seat, 1), adversary.contribute(seat, 2)];
          for (const to of adversary.targets) if (random.chance(0.6)) adversary.tell(to, random.pick(halves));
        });
    return { bend: ({ observation }) => (mute ? [] : [observation]) };
  },
};
