// One shard of an intake (SPEC §7.14): it judges what comes for its seats as the ceremony itself would, with the same code, and hands it over.
// What it cannot judge by its terms it leaves to the ceremony.
import { BATCH_MEMBERS_MAX, BATCH_UNPACKED_BYTES_MAX, FRAME_BYTES_MAX, SHARD_WAITING_BYTES_MAX } from "../limits.ts";
import { batchOf, packedBytes } from "../observation/batch.ts";
import type { Call, Id, Observation, VerifiedObservation } from "../observation/observation.ts";
import { type Fault, fault, invariant } from "../result.ts";
import { isForBatch } from "./absorb.ts";
import { openRound, readCall } from "./call.ts";
import type { Receipt } from "./effect.ts";
import type { Credit, Terms } from "./handover.ts";
import { type Bounds, takeIn } from "./intake.ts";
import { batchesPerElector } from "./listing.ts";
import { countsOf } from "./seat-counts.ts";
import { isClosing, shardOf } from "./spread.ts";
import { type CeremonyState, emptyState, type Round, type Self } from "./state.ts";
import { type Intake, noteBatch, type Taken } from "./taken.ts";
import type { Turn } from "./turn.ts";

export type ShardState = {
  readonly terms: Terms;
  readonly credit: Credit;
  /** As the ceremony's own would be while this shard is its whole intake. */
  readonly ceremony: CeremonyState;
  /** Bytes kept of what was handed over. */
  readonly handedKept: number;
};

export type ShardStep = {
  readonly state: ShardState;
  /** One for each statement; null for what the ceremony has to answer. */
  readonly receipts: readonly (Receipt | null)[];
  readonly taken: readonly Taken[];
  readonly refused: readonly { readonly observation: VerifiedObservation; readonly fault: Fault }[];
};

export function openShard(self: Self, call: Observation<Call>, terms: Terms): ShardState {
  const opening = readCall(call.body);
  invariant(opening.ok, "the call of a running ceremony reads");
  const { policy } = opening.value;
  const { round: index, seats, opensAt, closesAt } = terms;
  const { subject, under = null } = call.body;
  const stage = { is: "give", asked: null, standing: [] } as const; // takes no part in what is admitted
  const times = { opensAt, closesAt, frame: call.timeFrame };
  const opened = openRound(call.id, policy.policy, { index, seats, ...times, subject, under, stage }, self.root);
  const perSeat = countsOf(terms.taken.map(([seat, count]) => [seat, count]));
  const keptOf = countsOf(terms.taken.map(([seat, , kept]) => [seat, kept]));
  const round: Round = { ...opened, intake: { ...opened.intake, perSeat, keptOf } };
  // Of earlier rounds nothing is ever asked here; they only keep their places.
  const rounds = Array.from({ length: index + 1 }, () => round);
  const ceremony = { ...emptyState(call.id, self), call, policy, rounds };
  return { terms, credit: terms.credit, ceremony, handedKept: 0 };
}

const roundOf = ({ ceremony, terms }: ShardState) => ceremony.rounds[terms.round] as Round;

/** What waits to be handed over, in order of arrival. */
export function waitingIn(state: ShardState): Intake["waiting"] {
  return roundOf(state).intake.waiting;
}

/** What is handed over next, in order of arrival: as much as one batch holds, and fits into its frame. */
export function nextPack(state: ShardState): readonly Taken[] {
  const group: Taken[] = [];
  let bytes = 0;
  for (const taken of waitingIn(state).values()) {
    bytes += taken.frame.length;
    if (group.length === BATCH_MEMBERS_MAX || (group.length > 0 && bytes > BATCH_UNPACKED_BYTES_MAX)) break;
    group.push(taken);
  }
  while (group.length > 1 && packedBytes(batchOf(group)).length > FRAME_BYTES_MAX - FRAME_AROUND_BYTES)
    group.splice(Math.ceil(group.length / 2));
  return group;
}

/** Of a batch's frame, what stands around its block: its credentials for the most part. */
const FRAME_AROUND_BYTES = 8_192;

/** Judges what comes. From the close on a shard answers for nothing: the ceremony does. */
export function takeInShard(state: ShardState, now: number, observations: readonly VerifiedObservation[]): ShardStep {
  const round = roundOf(state);
  const time = now + state.terms.correction;
  const open = !isClosing(round, time);
  const fits = observations.map((observation) => open && isOurs(state, observation));
  const ours = observations.filter((_, index) => fits[index]) as readonly Taken[];
  const turn = takeIn(turnOf(state, time, false), round, ours, boundsFor(state, round));
  const refusals = new Map(
    turn.effects.flatMap((effect) => (effect.do === "refuse" ? [effect.observation] : [])).map((one) => [one.id, one]),
  );
  let next = 0;
  const receipts = fits.map((fit) => (fit ? (turn.receipts[next++] as Receipt) : null));
  const after = { ...state, ceremony: turn.state };
  const taken = ours.filter(({ id }) => waitingIn(after).has(id) && !waitingIn(state).has(id));
  const refused = receipts.flatMap((receipt) => refusedBy(receipt, refusals));
  return { state: after, receipts, taken: [...new Map(taken.map((one) => [one.id, one])).values()], refused };
}

/** What is only turned away for now leaves no trace: it comes again. */
function refusedBy(receipt: Receipt | null, statements: ReadonlyMap<Id, VerifiedObservation>): ShardStep["refused"] {
  const observation = receipt === null ? undefined : statements.get(receipt.id);
  if (receipt === null || observation === undefined || receipt.code === null || receipt.code === "SHARD_BEHIND")
    return [];
  return [{ observation, fault: { code: receipt.code, detail: receipt.detail } }];
}

function isOurs({ ceremony, terms }: ShardState, observation: VerifiedObservation): boolean {
  if (observation.round !== terms.round || !isForBatch(ceremony, observation)) return false;
  return shardOf(observation.slot.seat as number, terms.shards) === terms.shard;
}

function boundsFor({ credit, handedKept, terms }: ShardState, round: Round): Bounds {
  const room = Math.min(credit.waiting, SHARD_WAITING_BYTES_MAX);
  const behind = fault("SHARD_BEHIND", { found: round.intake.waiting.size, shard: terms.shard }).fault;
  const full =
    credit.waiting > 0 ? behind : fault("INTAKE_FULL", { round: terms.round, limit: batchesPerElector(round) }).fault;
  return { room, full, share: credit.kept, most: credit.kept - handedKept };
}

/** The ceremony has these: they are known here from now on, and wait no longer. */
export function handedOver(state: ShardState, handed: readonly Taken[], waiting: number | null): ShardState {
  const before = roundOf(state);
  const { intake } = noteBatch(before.intake, handed);
  const round = { ...before, intake };
  const rounds = state.ceremony.rounds.map((other) => (other === before ? round : other));
  const handedKept = state.handedKept + before.intake.kept - intake.kept;
  const credit = { ...state.credit, waiting: waiting ?? state.credit.waiting };
  return { ...state, credit, ceremony: { ...state.ceremony, rounds }, handedKept };
}

/** After a restart: everything that was taken in, in its order, and what of it was handed over. */
export function shardAgain(opened: ShardState, taken: readonly Taken[], handed: ReadonlySet<Id>): ShardState {
  const turn = takeIn(turnOf(opened, 0, true), roundOf(opened), taken);
  const state = { ...opened, ceremony: turn.state };
  return handedOver(
    state,
    taken.filter(({ id }) => handed.has(id)),
    null,
  );
}

function turnOf({ ceremony }: ShardState, now: number, replaying: boolean): Turn {
  const author = () => {
    throw new Error("broken invariant: a shard signs nothing");
  };
  return { state: ceremony, effects: [], receipts: [], now, author, replaying };
}
