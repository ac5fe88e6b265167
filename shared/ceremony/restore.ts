// After a restart (SPEC §8.5): the state is read again from stored statements, and from the few values that do not follow from them.
import type { Timeouts } from "../closing/state.ts";
import type { Id, VerifiedObservation } from "../observation/observation.ts";
import { absorb } from "./absorb.ts";
import { closeRounds } from "./settle.ts";
import { type CeremonyState, currentRound, emptyState, replaceRound, type Self } from "./state.ts";
import type { Turn } from "./turn.ts";

/** What does not follow from stored statements: timers, the attempt, and the counters of repair. */
export type Memo = {
  readonly round: number;
  readonly attempt: number;
  readonly due: Timeouts;
  readonly earlyAt: number | null;
  readonly statusAt: number | null;
  readonly quiet: number;
  readonly mute: boolean;
  readonly expired: boolean;
};

export function memoOf(state: CeremonyState): Memo {
  const round = currentRound(state);
  return {
    round: round?.index ?? -1,
    attempt: round?.closing.attempt ?? -1,
    due: round?.closing.due ?? { contest: null, propose: null, prevote: null, precommit: null },
    earlyAt: round?.earlyAt ?? null,
    statusAt: state.statusAt,
    quiet: state.quiet,
    mute: state.mute,
    expired: state.expired,
  };
}

/** Rebuilds the state from stored statements in the order in which they were stored. Signs nothing. */
export function restore(
  ceremony: Id,
  self: Self,
  stored: readonly VerifiedObservation[],
  memo: Memo | null,
): CeremonyState {
  const start = { ...emptyState(ceremony, self), expired: memo?.expired ?? false };
  const { state } = readAgain(start, stored);
  return withMemo({ ...state, head: headOf(stored, self) }, memo);
}

/** Takes in statements without signing any, and decides what they certify: the fold that a verifier runs. */
export function readAgain(state: CeremonyState, observations: readonly VerifiedObservation[]): Turn {
  const author = () => {
    throw new Error("broken invariant: nothing is signed while stored statements are read again");
  };
  const start: Turn = { state, effects: [], receipts: [], now: 0, author, replaying: true };
  return closeRounds(observations.reduce(absorb, start));
}

function headOf(stored: readonly VerifiedObservation[], self: Self): CeremonyState["head"] {
  const own = stored.filter((observation) => observation.key === self.key && observation.ceremony !== null);
  const last = own.reduce<VerifiedObservation | null>(
    (best, next) => ((next.lineage.sequence ?? -1) > (best?.lineage.sequence ?? -1) ? next : best),
    null,
  );
  return { sequence: last?.lineage.sequence ?? -1, prev: last?.id ?? null };
}

function withMemo(state: CeremonyState, memo: Memo | null): CeremonyState {
  if (memo === null) return state;
  const restored = { ...state, statusAt: memo.statusAt, quiet: memo.quiet, mute: memo.mute, expired: memo.expired };
  const round = currentRound(restored);
  if (round === undefined || round.index !== memo.round) return restored;
  const closing = { ...round.closing, attempt: memo.attempt, due: memo.due, mute: memo.mute };
  return replaceRound(restored, { ...round, closing, earlyAt: memo.earlyAt });
}
