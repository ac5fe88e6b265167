import { rootOfSet } from "../../../shared/closing/root.ts";
import type { Id, ProposeBody, VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";
import { idOf } from "../parties.ts";
import { castVotes } from "./cast-votes.ts";
import type { Strategy } from "./strategy.ts";

/** Proposes sets that nothing justifies, and votes for them. */
export const INVALID_JUSTIFICATION: Strategy = {
  name: "invalid-justification",
  least: 1,
  begin: (adversary) => {
    const cast = castVotes(adversary);
    return {
      bend: ({ observation }) => {
        if (observation.body.kind !== "propose" || !adversary.seats.includes(observation.slot.seat ?? -1))
          return [observation];
        const bad = spoiled(adversary, observation, observation.body);
        for (const seat of adversary.seats) cast(seat, bad, () => adversary.targets);
        return [bad];
      },
    };
  },
};

function spoiled(adversary: Adversary, own: VerifiedObservation, body: ProposeBody): VerifiedObservation {
  const { random } = adversary;
  const contributions = adversary.heardOf("contribution").map(({ id }) => id);
  const other = rootOfSet([...random.subset(contributions)].sort());
  const twice: readonly Id[] = adversary
    .heardOf("witness")
    .filter(({ slot }) => adversary.seats.includes(slot.seat as number))
    .map(({ id }) => id);
  const ways: readonly ProposeBody[] = [
    { ...body, root: other },
    { ...body, root: other, justification: body.justification.slice(0, 1) },
    { ...body, justification: body.justification.slice(0, 1) },
    { ...body, justification: [...new Set([...body.justification, ...twice])].sort() },
    { ...body, validAttempt: own.slot.attempt as number },
    { ...body, root: other, validAttempt: random.between(-1, 2), polka: [idOf(0xffff_ff00)] },
    { ...body, justification: [idOf(0xffff_ff01), ...body.justification].sort() },
  ];
  return adversary.sign(own.slot.seat as number, random.pick(ways), { attempt: own.slot.attempt as number });
}
