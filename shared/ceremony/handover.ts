// What a ceremony is told by the shards of its intake (SPEC §7.14): that one takes part, and, pack by pack, what it has taken in. It is judged here
// once more, by the same rules and beside all else that is held: a shard's answer was provisional, and nothing of it is dropped without a trace.
import { wholeOf } from "../observation/kept.ts";
import type { BatchBody, VerifiedObservation } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Fault } from "../result.ts";
import { absorbAll, isForBatch } from "./absorb.ts";
import type { Receipt } from "./effect.ts";
import { type Bounds, boundsOf, bringPacked } from "./intake.ts";
import { countOf, entriesOf } from "./seat-counts.ts";
import { isSpread, type Spread, seatIn, shardOf, withSpread } from "./spread.ts";
import { type CeremonyState, currentRound, type RosterSeat, type Round } from "./state.ts";
import { record, refuseIn, type Turn } from "./turn.ts";

/** What a shard must know of a round to judge what comes: with the call, all that the ceremony itself would go by. Plain data. */
export type Terms = {
  readonly round: number;
  readonly shard: number;
  readonly shards: number;
  readonly seats: readonly RosterSeat[];
  readonly opensAt: number;
  readonly closesAt: number;
  /** Correction of this party's clock, in microseconds. */
  readonly correction: number;
  readonly credit: Credit;
  /** What was taken in before the shard began: seat, contributions and bytes kept. */
  readonly taken: readonly (readonly [number, number, number])[];
};

/** What a shard may take in: bytes that wait at a time, told anew with each pack, and bytes kept in the whole round. */
export type Credit = { readonly waiting: number; readonly kept: number };

export type Pack = {
  readonly round: number;
  readonly shard: number;
  /** Admitted there, as one batch; null where nothing was. */
  readonly taken: BatchBody | null;
  readonly refused: readonly { readonly observation: VerifiedObservation; readonly fault: Fault }[];
  /** True in the last pack: the shard takes in nothing more. */
  readonly last: boolean;
};

/** Spreads the intake of the present round from now on; changes nothing where it is spread already, or this party takes in nothing. */
export function spreadOver(turn: Turn, shards: number): Turn {
  const round = currentRound(turn.state);
  if (round === undefined || round.intake.spread !== null || round.batched.size === 0) return turn;
  const spread: Spread = { shards, enlisted: new Set(), sealed: new Set(), sealBy: null };
  const next = withSpread(turn, round, spread);
  return isSpread(currentRound(next.state) as Round, turn.now) ? next : turn;
}

/** The shard that a statement goes to; null where the ceremony answers by itself, as it does whatever is not in order. */
export function shardFor(state: CeremonyState, observation: VerifiedObservation, now: number): number | null {
  const round = currentRound(state);
  const seat = seatIn(observation);
  if (round === undefined || seat === null || observation.round !== round.index) return null;
  const { spread } = round.intake;
  if (spread === null || !isSpread(round, now) || !isForBatch(state, observation)) return null;
  const shard = shardOf(seat, spread.shards);
  // By its own clock the round may be over a little earlier.
  return spread.sealed.has(shard) ? null : shard;
}

/** Notes durably that a shard takes part: whatever it answers for from now on is waited for. */
export function enlist(turn: Turn, shard: number): Turn {
  const round = currentRound(turn.state);
  const spread = round?.intake.spread ?? null;
  if (round === undefined || spread === null || !mayTakePart(turn.state, shard, turn.now)) return turn;
  return withSpread(turn, round, { ...spread, enlisted: new Set(spread.enlisted).add(shard) });
}

/** Whether a shard may answer for anything from now on; `now` is corrected. */
export function mayTakePart(state: CeremonyState, shard: number, now: number): boolean {
  const round = currentRound(state);
  const spread = round?.intake.spread ?? null;
  if (round === undefined || spread === null || state.expired || state.hold !== null) return false;
  return isSpread(round, now) && shard < spread.shards && !spread.sealed.has(shard);
}

/** What an enlisted shard goes by; null for any other. */
export function termsFor(state: CeremonyState, shard: number, now: number): Terms | null {
  const round = currentRound(state);
  const spread = round?.intake.spread ?? null;
  if (round === undefined || spread === null || !spread.enlisted.has(shard)) return null;
  if (!mayTakePart(state, shard, now)) return null;
  const { index, seats, opensAt, closesAt, intake } = round;
  const taken = entriesOf(intake.perSeat)
    .filter(([seat]) => shardOf(seat, spread.shards) === shard)
    .map(([seat, count]) => [seat, count, countOf(intake.keptOf, seat)] as const);
  const { correction } = state.clock;
  return {
    round: index,
    shard,
    shards: spread.shards,
    seats,
    opensAt,
    closesAt,
    correction,
    credit: creditOf(round),
    taken,
  };
}

/**
 * An equal part of what this elector may still take in, half of it for bytes that wait: batches that are not full take room too. Others bring batches
 * meanwhile: once nothing more may be kept, nothing more may wait.
 */
export function creditOf(round: Round): Credit {
  const bounds: Bounds = boundsOf(round);
  const shards = Math.max(round.intake.spread?.shards ?? 1, 1);
  const part = (bytes: number, of: number) => Math.max(0, Math.floor(bytes / of));
  const kept = bounds.most - round.intake.kept;
  return {
    waiting: Math.min(part(bounds.room - round.intake.bytes, 2 * shards), Math.max(kept, 0)),
    kept: part(kept, shards),
  };
}

/** Refusals that a seat has only itself to blame for: what it said elsewhere adds up with what it said to the shard. */
const OWN_FAULT: readonly (RefusalCode | null)[] = [null, "EQUIVOCATION_FLOOD", "ITEMS_FULL", "SEAT_FULL"];

/** Takes in what a shard hands over. What was answered for there and does not count here is alerted, by its ids. */
export function takeOver(turn: Turn, { round: index, shard, taken, refused, last }: Pack): Turn {
  const told = refused.reduce((next, { observation, fault }) => refuseIn(next, observation, fault), turn);
  const open = told.state.rounds[index];
  const packed = taken === null || open === undefined ? null : bringPacked(told, open, taken);
  const absorbed = packed ?? absorbAll(told, (taken?.members ?? []).map(wholeOf));
  const lost = lostIn(absorbed.receipts.slice(told.receipts.length));
  const noted =
    lost.length === 0
      ? absorbed
      : record(
          absorbed,
          "alert",
          lost.map(({ id }) => id),
          turn.state.self.authority,
          {
            code: "SHARD_LATE",
            round: index,
            shard,
            found: lost.length,
            reason: lost[0]?.code ?? "",
          },
        );
  const round = noted.state.rounds[index];
  const spread = round?.intake.spread ?? null;
  if (!last || round === undefined || spread === null) return noted;
  return withSpread(noted, round, { ...spread, sealed: new Set(spread.sealed).add(shard) });
}

function lostIn(receipts: readonly Receipt[]): readonly Receipt[] {
  return receipts.filter(({ verdict, code }) => verdict === "refused" && !OWN_FAULT.includes(code));
}
