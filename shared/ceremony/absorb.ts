// Taking in one observation that has passed the door (SPEC §7.6): where it belongs, and whether its signer may say it there.
// Nothing is signed or decided here; that is `settle`, once everything of a turn has been taken in.
import { grantsRole, rootOf } from "../authority/chain.ts";
import { isHalted, provenFaults } from "../closing/derive.ts";
import { powerOf } from "../closing/power.ts";
import { receive } from "../closing/receive.ts";
import { type Closing, type ClosingMessage, messagesOf } from "../closing/state.ts";
import { smallOf } from "../observation/kept.ts";
import {
  type BatchBody,
  type Call,
  type Id,
  isKind,
  type NoticeBody,
  type Observation,
  type OutcomeBody,
  type StatusBody,
  type VerifiedObservation,
} from "../observation/observation.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { absorbBatch } from "./batch.ts";
import { openCeremony } from "./call.ts";
import { absorbDispute, type DisputeBody } from "./contest.ts";
import { noteForks } from "./device-forks.ts";
import { absorbContribution } from "./gather.ts";
import { checkGuest, isGuestJoin } from "./guests.ts";
import { takeIn } from "./intake.ts";
import { absorbNotice } from "./notice.ts";
import { refuseToPark } from "./parked.ts";
import { groundDetail } from "./standpoint.ts";
import {
  audienceOf,
  type CeremonyState,
  hasRoot,
  type RosterSeat,
  type Round,
  replaceRound,
  seatAt,
  silence,
} from "./state.ts";
import { ASKS_MAX, answerStatus, answerStranger } from "./status.ts";
import { withdrawalOf } from "./struck.ts";
import type { Taken } from "./taken.ts";
import { append, authorityOf, publish, receipt, record, refuseIn, type Turn, withState } from "./turn.ts";
import { tellSpoilt } from "./witness.ts";

/** Takes in what came together. Runs of contributions that wait for a batch are taken in at once: in a burst there is little else. */
export function absorbAll(start: Turn, observations: readonly VerifiedObservation[]): Turn {
  let turn = start;
  let run: Taken[] = [];
  const takeRun = () => {
    const [first] = run;
    if (first !== undefined) turn = takeIn(turn, turn.state.rounds[first.round as number] as Round, run);
    run = [];
  };
  for (const observation of observations) {
    const joins = isForBatch(turn.state, observation);
    if (!joins || (run.length > 0 && run[0]?.round !== observation.round)) takeRun();
    if (joins) run.push(observation as Taken);
    else turn = absorb(turn, observation);
  }
  takeRun();
  return turn;
}

/** Whether a statement is a contribution in its signer's own seat, one whose holder runs no agent. */
export function isForBatch(state: CeremonyState, observation: VerifiedObservation): boolean {
  const { ceremony, key, slot, round: index } = observation;
  const round = state.rounds[index ?? -1];
  if (round === undefined || ceremony !== state.ceremony || state.refusal !== null || key === state.self.key)
    return false;
  return (
    observation.body.kind === "contribution" && round.batched.has(slot.seat ?? -1) && checkSeat(round, observation).ok
  );
}

export function absorb(turn: Turn, observation: VerifiedObservation): Turn {
  const { state } = turn;
  if (isKind(observation, "call")) return absorbCall(turn, observation);
  if (observation.ceremony !== state.ceremony)
    return refuseIn(turn, observation, fault("CEREMONY_MISMATCH", { found: observation.ceremony }).fault);
  if (state.call === null) return park(turn, observation, "CEREMONY_UNKNOWN");
  if (state.refusal !== null) return refuseIn(turn, observation, state.refusal);
  if (isKind(observation, "status") && observation.slot.seat === null) return answerStranger(turn, observation);
  const round = turn.state.rounds[observation.round as number];
  if (round === undefined) return park(noticeOwnKey(turn, observation), observation, "ROUND_UNKNOWN");
  const seat = isGuestJoin(state, round, observation) ? checkGuest(state, observation) : checkSeat(round, observation);
  if (!seat.ok) return refuseIn(turn, observation, seat.fault);
  return noteForks(turn, absorbSeated(noticeOwnKey(turn, observation), round, seat.value, observation), observation);
}

function absorbSeated(turn: Turn, round: Round, seat: RosterSeat, observation: VerifiedObservation): Turn {
  switch (observation.body.kind) {
    case "contribution":
      return round.batched.has(seat.index)
        ? takeIn(turn, round, [observation as Taken])
        : absorbContribution(turn, round, observation);
    case "notice":
      return absorbNotice(turn, round, observation as VerifiedObservation & Observation<NoticeBody>);
    case "batch":
      return absorbBatch(turn, round, seat, observation as VerifiedObservation & Observation<BatchBody>);
    case "status":
      return answerStatus(turn, round, seat, observation as Observation<StatusBody>);
    case "outcome":
      return absorbOutcome(turn, seat, observation as VerifiedObservation & Observation<OutcomeBody>);
    case "dispute":
      return absorbDispute(turn, seat, observation as VerifiedObservation & Observation<DisputeBody>);
    case "unknown":
      return holdFor(turn, round, seat, observation, observation.body.extension);
    case "call":
      return refuseIn(turn, observation, fault("CEREMONY_MISMATCH", { found: observation.id }).fault);
    default:
      return absorbClosing(turn, round, seat, observation as VerifiedObservation & ClosingMessage);
  }
}

function absorbCall(turn: Turn, call: VerifiedObservation & Observation<Call>): Turn {
  const { state } = turn;
  if (call.id !== state.ceremony) return refuseIn(turn, call, fault("CEREMONY_MISMATCH", { found: call.id }).fault);
  if (state.call !== null) return receipt(turn, call.id, "ignored", "DUPLICATE");
  const opened = { ...turn, state: openCeremony(state, call) };
  const kept = append(opened, call);
  const { refusal } = opened.state;
  if (refusal !== null) return refuseIn(kept, call, refusal);
  const admitted = record(receipt(kept, call.id, "admitted"), "admission", [call.id], authorityOf(state, call), {
    kind: "call",
    ...groundDetail(opened.state),
  });
  return unpark(admitted);
}

/** Reads again, in order of arrival, what waited for the call or for a round. */
export function unpark(turn: Turn): Turn {
  const waiting = [...turn.state.parked.values()];
  const receipts = turn.receipts;
  const emptied = withState(turn, { parked: new Map() });
  const read = waiting.reduce(absorb, emptied);
  // Whoever sent them was answered when they came; a verifier asks for the last word on each.
  return turn.replaying ? read : { ...read, receipts };
}

function park(turn: Turn, observation: VerifiedObservation, why: "CEREMONY_UNKNOWN" | "ROUND_UNKNOWN"): Turn {
  const { parked } = turn.state;
  const detail = { round: observation.round };
  if (parked.has(observation.id)) return receipt(turn, observation.id, "held", why, detail);
  const isStatus = observation.body.kind === "status";
  const others = isStatus ? [...parked].filter(([, other]) => !isStatusOf(other, observation.key)) : [...parked];
  // What was stored once is read again whole: the rounds that it waits for open when those before them have been decided again.
  const waiting = others.map(([, other]) => other);
  const refusal = turn.replaying ? null : refuseToPark(waiting, observation);
  if (refusal !== null) return refuseIn(turn, observation, refusal);
  // What waits for a call shows that the ceremony lives: it is asked for once more, however often it was asked for in vain.
  const quiet = turn.state.call === null ? Math.min(turn.state.quiet, ASKS_MAX - 1) : turn.state.quiet;
  const kept = withState(turn, { parked: new Map(others).set(observation.id, smallOf(observation)), quiet });
  // A parked status is news for this moment only; it is not stored, but it says whom to ask.
  const stored = isStatus ? kept : append(kept, observation);
  return receipt(stored, observation.id, "held", why, detail);
}

function isStatusOf(parked: VerifiedObservation, key: string): boolean {
  return parked.body.kind === "status" && parked.key === key;
}

/** The seat that the slot names must be the signer's: by root key and role, never by who spoke first (SPEC §7.6). */
function checkSeat(round: Round, observation: Observation): Result<RosterSeat> {
  const root = rootOf(observation.chain);
  if (!hasRoot(round, root)) return fault("NOT_A_PARTY");
  const seat = seatAt(round, observation.slot.seat);
  if (seat === undefined || seat.root !== root)
    return fault("SEAT_MISMATCH", { seat: observation.slot.seat, holder: seat?.authority ?? "nobody" });
  return grantsRole(observation.chain, seat.role)
    ? ok(seat)
    : fault("ROLE_NOT_GRANTED", {
        role: seat.role,
        granted: observation.chain[observation.chain.length - 1]?.grant.roles.join(", "),
      });
}

/** A statement under our own key that our store lacks: we were restored from an older copy, and sign nothing more (SPEC §8.6). */
function noticeOwnKey(turn: Turn, observation: VerifiedObservation): Turn {
  const { state } = turn;
  const own = observation.key === state.self.key && observation.body.kind !== "status";
  if (turn.replaying || !own || isHeld(turn, observation.id)) return turn;
  const { sequence } = observation.lineage;
  const later = sequence !== null && sequence > state.head.sequence;
  const ahead = withState(turn, { head: later ? { sequence, prev: observation.id } : state.head });
  if (state.mute) return ahead;
  const muted = withState(ahead, silence(state));
  return record(muted, "alert", [observation.id], state.self.authority, { code: "MUTE" });
}

function isHeld({ state }: Turn, id: Id): boolean {
  const inRound = (round: Round) => round.held.has(id) || isStored(round.closing, id);
  return (
    state.rounds.some(inRound) ||
    state.disputes.has(id) ||
    [...state.outcomes.values()].some((outcome) => outcome.id === id)
  );
}

function isStored(closing: Closing, id: Id): boolean {
  return messagesOf(closing).some((message) => message.id === id);
}

function absorbClosing(
  turn: Turn,
  round: Round,
  seat: RosterSeat,
  message: VerifiedObservation & ClosingMessage,
): Turn {
  const unfit = outOfTime(turn.state, round, message) ?? withdrawalOf(turn.state.rounds.slice(0, round.index), message);
  if (unfit !== null) return refuseIn(turn, message, unfit);
  const received = receive(round.closing, message, turn.replaying ? Number.POSITIVE_INFINITY : undefined);
  const noted = { ...turn, state: replaceRound(turn.state, { ...round, closing: received.closing }) };
  if (!received.ok) return refuseIn(noted, message, received.fault);
  if (!received.value.fresh) return receipt(noted, message.id, "ignored", "DUPLICATE");
  const stored = append(receipt(noted, message.id, "admitted"), message);
  const entered = record(stored, "admission", [message.id], seat.authority, {
    kind: message.body.kind,
    round: round.index,
  });
  return recordFaults(tellSpoilt(entered, received.closing, message, seat), round, received.closing, seat);
}

/**
 * A closing statement is dated within its ceremony, give or take the tolerance: a key that expired or was withdrawn before could else
 * vote by dating its statements back.
 */
function outOfTime({ policy, call }: CeremonyState, round: Round, { at }: Observation): Fault | null {
  const tolerance = policy?.policy.timing.tolerance ?? 0;
  const [from, until] = [round.opensAt, call?.body.expiresAt ?? 0];
  const missed = at[0] < from - tolerance || at[1] > until + tolerance;
  return missed ? fault("WINDOW_MISSED", { at: at[0], from, until }).fault : null;
}

/**
 * Writes down a newly proved fault, and the moment when faults exceed what the policy tolerates. Both halves go to the others, who may
 * each have been shown one only: a proof that one party keeps for itself convicts nobody (SPEC §8.6).
 */
function recordFaults(turn: Turn, round: Round, after: Closing, seat: RosterSeat): Turn {
  const before = round.closing;
  const proof = after.faulty.get(seat.index);
  if (proof === undefined || before.faulty.has(seat.index)) return turn;
  const halves = messagesOf(after).filter(({ id }) => proof.includes(id)) as readonly Observation[];
  const told = halves.reduce(
    (sent, half) => publish(sent, audienceOf(turn.state, round), half as VerifiedObservation),
    turn,
  );
  const proved = record(told, "byzantine-event", proof, seat.authority, { code: "EQUIVOCATION", seat: seat.index });
  return isHalted(after) && !isHalted(before)
    ? record(proved, "alert", proof, null, {
        code: "OVER_TOLERANCE",
        found: provenFaults(after),
        limit: after.electorate.tolerated,
      })
    : proved;
}

function absorbOutcome(turn: Turn, seat: RosterSeat, outcome: VerifiedObservation & Observation<OutcomeBody>): Turn {
  // The ceremony went on after that round, so that there was no outcome; and seats may have other numbers since.
  const round = outcome.round as number;
  if (round < turn.state.rounds.length - 1) return receipt(turn, outcome.id, "ignored", "ROUND_CLOSED", { round });
  const known = turn.state.outcomes.get(seat.index);
  if (known?.id === outcome.id) return receipt(turn, outcome.id, "ignored", "DUPLICATE");
  if (known !== undefined)
    return refuseIn(
      turn,
      outcome,
      fault("EQUIVOCATION", { seat: seat.index, first: known.id, second: outcome.id }).fault,
    );
  const kept = withState(turn, { outcomes: new Map(turn.state.outcomes).set(seat.index, outcome) });
  const stored = append(receipt(kept, outcome.id, "admitted"), outcome);
  const entered = record(stored, "admission", [outcome.id], seat.authority, { kind: "outcome" });
  const own = turn.state.ending?.digest;
  return own === undefined || own === outcome.body.digest
    ? entered
    : record(entered, "alert", [outcome.id], seat.authority, { code: "OUTCOME_MISMATCH" });
}

/**
 * What this engine does not understand stops one ceremony and says so, once electors of more than tolerated power say it: fewer may be
 * liars, whose say must not stop the others. It is neither skipped nor fatal (SPEC §3.4). One such statement of each seat is kept.
 */
function holdFor(
  turn: Turn,
  round: Round,
  seat: RosterSeat,
  observation: VerifiedObservation,
  extension: string,
): Turn {
  const { state } = turn;
  const answered = receipt(turn, observation.id, "held", "CEREMONY_HELD", { extension });
  if (state.hold !== null || state.ending !== null || state.unread.has(seat.index)) return answered;
  const unread = new Set(state.unread).add(seat.index);
  const { electorate } = round.closing;
  const hold = powerOf(electorate, unread) > electorate.tolerated ? extension : null;
  const stored = append(withState(answered, { unread, hold }), observation);
  return record(stored, "hold", [observation.id], seat.authority, { extension, stops: hold === null ? "no" : "yes" });
}
