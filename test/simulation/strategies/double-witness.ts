import { derivedSet } from "../../../shared/closing/derive.ts";
import { proposerOf } from "../../../shared/closing/proposer.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import type { Id } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";
import type { Strategy } from "./strategy.ts";

const PREPARED = 6;

/** Contributes after everyone has closed, lists that in two witnesses, and proposes the set that counting both would give. */
export const DOUBLE_WITNESS: Strategy = {
  name: "double-witness",
  least: 1,
  withholds: true,
  begin: (adversary) => {
    const { plan } = adversary.world;
    const closed = plan.closesAt + Math.max(0, ...plan.offsets.map((offset) => -offset)) + 50_000;
    const [seat] = adversary.seats as readonly [number];
    adversary.later(closed, () => {
      const late = adversary.contribute(seat, adversary.random.below(3), "late");
      const held = adversary.heardOf("contribution").map(({ id }) => id);
      const pair = [adversary.witness(seat, held), adversary.witness(seat, [late.id])];
      for (const statement of [late, ...pair]) adversary.tellAll(statement);
      const own = pair.map(({ id }) => id);
      const propose = () => proposePadded(adversary, seat, own);
      for (const wait of [300_000, 1_500_000]) adversary.later(adversary.now + wait, propose);
    });
    return { bend: ({ observation }) => (observation.body.kind === "propose" ? [] : [observation]) };
  },
};

function proposePadded(adversary: Adversary, seat: number, own: readonly Id[]): void {
  const { electorate } = adversary;
  const others = new Map(adversary.witnesses().map((witness) => [witness.slot.seat, witness]));
  others.delete(seat);
  const padded = [...others.values(), ...adversary.witnesses().filter(({ id }) => own.includes(id))];
  const root = rootOfSet(derivedSet(electorate, padded));
  const justification = padded.map(({ id }) => id).sort();
  for (let attempt = 0; attempt < PREPARED; attempt++)
    if (proposerOf(electorate.seats, adversary.rotation, attempt) === seat)
      adversary.tellAll(
        adversary.sign(seat, { kind: "propose", root, justification, validAttempt: -1, polka: [] }, { attempt }),
      );
}
