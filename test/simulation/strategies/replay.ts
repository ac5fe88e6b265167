import { rootOfSet } from "../../../shared/closing/root.ts";
import type { Body, VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";
import { idOf, START, symbolicAuthor, symbolicParties } from "../parties.ts";
import type { Strategy } from "./strategy.ts";

/** Repeats what honest parties signed in another ceremony and another round, and what they signed here long ago. */
export const REPLAY: Strategy = {
  name: "replay",
  least: 1,
  begin: (adversary) => {
    const { random, world } = adversary;
    const old = elsewhere(adversary);
    for (let shots = 0; shots < 12; shots++)
      adversary.later(START + random.below(world.plan.healsAt - START), () => {
        adversary.tellAll(random.pick(old), random.subset(adversary.targets, 0.7));
        const again = random.pick([...adversary.heard.values()]);
        if (again !== undefined) adversary.tellAll(again, random.subset(adversary.targets));
      });
    return {
      hear: (_seat, { body, slot }) => {
        if (body.kind === "status" || !random.chance(0.2)) return;
        const alike = old.filter(
          (other) => other.body.kind === body.kind && (other.slot.attempt ?? -1) === (slot.attempt ?? -1),
        );
        for (const other of alike) adversary.tellAll(other, random.subset(adversary.targets, 0.7));
      },
    };
  },
};

/**
 * What every seat, the honest ones included, once signed in another ceremony, and what the faulty ones sign for a later round of this
 * one: an honest party has signed nothing there, and would take it for its own forgotten past.
 */
function elsewhere({ world, random, targets, seats }: Adversary): readonly VerifiedObservation[] {
  const places = [
    { ceremony: idOf(0xffff_fd00), round: 0, all: [...targets, ...seats] },
    { ceremony: world.call.id, round: 1, all: seats },
  ];
  const content = world.contentOf(1);
  return places.flatMap(({ all, ...place }) => {
    const author = (seat: number) =>
      symbolicAuthor(symbolicParties(seat + 1)[seat] as Parameters<typeof symbolicAuthor>[0], world.signed);
    const signed = (seat: number, body: Exclude<Body, { kind: "unknown" }>, attempt: number | null) =>
      author(seat)({
        ...place,
        slot: { seat, attempt, item: null },
        at: [START, START],
        timeToLive: world.plan.expiresAt,
        lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
        body,
      });
    const contributions = all.map((seat) =>
      signed(seat, { kind: "contribution", role: world.policy.role, content }, null),
    );
    const ids = contributions.map(({ id }) => id).sort();
    const root = rootOfSet(ids);
    const attempt = random.below(3);
    const votes = all.flatMap((seat) => [
      signed(seat, { kind: "witness", ids, root }, null),
      signed(seat, { kind: "prevote", root, validAttempt: -1 }, attempt),
      signed(seat, { kind: "precommit", root }, attempt),
    ]);
    const justification = votes
      .filter(({ body }) => body.kind === "witness")
      .map(({ id }) => id)
      .sort();
    const proposals = all.map((seat) =>
      signed(seat, { kind: "propose", root, justification, validAttempt: -1, polka: [] }, attempt),
    );
    return [...contributions, ...votes, ...proposals];
  });
}
