// Who was in, and when (SPEC §24.4): by the rounds that are certified, so that everyone who holds them gives the same answer.
import type { CeremonyState, RosterSeat } from "../ceremony/state.ts";

export type Period = {
  readonly round: number;
  /** In microseconds; null for the first, which begins with the call, and for the last, which lasts to the end. */
  readonly from: number | null;
  readonly until: number | null;
  readonly seats: readonly RosterSeat[];
};

/** A roster holds from the scheduled close of the round before it to that of its own, whenever a party got there itself. */
export function membership({ rounds }: CeremonyState): readonly Period[] {
  return rounds.map(({ index, seats, closesAt }, at) => ({
    round: index,
    from: rounds[at - 1]?.closesAt ?? null,
    until: at === rounds.length - 1 ? null : closesAt,
    seats,
  }));
}

/** The seats that were held at an instant, in microseconds. */
export function membersAt(state: CeremonyState, at: number): readonly RosterSeat[] {
  const periods = membership(state);
  return (periods.findLast(({ from }) => from === null || from <= at) ?? periods[0])?.seats ?? [];
}
