// Which of the stored statements prove a ceremony's ending: those that were admitted. What waits for a round, or was refused when its
// turn came, proves nothing; and a liar who signs one thing more after the end does not take the proof away.

import type { CeremonyState } from "../ceremony/state.ts";
import { isHalted } from "../closing/derive.ts";
import { messagesOf } from "../closing/state.ts";
import type { VerifiedObservation } from "../observation/observation.ts";

/** In the order in which they were stored. */
export function provingStatements(
  { call, rounds, outcomes, disputes, self }: CeremonyState,
  stored: readonly VerifiedObservation[],
): readonly VerifiedObservation[] {
  const told = new Set([...outcomes.values()].map(({ id }) => id));
  const counted = new Set(
    rounds.flatMap(({ held, closing }) => [...held.keys(), ...messagesOf(closing).map(({ id }) => id)]),
  );
  // Proof of too many faults that came after the end unmakes nothing (SPEC §8.9): then what was there at the end is exported.
  const ended = stored.findIndex(({ key, body }) => key === self.key && body.kind === "outcome");
  const last = ended >= 0 && rounds.some(({ closing }) => isHalted(closing)) ? ended : stored.length;
  return stored.filter(
    ({ id }, index) => id === call?.id || told.has(id) || disputes.has(id) || (counted.has(id) && index < last),
  );
}
