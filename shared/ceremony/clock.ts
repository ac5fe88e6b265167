// A party's clock in a ceremony (SPEC §17.5): what it hears bounds how far its clock is from its peers', and where a majority says that it is
// wrong, it goes by theirs; where no majority agrees, all go by the middle one. Times of the ceremony are mesh time; only its host's clock and its alarm are the party's own. No certificate
// and no record depends on it.
import type { Observation } from "../observation/observation.ts";
import { type Heard, hearAt, sendAt } from "../reference/peer-clock.ts";
import type { Effect } from "./effect.ts";
import { type CeremonyState, currentRound, type Round, replaceRound } from "./state.ts";

/** Takes in the stamps of statements that arrived at the host's reading `now`. */
export function listen(state: CeremonyState, observations: readonly Observation[], now: number): CeremonyState {
  // Whoever runs no agent hears nobody, and what it hands in may have been signed long ago.
  const batched = currentRound(state)?.batched;
  const voiced = observations.filter(({ slot }) => slot.seat === null || batched?.has(slot.seat) !== true);
  const heard = voiced.flatMap((observation) => heardFrom(state, observation));
  if (heard.length === 0) return state;
  const organisations = voicesOf(currentRound(state)).size;
  const clock = hearAt(state.clock, heard, now, organisations);
  if (clock === state.clock) return state;
  return { ...reckonedAnew(state, clock.correction - state.clock.correction), clock };
}

/** What waits for a while waits as long as before when the clock is put right: its instants move with the clock. Those of the call stay. */
function reckonedAnew(state: CeremonyState, by: number): CeremonyState {
  const round = currentRound(state);
  if (by === 0 || round === undefined) return state;
  const moved = (at: number | null) => (at === null ? null : at + by);
  const { contest, propose, prevote, precommit } = round.closing.due;
  const due = {
    contest: moved(contest),
    propose: moved(propose),
    prevote: moved(prevote),
    precommit: moved(precommit),
  };
  const fixed = round.fixed === null ? null : { ...round.fixed, at: round.fixed.at + by };
  const rebased = { ...round, fixed, earlyAt: moved(round.earlyAt), closing: { ...round.closing, due } };
  return { ...replaceRound(state, rebased), statusAt: moved(state.statusAt) };
}

const voices = new WeakMap<Round["seats"], ReadonlySet<string>>();

/** Those who have a voice about the ceremony's time: organisations that run an agent in it, and so hear others as well. */
function voicesOf(round: Round | undefined): ReadonlySet<string> {
  if (round === undefined) return new Set();
  const heard = round.seats.filter(({ index }) => !round.batched.has(index));
  const known = voices.get(round.seats) ?? new Set(heard.map(({ authority }) => authority));
  voices.set(round.seats, known);
  return known;
}

function heardFrom(state: CeremonyState, { key, chain, timeFrame, at, body, lineage }: Observation): readonly Heard[] {
  const { self, call } = state;
  const peer = self.roots.get(chain[0].issuer);
  const seated = peer !== undefined && voicesOf(currentRound(state)).has(peer);
  if (peer === undefined || peer === self.authority || key === self.key || !seated || timeFrame !== call?.timeFrame)
    return [];
  const cited = [...lineage.parents, ...lineage.sources];
  if (body.kind === "status") return [{ peer, at, mentions: [...cited, ...body.contributions, ...body.messages] }];
  const listed = body.kind === "witness" || body.kind === "page" ? (body.ids ?? []) : [];
  return [{ peer, at, mentions: [...cited, ...listed] }];
}

/**
 * Remembers what was sent at the host's reading `now`; peers will mention it. What is sent again peers may have mentioned before, and by that their
 * clocks would seem to be behind.
 */
export function remember(state: CeremonyState, effects: readonly Effect[], now: number): CeremonyState {
  const signed = new Set(effects.flatMap((effect) => (effect.do === "append" ? [effect.observation.id] : [])));
  const own = effects.flatMap((effect) => {
    if (effect.do !== "publish" || effect.observation.key !== state.self.key) return [];
    // A status is replaced and never kept, so each is a new one.
    const { replaceable, observation } = effect;
    return replaceable || signed.has(observation.id) ? [observation.id] : [];
  });
  const clock = sendAt(state.clock, own, now);
  return clock === state.clock ? state : { ...state, clock };
}

/** The alarm is set by the host's clock. */
export function byOwnClock(effects: readonly Effect[], correction: number): readonly Effect[] {
  if (correction === 0) return effects;
  return effects.map((effect) =>
    effect.do === "wake" && effect.at !== null ? { ...effect, at: effect.at - correction } : effect,
  );
}
