import type { Backup } from "../agent.ts";
import { START } from "../parties.ts";
import type { Strategy } from "./strategy.ts";

/** An honest party that is restored from an old copy and does not know it: it may sign a second time until it meets its own past. */
export const STALE_BACKUP: Strategy = {
  name: "stale-backup",
  least: 1,
  begin: (adversary) => {
    const { random, world } = adversary;
    const deaf = random.chance(0.5);
    for (const agent of adversary.puppets()) {
      let backup: Backup | null = null;
      const saved = START + random.below(world.plan.healsAt - START);
      adversary.later(saved, () => {
        backup = agent.backup();
      });
      adversary.later(saved + random.below(4_000_000), () => {
        if (backup === null) return;
        agent.restartFrom(backup, false);
        world.dispatch(agent, { on: "clock", now: agent.local(adversary.now) });
      });
    }
    // A deaf one never meets its past, which makes it a double signer for good.
    return { takes: (agent, { key }) => !deaf || key !== agent.self.key };
  },
};
