// Taking in a batch that some elector brought (SPEC §7.12). What follows from it follows from the batch and the roster alone, so that whoever
// holds it counts the same contributions.
import { grantsRole, rootOf } from "../authority/chain.ts";
import { KEPT_BATCH_BYTES, KEPT_BYTES_MAX, KEPT_ON_THE_WAY_BYTES } from "../limits.ts";
import type { Member } from "../observation/batch.ts";
import { keepSmall, keptBytesOf, wasTakenIn } from "../observation/kept.ts";
import type { BatchBody, Observation, VerifiedObservation } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault } from "../result.ts";
import { noteBrought, seatShare } from "./brought.ts";
import { isWanted } from "./gather.ts";
import { batchesOf } from "./gathered.ts";
import { batchesPaced, batchesPerElector } from "./listing.ts";
import { type RosterSeat, type Round, replaceRound, seatAt } from "./state.ts";
import { noteBatch } from "./taken.ts";
import { append, authorityOf, receipt, record, refuseIn, type Turn, withEffects } from "./turn.ts";

type Batch = VerifiedObservation & Observation<BatchBody>;

/** Batches that one seat has brought. */
export function batchesFrom({ held }: Round, seat: number | null): readonly Observation<BatchBody>[] {
  return batchesOf([...held.values()]).filter(({ slot }) => slot.seat === seat);
}

/** Of what is kept, the part that is each elector's own, and the part that is for whoever needs it first, in bytes. */
function shares({ closing }: Round): { readonly own: number; readonly common: number } {
  const common = Math.floor(KEPT_BYTES_MAX / 2);
  return { own: Math.floor((KEPT_BYTES_MAX - common) / Math.max(closing.electorate.seats.length, 1)), common };
}

/** What the batches of one elector may take up in memory at most, where the others bring little. */
export function keptPerElector(round: Round): number {
  const { own, common } = shares(round);
  return own + common - KEPT_ON_THE_WAY_BYTES;
}

/**
 * What batches of one elector may still take up in memory, whoever is honest: what is left of its own part, and of the common one. An elector that
 * brings them itself leaves room for what others, who cannot know of it, are bringing meanwhile.
 */
export function keptRoom(round: Round, seat: number | null, brings: boolean): number {
  const { own, common } = shares(round);
  const paced = batchesPaced(round);
  const brought = new Map<number | null, number>();
  const kept = new Map<number | null, number>();
  for (const { slot, body } of batchesOf([...round.held.values()])) {
    const count = (brought.get(slot.seat) ?? 0) + 1;
    brought.set(slot.seat, count);
    const bytes = keptBytesOf(body) + (count > paced ? KEPT_BATCH_BYTES : 0);
    kept.set(slot.seat, (kept.get(slot.seat) ?? 0) + bytes);
  }
  const beyond = [...kept.values()].reduce((sum, bytes) => sum + Math.max(bytes - own, 0), 0);
  const left = common - beyond - (brings ? KEPT_ON_THE_WAY_BYTES : 0);
  return Math.max(own - (kept.get(seat) ?? 0), 0) + Math.max(left, 0);
}

export function absorbBatch(turn: Turn, round: Round, seat: RosterSeat, batch: Batch): Turn {
  if (round.held.has(batch.id)) return receipt(turn, batch.id, "ignored", "DUPLICATE");
  const refusal = refusalOf(turn, round, seat, batch);
  if (refusal !== null) return refuseIn(turn, batch, refusal);
  return holdBatch(receipt(turn, batch.id, "admitted"), round, batch, "admission", seat.authority);
}

function refusalOf({ replaying }: Turn, round: Round, seat: RosterSeat, { id, body }: Batch): Fault | null {
  if (round.closing.decision !== null) return fault("ROUND_CLOSED", { round: round.index }).fault;
  if (!round.closing.electorate.power.has(seat.index))
    return fault("NOT_AN_ELECTOR", { seat: seat.index, kind: "batch" }).fault;
  const members = replaying && wasTakenIn(body) ? [] : body.members;
  const index = members.findIndex((member) => misplaced(round, member) !== null);
  const code = index < 0 ? null : misplaced(round, members[index] as Member);
  if (code !== null) return fault("BATCH_MEMBER", { index, code }).fault;
  // What was stored once is read again whole, in whatever order it comes.
  if (replaying) return null;
  // A liar's batches take up no more room than an honest elector's.
  const most =
    round.brought.get(seat.index)?.beyond === true ||
    batchesFrom(round, seat.index).length >= batchesPerElector(round) ||
    keptBytesOf(body) > keptRoom(round, seat.index, false);
  return most && !isWanted(round, id) ? fault("EQUIVOCATION_FLOOD", { seat: seat.index }).fault : null;
}

/** Why a member is out of place: its seat is another's, or runs an agent and speaks for itself. */
function misplaced(round: Round, { slot, chain }: Member): RefusalCode | null {
  const seat = seatAt(round, slot.seat);
  if (seat === undefined || seat.root !== rootOf(chain) || !round.batched.has(seat.index)) return "SEAT_MISMATCH";
  return grantsRole(chain, seat.role) ? null : "ROLE_NOT_GRANTED";
}

/** Stores a batch, and writes down what it brings: one entry, and one for each pair that contradicts itself. */
export function holdBatch(
  turn: Turn,
  before: Round,
  batch: Batch,
  kind: "admission" | "attestation",
  by: string,
): Turn {
  const round = turn.state.rounds[before.index] as Round;
  const { intake, fresh, pairs } = noteBatch(round.intake, batch.body.members);
  // Whoever reads again has it as small as it means to keep it: a verifier holds all of the evidence anyway.
  const small = turn.replaying ? batch : keepSmall(batch);
  const held = new Map(round.held).set(batch.id, small);
  const most = seatShare(round.batched.size, keptPerElector(round));
  const brought = noteBrought(round.brought, batch.slot.seat as number, small.body.members, intake, most);
  const kept = { ...turn, state: { ...replaceRound(turn.state, { ...round, held, intake, brought }), quiet: 0 } };
  const contributions = batch.body.members.length;
  const waited = batch.body.members.flatMap(({ id }) => (round.intake.stored.has(id) ? [id] : []));
  const stored = append(kept, batch);
  const alone = waited.length === 0 ? stored : withEffects(stored, { do: "drop", ids: waited });
  const entered = record(alone, kind, [batch.id], by, {
    kind: "batch",
    round: round.index,
    contributions,
    fresh: kind === "attestation" ? contributions : fresh,
  });
  return pairs.reduce(
    (told, [first, { id, slot, chain }]) =>
      record(told, "byzantine-event", [first, id], authorityOf(turn.state, { chain } as Observation), {
        code: "EQUIVOCATION",
        seat: slot.seat as number,
      }),
    entered,
  );
}
