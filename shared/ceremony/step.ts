// step(state, input) -> state and effects (SPEC §7.5): the whole protocol of one party in one ceremony, pure. Time is in the input,
// chance is nowhere, and the author signs deterministically, so the same inputs give the same bytes.
import type { CborMap } from "../cbor/value.ts";
import type { Standpoint } from "../coalition/basis.ts";
import type { Author } from "../observation/author.ts";
import type { VerifiedObservation } from "../observation/observation.ts";
import { absorb, absorbAll } from "./absorb.ts";
import { attest, type Manner } from "./attest.ts";
import { byOwnClock, listen, remember } from "./clock.ts";
import { type Contest, contest } from "./contest.ts";
import type { Effect, Receipt } from "./effect.ts";
import type { Carried } from "./gathered.ts";
import { enlist, type Pack, spreadOver, takeOver } from "./handover.ts";
import { carry } from "./notice.ts";
import { settleTurn } from "./settle.ts";
import { audienceOf, type CeremonyState, currentRound } from "./state.ts";
import { publish, record, type Turn } from "./turn.ts";

/** `now` is the host's clock, in microseconds; what is made of it is mesh time. */
export type Input =
  | {
      readonly on: "observations";
      readonly now: number;
      readonly observations: readonly VerifiedObservation[];
      /** The party's own, where a call under a coalition is among them. */
      readonly standpoint?: Standpoint;
    }
  /** The party's own call: taken in like anyone's, and sent to every organisation it names. */
  | { readonly on: "open"; readonly now: number; readonly call: VerifiedObservation; readonly standpoint?: Standpoint }
  | {
      readonly on: "attest";
      readonly now: number;
      readonly content: CborMap;
      readonly item: string | null;
      /** Absent for the party's usual class and no sources. */
      readonly manner?: Manner;
    }
  /** A revocation, or a withdrawal, whose signature is verified, to be carried into the ceremony. */
  | { readonly on: "revocation"; readonly now: number; readonly revocation: Carried }
  /** The party's own word about the outcome. */
  | { readonly on: "contest"; readonly now: number; readonly contest: Contest }
  /** From now on contributions of seats without an agent are taken in by so many shards. */
  | { readonly on: "spread"; readonly now: number; readonly shards: number }
  /** A shard asks to take part. */
  | { readonly on: "enlist"; readonly now: number; readonly shard: number }
  /** What one hands over. */
  | { readonly on: "pack"; readonly now: number; readonly pack: Pack }
  | { readonly on: "clock"; readonly now: number };

export type Step = {
  readonly state: CeremonyState;
  readonly effects: readonly Effect[];
  readonly receipts: readonly Receipt[];
};

const HANDLERS: { readonly [K in Input["on"]]: (turn: Turn, input: Extract<Input, { on: K }>) => Turn } = {
  observations: (turn, { observations }) => absorbAll(turn, observations), // §7.6
  open: openOwn, // §7.1
  attest: (turn, { content, item, manner }) => attest(turn, content, item, manner), // §7.7
  revocation: (turn, { revocation }) => carry(turn, revocation), // §7.10
  contest: (turn, { contest: content }) => contest(turn, content), // §25
  spread: (turn, { shards }) => spreadOver(turn, shards), // §7.14
  enlist: (turn, { shard }) => enlist(turn, shard),
  pack: (turn, { pack }) => takeOver(turn, pack),
  clock: (turn) => turn, // §7.8: time alone changes things in `settleTurn` only
};

export function step(state: CeremonyState, input: Input, author: Author): Step {
  const heard = input.on === "observations" ? listen(state, input.observations, input.now) : state;
  const told =
    "standpoint" in input && state.call === null ? { ...heard, standpoint: input.standpoint ?? null } : heard;
  const now = input.now + told.clock.correction;
  const start: Turn = { state: told, effects: [], receipts: [], now, author, replaying: false };
  const handle = HANDLERS[input.on] as (turn: Turn, input: Input) => Turn;
  const { state: next, effects, receipts } = settleTurn(handle(noteCorrection(start, state), input));
  const own = byOwnClock(effects, told.clock.correction);
  return { state: remember(next, own, input.now), effects: own, receipts };
}

/** A clock that a majority contradicts is told to people: whatever else runs on that machine goes by it too. */
function noteCorrection(turn: Turn, before: CeremonyState): Turn {
  const { correction } = turn.state.clock;
  if (correction === before.clock.correction) return turn;
  const { self, ceremony } = turn.state;
  return record(turn, "alert", [ceremony], self.authority, {
    code: "TIME_OUTLIER",
    attester: self.authority,
    off: 0 - correction,
  });
}

function openOwn(turn: Turn, { call }: Extract<Input, { on: "open" }>): Turn {
  const known = turn.state.call !== null;
  const opened = absorb(turn, call);
  const round = currentRound(opened.state);
  return known || round === undefined ? opened : publish(opened, audienceOf(opened.state, round), call);
}
