import type { Strategy } from "./strategy.ts";

/** Two honest copies of one identity, each talking to a part of the others: a failover that went wrong. */
export const SPLIT_BRAIN: Strategy = {
  name: "split-brain",
  least: 1,
  cores: 2,
  begin: (adversary) => {
    const { random, targets, world } = adversary;
    const left = new Set(random.subset(targets));
    const shared = random.pick([0, 0.2]);
    const first = new Set(adversary.puppets().filter((_, index) => index % 2 === 0));
    for (const agent of adversary.puppets())
      if (!first.has(agent) && random.chance(0.5)) {
        const at = world.plan.closesAt - random.below(1_500_000);
        adversary.later(at, () =>
          world.dispatch(agent, world.attestation(agent.local(adversary.now), random.below(3))),
        );
      }
    const onSide = (agent: Parameters<typeof first.has>[0], seat: number) => first.has(agent) === left.has(seat);
    return {
      bend: ({ to, observation }, agent) => (onSide(agent, to) || random.chance(shared) ? [observation] : []),
      takes: (agent, { key, slot }) =>
        key !== agent.self.key && (slot.seat === null || onSide(agent, slot.seat) || random.chance(0.3)),
    };
  },
};
