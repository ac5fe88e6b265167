// Proved faults of a ceremony (SPEC §8.6): who signed two statements where only one may stand. The pair is the proof, to anyone.
import { rootOf } from "../authority/chain.ts";
import { allHeld, contributionsOf } from "../ceremony/gathered.ts";
import { guestsIn, seatNumber } from "../ceremony/guests.ts";
import { type CeremonyState, type Round, seatAt } from "../ceremony/state.ts";
import { withdrawnIn } from "../ceremony/struck.ts";
import { messagesOf } from "../closing/state.ts";
import type { Id, Observation } from "../observation/observation.ts";
import { severalBy } from "../several.ts";

export type ProvedFault = {
  readonly authority: string;
  readonly seat: number;
  readonly round: number;
  /** What it signed, such as `witness`; two kinds where a prevote breaks the lock of a precommit. */
  readonly kinds: readonly string[];
  readonly statements: readonly [Id, Id];
};

/** Every fault that the statements held here prove, in seat order within each round. */
export function faultsIn(state: CeremonyState): readonly ProvedFault[] {
  return state.rounds.flatMap((round, index) => {
    const withdrawn = withdrawnIn(state.rounds.slice(0, index + 1));
    const proofs = [...round.closing.faulty, ...twiceContributed(round, withdrawn)].sort(
      ([one], [other]) => one - other,
    );
    return proofs.map(([seat, statements]) => describeFault(round, seat, statements));
  });
}

/** The statement that contradicts this one; null where none is held. */
export function contradictionOf(state: CeremonyState, id: Id): Id | null {
  const pair = faultsIn(state).find(({ statements }) => statements.includes(id))?.statements;
  return pair === undefined ? null : pair[0] === id ? pair[1] : pair[0];
}

/**
 * Whoever joins without a seat is known by its root. Whoever speaks again under a new credential, since the one before was withdrawn, has
 * not said two things; a key that did has, whatever became of it.
 */
function twiceContributed(round: Round, withdrawn: ReadonlySet<Id>): readonly (readonly [number, readonly [Id, Id]])[] {
  const held = contributionsOf(allHeld(round.held));
  const speaker = ({ slot, chain }: Observation) => (slot.seat === null ? rootOf(chain) : `${slot.seat}`);
  // Apart by a slash, which neither a number nor a root has; to name no item is not to name an empty one.
  const several = severalBy(held, (said) =>
    said.slot.item === null ? speaker(said) : `${speaker(said)}/${said.slot.item}`,
  );
  if (several.length === 0) return [];
  const guests = guestsIn(round, held);
  return several.flatMap((mates) => {
    const byKey = [...Map.groupBy(mates, ({ key }) => key).values()];
    const sets = [mates.filter(({ id }) => !withdrawn.has(id)), ...byKey];
    const [first, second] = sets.find(({ length }) => length > 1) ?? [];
    if (first === undefined || second === undefined) return [];
    return [[seatNumber(guests, first), [first.id, second.id]] as const];
  });
}

function describeFault(round: Round, seat: number, statements: readonly [Id, Id]): ProvedFault {
  const all: readonly Observation[] = [...round.held.values(), ...messagesOf(round.closing)];
  const kinds = statements.map((id) => all.find((statement) => statement.id === id)?.body.kind ?? "unknown");
  const guests = guestsIn(round, contributionsOf(allHeld(round.held)));
  const authority = (seatAt(round, seat) ?? guests.find(({ index }) => index === seat))?.authority ?? "";
  return { authority, seat, round: round.index, kinds: [...new Set(kinds)], statements };
}
