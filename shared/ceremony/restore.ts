// After a restart (SPEC §8.5): the state is read again from stored statements, and from the few values that do not follow from them.
import { decisionOf } from "../closing/derive.ts";
import { type Certificate, NO_TIMEOUTS, type Timeouts } from "../closing/state.ts";
import type { Standpoint } from "../coalition/basis.ts";
import type { Id, VerifiedObservation } from "../observation/observation.ts";
import { ALONE } from "../reference/peer-clock.ts";
import { invariant } from "../result.ts";
import { absorbAll } from "./absorb.ts";
import { closeRounds, finishRound } from "./settle.ts";
import { type KeptSpread, keptSpread, spreadAgain } from "./spread.ts";
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
  /** Correction of the host's clock, in microseconds. */
  readonly correction: number;
  /** Absent in what earlier versions kept. */
  readonly standpoint?: Standpoint | null;
  /** Of the present round; absent where its intake is not spread. */
  readonly spread?: KeptSpread;
  /** What each decided round was decided on: later statements may allow another proof of it, or forbid any. */
  readonly decided: readonly Certificate[];
};

export function memoOf(state: CeremonyState): Memo {
  const round = currentRound(state);
  const spread = round === undefined ? null : keptSpread(round);
  return {
    ...(spread === null ? {} : { spread }),
    round: round?.index ?? -1,
    attempt: round?.closing.attempt ?? -1,
    due: round?.closing.due ?? { contest: null, propose: null, prevote: null, precommit: null },
    earlyAt: round?.earlyAt ?? null,
    statusAt: state.statusAt,
    quiet: state.quiet,
    mute: state.mute,
    expired: state.expired,
    correction: state.clock.correction,
    standpoint: state.standpoint,
    decided: state.rounds.flatMap(({ closing: { decision } }) => (decision === null ? [] : [decision.certificate])),
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
  const taken = takeIn(start, stored);
  const again = (memo?.decided ?? []).reduce(decideAgain, taken);
  const { state } = memo !== null && memo.decided.length > memo.round ? again : closeRounds(again);
  const counted = stored.filter(({ id }) => !state.parked.has(id));
  return withMemo({ ...state, head: headOf(counted, self) }, memo);
}

/** Takes in statements without signing any, and decides what they certify: the fold that a verifier runs. */
export function readAgain(state: CeremonyState, observations: readonly VerifiedObservation[]): Turn {
  return closeRounds(takeIn(state, observations));
}

function takeIn(state: CeremonyState, observations: readonly VerifiedObservation[]): Turn {
  const author = () => {
    throw new Error("broken invariant: nothing is signed while stored statements are read again");
  };
  const start: Turn = { state, effects: [], receipts: [], now: 0, author, replaying: true };
  return absorbAll(start, observations);
}

/** Ends the round as it was ended before: a proof of too many faults that came later changes nothing (SPEC §8.9). */
function decideAgain(turn: Turn, certificate: Certificate): Turn {
  const round = currentRound(turn.state);
  invariant(round !== undefined, "a decided round has a call");
  const decision = decisionOf(round.closing, certificate);
  const closing = { ...round.closing, decision, due: NO_TIMEOUTS };
  return finishRound({ ...turn, state: replaceRound(turn.state, { ...round, closing }) }, decision);
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
  const restored = {
    ...state,
    statusAt: memo.statusAt,
    quiet: memo.quiet,
    mute: memo.mute,
    expired: memo.expired,
    standpoint: memo.standpoint ?? null,
    clock: { ...ALONE, correction: memo.correction },
  };
  const round = currentRound(restored);
  if (round === undefined || round.index !== memo.round) return restored;
  const closing = { ...round.closing, attempt: memo.attempt, due: memo.due, mute: memo.mute };
  return replaceRound(restored, spreadAgain({ ...round, closing, earlyAt: memo.earlyAt }, memo.spread ?? null));
}
