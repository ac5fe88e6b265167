// Shared by strategies that propose several sets in one attempt.
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";

/** All proposals for the attempt of one that a core made: that one, and one for each other root that can be justified. */
export function rivalProposals(adversary: Adversary): (own: VerifiedObservation) => readonly VerifiedObservation[] {
  const made = new Map<string, readonly VerifiedObservation[]>();
  return (own) => {
    const known = made.get(own.id);
    if (known !== undefined || own.body.kind !== "propose") return known ?? [own];
    const { root } = own.body;
    const others = adversary
      .justified()
      .filter((other) => other.root !== root)
      .map((other) =>
        adversary.sign(
          own.slot.seat as number,
          { kind: "propose", root: other.root, justification: other.witnesses, validAttempt: -1, polka: [] },
          { attempt: own.slot.attempt as number },
        ),
      );
    made.set(own.id, [own, ...others]);
    return [own, ...others];
  };
}
