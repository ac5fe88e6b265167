import { START } from "../parties.ts";
import type { Strategy } from "./strategy.ts";

/** Honest up to some instant, and gone from then on. */
export const FALLS_SILENT: Strategy = {
  name: "falls-silent",
  least: 1,
  begin: (adversary) => {
    const { closesAt } = adversary.world.plan;
    const until = closesAt + adversary.random.between(START - closesAt, 8_000_000);
    return { bend: (sent) => (adversary.now < until ? [sent.observation] : []) };
  },
};
