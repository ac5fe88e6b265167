// Shared by strategies that vote without a lock: one prevote and one precommit for each root, attempt and validAttempt.
import type { Id, VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";

export type Cast = (seat: number, heard: VerifiedObservation, to: () => readonly number[]) => void;

/** Answers a proposal or a vote with the same value under a faulty seat's name; each answer is signed once. */
export function castVotes(adversary: Adversary): Cast {
  const signed = new Map<string, VerifiedObservation>();
  const once = (name: string, make: () => VerifiedObservation) => {
    const known = signed.get(name) ?? make();
    signed.set(name, known);
    return known;
  };
  return (seat, { slot, body }, to) => {
    if (body.kind !== "propose" && body.kind !== "prevote" && body.kind !== "precommit") return;
    const attempt = slot.attempt as number;
    const root: Id | null = body.root;
    const validAttempt = "validAttempt" in body ? body.validAttempt : -1;
    const name = `${seat}/${attempt}/${root}`;
    if (body.kind !== "precommit" && !signed.has(`${name}/${validAttempt}`))
      adversary.tellAll(
        once(`${name}/${validAttempt}`, () =>
          adversary.sign(seat, { kind: "prevote", root, validAttempt }, { attempt }),
        ),
        to(),
      );
    if (body.kind !== "propose" && !signed.has(`${name}/precommit`))
      adversary.tellAll(
        once(`${name}/precommit`, () => adversary.sign(seat, { kind: "precommit", root }, { attempt })),
        to(),
      );
  };
}
