import { idOf, START } from "../parties.ts";
import type { Strategy } from "./strategy.ts";

/** Floods near and far attempts with votes and proposals for anything, several for each slot. */
export const VOTE_FLOOD: Strategy = {
  name: "vote-flood",
  least: 1,
  begin: (adversary) => {
    const { random, world } = adversary;
    const root = () => {
      const known = adversary.justified(2).map((justified) => justified.root);
      return random.chance(0.5) && known.length > 0 ? random.pick(known) : idOf(0xffff_f000 + random.below(64));
    };
    const shoot = () => {
      const attempt = random.chance(0.7) ? random.below(6) : random.pick([39, 40, 41, 45, 1_000]);
      const kind = random.pick(["prevote", "precommit", "propose"] as const);
      const body =
        kind === "prevote"
          ? { kind, root: root(), validAttempt: random.between(-1, 2) }
          : kind === "precommit"
            ? { kind, root: root() }
            : { kind, root: root(), justification: [idOf(0xffff_f100)], validAttempt: -1, polka: [idOf(0xffff_f101)] };
      adversary.tellAll(
        adversary.sign(random.pick(adversary.seats), body, { attempt }),
        random.subset(adversary.targets, 0.7),
      );
    };
    for (let shots = 0; shots < 50; shots++)
      adversary.later(START + random.below(world.plan.healsAt + 5_000_000 - START), shoot);
    return {};
  },
};
