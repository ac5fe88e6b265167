// Speaking up without being asked (SPEC §9.1): when a status is due and what it is, asking for a call, and asking the others for their
// ending until each has told of its own.
import { rootOf } from "../authority/chain.ts";
import type { Observation, VerifiedObservation } from "../observation/observation.ts";
import { fixing, isComplete } from "./gather.ts";
import { jitter } from "./jitter.ts";
import { audienceOf, currentRound, invitations, ownSeat, peersOf, policyOf, type Round, seatAt } from "./state.ts";
import { ASKS_MAX, sayStatus, whomToAsk } from "./status.ts";
import { publish, say, type Turn, VALIDITY_MARGIN, withState } from "./turn.ts";

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
  const { own, witnesses } = round.closing;
  const gathering = turn.now < round.closesAt && own !== null && !witnesses.has(own);
  if (!timing.early || !gathering || state.quiet > 0 || fixing(policy, state.rounds) === null)
    return planReport(turn, timing.statusInterval);
  // What is settled here may rest on other contributions elsewhere: so whatever comes later is reported too, but all that comes at once once.
  const at = turn.now + (isComplete(policy, round) ? 0 : Math.floor(timing.settleMargin / GATHERED_IN));
  return withState(turn, { statusAt: Math.min(state.statusAt ?? at, at) });
}

/** Part of the settle margin for which a report waits for contributions that are still to come. */
const GATHERED_IN = 8;

function planReport(turn: Turn, interval: number): Turn {
  const { state } = turn;
  return state.statusAt === null ? withState(turn, { statusAt: turn.now + jitter(state, interval) }) : turn;
}

/**
 * The parties that have not said what they computed: they may never have heard of the ceremony, or not of its end, and nobody else
 * will tell them. Past the hard expiry a party that learns of the end signs no outcome, and its report that it has decided will do.
 */
function unheard({ state, now }: Turn): readonly string[] {
  const round = currentRound(state);
  const own = round === undefined ? undefined : ownSeat(state, round, () => true);
  if (round === undefined || own === undefined || !state.outcomes.has(own.index)) return [];
  const expiresAt = state.call?.body.expiresAt ?? 0;
  if (now >= expiresAt + VALIDITY_MARGIN) return [];
  const late = [...round.reports].filter(([, { body }]) => now >= expiresAt && body.decided);
  const seats = [...state.outcomes.keys(), ...late.map(([seat]) => seat)];
  const heard = new Set(seats.map((seat) => seatAt(round, seat)?.authority));
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
  const seat = ownSeat(state, round, () => true);
  const planned = withState(turn, { quiet: state.quiet + 1, statusAt: turn.now + pause(turn, round) });
  // A mute party reports too: a status takes no slot and proves nothing, and without it nobody knows what to send it.
  if (seat === undefined && !isFollower(turn)) return planned;
  const { turn: spoken, said } = sayStatus(planned, round, seat);
  const outcome = seat === undefined ? undefined : (state.outcomes.get(seat.index) as Observation | undefined);
  if (state.ending === null) return publish(withOwnJoin(spoken, round), audienceOf(state, round), said, true);
  const asked = unheard(turn);
  const told = outcome === undefined ? spoken : publish(spoken, asked, outcome as VerifiedObservation);
  return publish(told, asked, said, true);
}

/** Named in the call but not let in, invited, or joined without a seat: it follows, so that it learns the end. */
function isFollower({ state }: Turn): boolean {
  const { self, call, rounds } = state;
  if (invitations(state).includes(self.authority)) return true;
  const joined = rounds.some(({ held }) => [...held.values()].some(({ chain }) => rootOf(chain) === self.root));
  return joined || call?.body.seats.some(({ root }) => root === self.root) === true;
}

/** Nobody misses the join of a walk-in that never reached them, so it goes with every report of its own until the round is decided. */
function withOwnJoin(turn: Turn, round: Round): Turn {
  const { self } = turn.state;
  if (round.closing.decision !== null) return turn;
  const own = [...round.held.values()].filter(({ slot, chain }) => slot.seat === null && rootOf(chain) === self.root);
  const peers = audienceOf(turn.state, round);
  return own.reduce((sent, join) => publish(sent, peers, join as Observation as VerifiedObservation), turn);
}

/** Longer each time that nothing has changed: up to a bound while the round is open, and without one when only others have to end. */
function pause({ state, now }: Turn, round: Round): number {
  const closing = now >= round.closesAt || round.earlyAt !== null;
  const most = closing ? QUIET_CLOSING_MAX : QUIET_GATHERING_MAX;
  const times = state.ending === null ? Math.min(1 + state.quiet, most) : 1 + state.quiet;
  return jitter(state, policyOf(state).timing.statusInterval * times);
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
