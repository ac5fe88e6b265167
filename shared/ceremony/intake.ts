// What an elector takes in for seats whose holders run no agent, and the batches in which it brings that to the others (SPEC §7.12). A batch is
// gathered, listed, repaired and certified like one contribution, whatever it holds.
import { isHalted } from "../closing/derive.ts";
import {
  BATCH_MEMBERS_ENOUGH,
  BATCH_MEMBERS_MAX,
  BATCH_UNPACKED_BYTES_MAX,
  BATCH_WAIT_MICROS_MIN,
  BATCHED_PER_SEAT_MAX,
  FRAME_BYTES_MAX,
} from "../limits.ts";
import { batchOf, packedBytes, unfitness } from "../observation/batch.ts";
import { keptBytesOf } from "../observation/kept.ts";
import type { BatchBody, Id, Observation, VerifiedObservation } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { overTolerance } from "./attest.ts";
import { batchesFrom, holdBatch, keptPerElector, keptRoom } from "./batch.ts";
import { seatShare } from "./brought.ts";
import type { Receipt } from "./effect.ts";
import { batchesPaced, batchesPerElector } from "./listing.ts";
import { audienceOf, type CeremonyState, currentRound, phaseOf, type Round, replaceRound } from "./state.ts";
import { Draft, type Standing, type Taken, withoutWaiting } from "./taken.ts";
import { append, authorityOf, noteRefusal, publish, record, say, type Turn } from "./turn.ts";

/** Bytes that every batch but the last of a turn holds at least, unpacked: half of what did not fit into one frame, less one contribution. */
const BATCH_BYTES_LEAST = 16_384;

/** Contributions of seats without an agent to one round: each is taken in for the next batch, or refused by whoever cannot bring it. */
export function takeIn(
  turn: Turn,
  before: Round,
  contributions: readonly Taken[],
  bounds = turn.replaying ? UNBOUNDED : boundsOf(before),
): Turn {
  const shut = turn.replaying ? null : refusalOf(turn, before);
  const draft = new Draft(before.intake);
  const { room, full: crowded, share, most } = bounds;
  const perSeat = seatShare(before.batched.size, share);
  const receipts: Receipt[] = []; // one list for all: each turn would copy those before
  let noted = turn;
  for (const contribution of contributions) {
    const { id } = contribution;
    if (draft.has(id)) {
      receipts.push({ id, verdict: "ignored", code: "DUPLICATE", detail: {} });
      continue;
    }
    const standing = draft.standingOf(contribution);
    const full = draft.bytes > room ? crowded : null;
    // What this one would add counts too: a batch beyond the share is taken by nobody.
    const beyond = draft.kept + standing.kept > most;
    const over = beyond ? fault("ROUND_FULL", { round: before.index, limit: share }).fault : null;
    const refusal = shut ?? (turn.replaying ? null : (unfit(draft, contribution, standing, perSeat) ?? over)) ?? full;
    if (refusal !== null) {
      receipts.push({ id, verdict: "refused", ...refusal });
      noted = noteRefusal(noted, contribution, refusal);
      continue;
    }
    draft.add(contribution, standing);
    receipts.push({ id, verdict: "admitted", code: null, detail: {} });
    if (standing.first !== undefined) noted = recordPair(noted, standing.first, contribution);
  }
  const told = { ...noted, receipts: [...noted.receipts, ...receipts] };
  if (draft.added === 0) return told;
  const due = before.intake.waiting.size > 0 || turn.replaying ? before.intake.dueAt : dueFor(turn, before);
  const intake = { ...draft.take(turn.replaying), dueAt: due };
  return { ...told, state: { ...replaceRound(told.state, { ...before, intake }), quiet: 0 } };
}

/** What may be taken in: bytes that wait for batches and what is answered beyond them, and what may be kept in all, of which so much is left. */
export type Bounds = {
  readonly room: number;
  readonly full: Fault;
  readonly share: number;
  readonly most: number;
};

const { POSITIVE_INFINITY: ALL } = Number;
const UNBOUNDED: Bounds = { room: ALL, full: fault("INTAKE_FULL").fault, share: ALL, most: ALL };

export function boundsOf(round: Round): Bounds {
  const limit = batchesPerElector(round);
  return {
    room: (limit - ownBatches(round) - 1) * BATCH_BYTES_LEAST,
    full: fault("INTAKE_FULL", { round: round.index, limit }).fault,
    share: keptPerElector(round),
    most: keptRoom(round, round.closing.own, true),
  };
}

/** Two things said in one slot: both are kept, as proof. */
function recordPair(turn: Turn, first: Id, contribution: Taken): Turn {
  const { id, slot } = contribution;
  const by = authorityOf(turn.state, contribution);
  return record(turn, "byzantine-event", [first, id], by, { code: "EQUIVOCATION", seat: slot.seat as number });
}

/** Why nothing more is taken in; null where something may be. */
function refusalOf({ state }: Turn, { closing, index, seats }: Round): Fault | null {
  const own = closing.own;
  if (closing.decision !== null) return fault("ROUND_CLOSED", { round: index }).fault;
  if (own === null) {
    const electors = seats.filter((seat) => closing.electorate.power.has(seat.index)).map(({ authority }) => authority);
    return fault("INTAKE_ELSEWHERE", { electors: electors.join(", ") }).fault;
  }
  if (state.expired) return fault("CEREMONY_OVER", { phase: phaseOf(state) }).fault;
  if (state.mute) return fault("MUTE").fault;
  if (isHalted(closing)) return overTolerance(closing).fault;
  return closing.witnesses.has(own) ? fault("INTAKE_CLOSED", { round: index }).fault : null;
}

function unfit(draft: Draft, contribution: Taken, standing: Standing, perSeat: number): Fault | null {
  const need = unfitness(contribution);
  if (need !== null) return fault("BATCH_UNFIT", { need }).fault;
  const { seat } = contribution.slot;
  if (draft.isTwice(standing)) return fault("EQUIVOCATION_FLOOD", { seat }).fault;
  if (draft.countOf(seat as number) >= BATCHED_PER_SEAT_MAX)
    return fault("ITEMS_FULL", { limit: BATCHED_PER_SEAT_MAX }).fault;
  const full = draft.keptOf(seat as number) + standing.kept > perSeat;
  return full ? fault("SEAT_FULL", { seat, limit: perSeat }).fault : null;
}

const ownBatches = (round: Round) => batchesFrom(round, round.closing.own).length;

/** What waits is spread over the batches that are left, and is on its way when half of the time that remains has passed. */
function dueFor({ now }: Turn, round: Round): number {
  const span = Math.max(round.closesAt - now, 0);
  const left = Math.max(batchesPaced(round) - ownBatches(round), 1);
  return now + Math.min(Math.max(BATCH_WAIT_MICROS_MIN, Math.floor(span / left)), Math.floor(span / 2));
}

/** Brings what is due, or fills a batch, and stores what goes on waiting. */
export function bringBatches(turn: Turn): Turn {
  const round = currentRound(turn.state);
  if (round === undefined || turn.replaying || round.intake.waiting.size === 0 || !mayBring(turn.state, round))
    return turn;
  const { dueAt, waiting } = round.intake;
  const early = round.earlyAt !== null && turn.now >= round.earlyAt;
  const due = dueAt === null || turn.now >= Math.min(dueAt, round.closesAt) || early;
  const groups = groupsOf([...waiting.values()]);
  // While there is room, what came together goes together: what waits for more is stored twice.
  const enough = due || (isRoomy(round) && (groups.at(-1)?.length ?? 0) >= BATCH_MEMBERS_ENOUGH);
  const ready = enough ? groups : groups.slice(0, -1);
  if (ready.length === 0) return storeWaiting(turn, round.index);
  const intake = withoutWaiting(round.intake, ready.flat());
  const taken = { ...turn, state: replaceRound(turn.state, { ...round, intake }) };
  return storeWaiting(ready.reduce(bring, taken), round.index);
}

const isRoomy = (round: Round) => 4 * ownBatches(round) < batchesPaced(round);

function mayBring({ ending, expired, hold, mute }: CeremonyState, { closing }: Round): boolean {
  if (ending !== null || expired || hold !== null || mute || isHalted(closing)) return false;
  return closing.own !== null && !closing.witnesses.has(closing.own);
}

/** In order of arrival; every group but the last is full. */
function groupsOf(waiting: readonly Taken[]): readonly (readonly Taken[])[] {
  const groups: Taken[][] = [];
  let bytes = 0;
  for (const taken of waiting) {
    const open = groups.at(-1);
    bytes += taken.frame.length;
    if (open !== undefined && open.length < BATCH_MEMBERS_MAX && bytes <= BATCH_UNPACKED_BYTES_MAX) open.push(taken);
    else {
      groups.push([taken]);
      bytes = taken.frame.length;
    }
  }
  const last = groups.at(-1);
  return last?.length === BATCH_MEMBERS_MAX ? [...groups, []] : groups;
}

/**
 * Brings a batch as a shard has packed it (SPEC §7.14); null where its members must be judged one by one, since some of them are known, or too
 * much is here already, and where they are so few that they wait for others.
 */
export function bringPacked(turn: Turn, round: Round, body: BatchBody): Turn | null {
  const { members } = body;
  const full = members.length === BATCH_MEMBERS_MAX || 2 * packedBytes(body).length >= FRAME_BYTES_MAX;
  const enough = full || (isRoomy(round) && members.length >= BATCH_MEMBERS_ENOUGH);
  if (!enough || refusalOf(turn, round) !== null || !mayBring(turn.state, round)) return null;
  const { room, share, most } = boundsOf(round);
  const draft = new Draft(round.intake);
  const kept = keptBytesOf(body);
  if (draft.bytes + BATCH_BYTES_LEAST > room || draft.kept + kept > most) return null;
  const perSeat = seatShare(round.batched.size, share);
  const seats = new Map<number, { count: number; kept: number }>();
  for (const member of members) {
    const standing = draft.standingOf(member);
    if (draft.has(member.id) || draft.isTwice(standing)) return null;
    const seat = member.slot.seat as number;
    const so = seats.get(seat) ?? { count: draft.countOf(seat), kept: draft.keptOf(seat) };
    seats.set(seat, { count: so.count + 1, kept: so.kept + standing.kept });
  }
  const over = [...seats.values()].some((seat) => seat.count > BATCHED_PER_SEAT_MAX || seat.kept > perSeat);
  return over ? null : sign(turn, body);
}

const bring = (turn: Turn, group: readonly Taken[]): Turn => (group.length === 0 ? turn : sign(turn, batchOf(group)));

/** Signs one batch, or two where its frame would be too large. */
function sign(turn: Turn, body: BatchBody): Turn {
  const group = body.members as readonly Taken[];
  const splits = (bytes: Uint8Array) => bytes.length > FRAME_BYTES_MAX && group.length > 1;
  if (splits(packedBytes(body))) return halves(group).reduce(bring, turn);
  const round = currentRound(turn.state) as Round;
  const slot = { seat: round.closing.own, attempt: null, item: `batch ${ownBatches(round) + 1}` };
  const parents = [turn.state.ceremony];
  const { turn: spoken, said } = say(turn, { round: round.index, slot, body, parents, numbered: true });
  if (splits(said.frame)) return halves(group).reduce(bring, turn);
  const batch = said as VerifiedObservation & Observation<BatchBody>;
  const by = turn.state.self.authority;
  const held = holdBatch(spoken, round, batch, "attestation", by);
  return publish(held, audienceOf(held.state, round), said);
}

/** By bytes, so that neither is small where the whole was large. */
function halves(group: readonly Taken[]): readonly (readonly Taken[])[] {
  const total = group.reduce((sum, { frame }) => sum + frame.length, 0);
  let [bytes, at] = [0, 0];
  while (at < group.length - 1 && (at === 0 || bytes < total / 2)) bytes += (group[at++] as Taken).frame.length;
  return [group.slice(0, at), group.slice(at)];
}

function storeWaiting(turn: Turn, index: number): Turn {
  const round = turn.state.rounds[index] as Round;
  const { waiting, stored } = round.intake;
  const fresh = [...waiting.values()].filter(({ id }) => !stored.has(id));
  if (fresh.length === 0) return turn;
  const intake = { ...round.intake, stored: new Set(waiting.keys()) };
  return fresh.reduce<Turn>(append, { ...turn, state: replaceRound(turn.state, { ...round, intake }) });
}
