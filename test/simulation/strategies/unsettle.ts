// Shared by strategies that need the parties to disagree about the set: a contribution that reaches only some of them just before the
// close, and a witness that lists it beside one that does not, so that different justifications give different sets.
import type { Adversary } from "../adversary.ts";

export function unsettle(adversary: Adversary): void {
  const { random, targets } = adversary;
  const { closesAt, offsets } = adversary.world.plan;
  for (const seat of adversary.seats) {
    const told = random.subset(targets, random.pick([0.3, 0.5, 0.7]));
    adversary.later(closesAt - random.below(400_000) + Math.min(0, ...offsets), () => {
      const late = adversary.contribute(seat, random.below(4), `late-${seat}`);
      adversary.tellAll(late, told);
      if (random.chance(0.8)) showWitnesses(adversary, seat, late.id);
    });
  }
}

function showWitnesses(adversary: Adversary, seat: number, late: string): void {
  const { random, targets } = adversary;
  adversary.later(adversary.now + random.below(1_500_000), () => {
    const held = adversary.heardOf("contribution").map(({ id }) => id);
    const without = adversary.witness(
      seat,
      held.filter((id) => id !== late),
    );
    const all = adversary.witness(seat, [...held, late]);
    const chosen = random.subset(targets);
    for (const to of targets) adversary.tell(to, chosen.includes(to) ? all : without);
    if (random.chance(0.5)) for (const to of targets) adversary.tell(to, chosen.includes(to) ? without : all, 300_000);
  });
}
