// Which of the stored statements prove a ceremony's ending: those that were admitted. What waits for a round, or was refused when its
// turn came, proves nothing; and a liar who signs one thing more after the end does not take the proof away.
import type { CeremonyState } from "../ceremony/state.ts";
import { isHalted } from "../closing/derive.ts";
import { messagesOf } from "../closing/state.ts";
import type { Id } from "../observation/observation.ts";

/** In the order in which they were stored; each is looked at when it is asked for, since there may be more than a memory holds. */
export function* provingStatements<Stored extends { readonly id: Id }>(
  { call, rounds, outcomes, disputes, self }: CeremonyState,
  stored: Iterable<Stored>,
): Generator<Stored> {
  const told = new Set([...outcomes.values()].map(({ id }) => id));
  const counted = new Set(
    rounds.flatMap(({ held, closing }) => [...held.keys(), ...messagesOf(closing).map(({ id }) => id)]),
  );
  // Proof of too many faults that came after the end unmakes nothing (SPEC §8.9): then what was there at the end is exported.
  const end = [...outcomes.values()].find(({ key }) => key === self.key)?.id;
  const halted = rounds.some(({ closing }) => isHalted(closing));
  let ended = false;
  for (const statement of stored) {
    const { id } = statement;
    ended ||= halted && id === end;
    if (id === call?.id || told.has(id) || disputes.has(id) || (counted.has(id) && !ended)) yield statement;
  }
}
