// Speaking up without being asked (SPEC §9.1): when a status is due and what it is, asking for a call, and asking the others for their
// ending until each has told of its own.
import { fixing } from "./gather.ts";
import { jitter } from "./jitter.ts";
import { currentRound, ownSeat, peersOf, policyOf, seatAt } from "./state.ts";
import { ASKS_MAX, statusBody, whomToAsk } from "./status.ts";
import { publish, say, type Turn, withState } from "./turn.ts";

/** Statuses are due at once when the verdict looks settled here, and else at an interval that grows while nothing changes. */
export function planStatus(turn: Turn): Turn {
  const { state } = turn;
  if (state.expired || state.refusal !== null || (state.ending !== null && unheard(turn).length === 0))
    return state.statusAt === null ? turn : withState(turn, { statusAt: null });
  const round = currentRound(state);
  if (state.ending !== null) return planReport(turn, policyOf(state).timing.statusInterval);
  if (round === undefined)
    return state.parked.size === 0 || state.statusAt !== null ? turn : withState(turn, { statusAt: turn.now });
  const policy = policyOf(state);
  const { timing } = policy;
  const gathering = round.earlyAt === null && turn.now < round.closesAt && round.closing.own !== null;
  if (timing.early && gathering && state.quiet === 0 && fixing(policy, round) !== null)
    return withState(turn, { statusAt: turn.now });
  return planReport(turn, timing.statusInterval);
}

function planReport(turn: Turn, interval: number): Turn {
  const { state } = turn;
  return state.statusAt === null ? withState(turn, { statusAt: turn.now + jitter(state, interval) }) : turn;
}

/** The parties that have not said what they computed: they may never have heard of the ceremony, and nobody else will tell them. */
function unheard({ state, now }: Turn): readonly string[] {
  const round = currentRound(state);
  const own = round === undefined ? undefined : ownSeat(state, round, () => true);
  if (round === undefined || own === undefined || !state.outcomes.has(own.index)) return [];
  if (now >= (state.call?.body.expiresAt ?? 0)) return [];
  const heard = new Set([...state.outcomes.keys()].map((seat) => seatAt(round, seat)?.authority));
  return peersOf(state, round).filter((authority) => !heard.has(authority));
}

/** Asks for a call that is not known at this interval, in microseconds, growing with each request. */
const ASK_INTERVAL = 1_000_000;
/** The interval grows to this multiple while gathering, and to the smaller one once a round must close. */
const QUIET_GATHERING_MAX = 60;
const QUIET_CLOSING_MAX = 4;

export function reportIfDue(turn: Turn): Turn {
  const { state } = turn;
  if (state.statusAt === null || turn.now < state.statusAt) return turn;
  const round = currentRound(state);
  if (round === undefined) return askForCall(turn);
  const over = state.ending !== null;
  const closing = turn.now >= round.closesAt || round.earlyAt !== null;
  const most = closing && !over ? QUIET_CLOSING_MAX : QUIET_GATHERING_MAX;
  const interval = policyOf(state).timing.statusInterval * Math.min(1 + state.quiet, most);
  const planned = withState(turn, { quiet: state.quiet + 1, statusAt: turn.now + jitter(state, interval) });
  // A mute party reports too: a status takes no slot and proves nothing, and without it nobody knows what to send it.
  const seat = ownSeat(state, round, () => true);
  if (seat === undefined) return planned;
  const slot = { seat: seat.index, attempt: null, item: null };
  const { turn: spoken, said } = say(planned, {
    round: round.index,
    slot,
    body: statusBody(round),
    parents: [],
    numbered: false,
  });
  return publish(spoken, over ? unheard(turn) : peersOf(state, round), said, true);
}

function askForCall(turn: Turn): Turn {
  const { state } = turn;
  if (state.quiet >= ASKS_MAX) return withState(turn, { statusAt: null });
  const body = {
    kind: "status",
    attempt: -1,
    contributions: [],
    messages: [],
    wants: [state.ceremony],
    decided: false,
  } as const;
  const slot = { seat: null, attempt: null, item: null };
  const { turn: spoken, said } = say(turn, { round: 0, slot, body, parents: [], numbered: false });
  const planned = withState(spoken, { quiet: state.quiet + 1, statusAt: turn.now + ASK_INTERVAL * (1 + state.quiet) });
  return publish(planned, whomToAsk(state), said, true);
}
