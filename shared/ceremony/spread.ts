// A party may spread its own intake of a round over several objects, its shards (SPEC §7.14). That is its own affair: what they take in comes into the
// fold as if it had been handed in here, so that nobody else computes anything by it.
import { BATCHED_ARRIVALS_MANY, BATCHED_ARRIVALS_MOST, SEAL_MICROS_MAX } from "../limits.ts";
import type { Observation } from "../observation/observation.ts";
import { type CeremonyState, policyOf, type Round, replaceRound } from "./state.ts";
import { record, type Turn } from "./turn.ts";

export type Spread = {
  readonly shards: number;
  /** Shards that may hold what was answered for. */
  readonly enlisted: ReadonlySet<number>;
  /** Those of them that have handed over all that they hold, and take in nothing more. */
  readonly sealed: ReadonlySet<number>;
  /** How long the witness waits for the others, in microseconds; null before the round may close. */
  readonly sealBy: number | null;
};

/** The shard that takes in what a seat says: always the same one, so that whatever contradicts or repeats it meets it there. */
export function shardOf(seat: number, shards: number): number {
  return seat % shards;
}

/** Over how many shards an intake is spread: as many as are asked for; where nobody asks, by the contributions that came within a second. */
export function shardsFor(asked: number | null, arrivals: number): number {
  if (asked !== null) return asked;
  if (arrivals >= BATCHED_ARRIVALS_MOST) return 16;
  return arrivals >= BATCHED_ARRIVALS_MANY ? 4 : 0;
}

/** As many as the policy asks for; null where it says nothing. */
export function askedOf({ policy }: CeremonyState): number | null {
  const asked = [...(policy?.policy.roles.values() ?? [])].flatMap(({ agent, shards }) =>
    agent ? [] : (shards ?? []),
  );
  return asked.length === 0 ? null : Math.max(...asked);
}

/** Shards that have been enlisted and have not handed over all. */
export function unsealed({ intake: { spread } }: Pick<Round, "intake">): readonly number[] {
  return spread === null ? [] : [...spread.enlisted].filter((shard) => !spread.sealed.has(shard)).sort((a, b) => a - b);
}

/** Whether the round's time to close has come. */
export function isClosing({ closesAt, earlyAt }: Round, now: number): boolean {
  return now >= closesAt || (earlyAt !== null && now >= earlyAt);
}

/** Whether this party still takes in contributions to the round by shards. */
export function isSpread(round: Round, now: number): boolean {
  const { closing, intake } = round;
  if (intake.spread === null || closing.own === null || closing.mute || isClosing(round, now)) return false;
  return closing.decision === null && !closing.witnesses.has(closing.own);
}

/** The round may close: from now on shards take in nothing, and hand over what they have. Null where nothing changes. */
export function beginSealing(turn: Turn, round: Round): Turn | null {
  const { spread } = round.intake;
  if (spread === null || spread.sealBy !== null || !isClosing(round, turn.now)) return null;
  const within = Math.min(SEAL_MICROS_MAX, Math.floor(policyOf(turn.state).timing.witnessTimeout / 2));
  return withSpread(turn, round, { ...spread, sealBy: turn.now + within });
}

/** Whether the witness waits for a shard. It does so for a bounded time only: one object that hangs must not hold up the others' close. */
export function awaitsShards(round: Round, now: number): boolean {
  const { spread } = round.intake;
  return spread !== null && unsealed(round).length > 0 && (spread.sealBy === null || now < spread.sealBy);
}

/** The witness is signed without what some shards still hold: what was answered for there may be missing, and people are told. */
export function noteSilent(turn: Turn, round: Round): Turn {
  const silent = unsealed(round);
  if (silent.length === 0) return turn;
  return record(turn, "alert", [turn.state.ceremony], turn.state.self.authority, {
    code: "SHARD_SILENT",
    round: round.index,
    shards: silent.join(", "),
  });
}

export function withSpread(turn: Turn, round: Round, spread: Spread): Turn {
  return { ...turn, state: replaceRound(turn.state, { ...round, intake: { ...round.intake, spread } }) };
}

/** Contributions that one shard has not handed over yet; null where it does not answer. */
export type ShardDepth = { readonly shard: number; readonly sealed: boolean; readonly waiting: number | null };

/** What of it a restart must find again. */
export type KeptSpread = {
  readonly shards: number;
  readonly enlisted: readonly number[];
  readonly sealed: readonly number[];
  readonly sealBy: number | null;
};

export function keptSpread({ intake: { spread } }: Round): KeptSpread | null {
  return spread === null ? null : { ...spread, enlisted: [...spread.enlisted], sealed: [...spread.sealed] };
}

export function spreadAgain(round: Round, kept: KeptSpread | null): Round {
  if (kept === null) return round;
  const spread = { ...kept, enlisted: new Set(kept.enlisted), sealed: new Set(kept.sealed) };
  return { ...round, intake: { ...round.intake, spread } };
}

/** The seat whose shard a statement goes to; null for what only the ceremony itself takes in. */
export function seatIn({ body, slot }: Observation): number | null {
  return body.kind === "contribution" ? slot.seat : null;
}
