// What follows from all that has been taken in (SPEC §7.8): closing rules until none applies, the next round or the ending, the
// repair status when it is due, and the time to wake. The same function runs after messages, after time has passed and after a restart.
import { receive } from "../closing/receive.ts";
import { nextMove, type Own, type Surroundings } from "../closing/rules.ts";
import { type Certificate, type ClosingMessage, type Decision, messagesOf } from "../closing/state.ts";
import type { Entry } from "../lineage/entry.ts";
import type { MembershipChange } from "../membership/change.ts";
import type { Id, Observation, VerifiedObservation } from "../observation/observation.ts";
import type { Handover, Verdict } from "../outcome/contribution.ts";
import type { Progress } from "../outcome/rounds.ts";
import type { PinnedPolicy } from "../policy/policy.ts";
import { invariant } from "../result.ts";

import { unpark } from "./absorb.ts";
import { advance, openNext } from "./advance.ts";
import { countedBy, outcomeRoot } from "./counted.ts";
import { noteFixed, settledSince } from "./gather.ts";
import { bringBatches } from "./intake.ts";
import { batchesPerElector, itemsPerSeat } from "./listing.ts";
import { carryOn } from "./notice.ts";
import { ENGINE_VERSION, recordDigest, type TerminalRecord } from "./record.ts";
import { planStatus, reportIfDue } from "./report.ts";
import { awaitsShards, beginSealing, isClosing } from "./spread.ts";
import {
  audienceOf,
  type CeremonyState,
  currentRound,
  ownSeat,
  policyOf,
  type RosterSeat,
  type Round,
  replaceRound,
  silence,
} from "./state.ts";
import { withdrawalOf } from "./struck.ts";
import { append, publish, record, say, type Turn, withEffects, withState } from "./turn.ts";
import { beforeWitness } from "./witness.ts";

/** Moves in one turn: far more than any honest path takes, so that a rule that undoes another is found at once. */
const MOVES_MAX = 10_000;

export function settleTurn(turn: Turn): Turn {
  const moved = closeRounds(bringBatches(expireIfDue(turn)));
  return wake(reportIfDue(planStatus(moved)));
}

function expireIfDue(turn: Turn): Turn {
  const { call, ending, expired, ceremony } = turn.state;
  if (call === null || ending !== null || expired || turn.now < call.body.expiresAt) return turn;
  return record(withState(turn, { expired: true, statusAt: null }), "expiry", [ceremony], null);
}

export function closeRounds(start: Turn): Turn {
  let turn = start;
  for (let moves = 0; moves < MOVES_MAX; moves++) {
    const next = closeOnce(turn);
    if (next === null) return turn;
    turn = next;
  }
  throw new Error("broken invariant: the closing rules reach rest");
}

function closeOnce(turn: Turn): Turn | null {
  const { state } = turn;
  const round = currentRound(state);
  if (round === undefined || state.policy === null || state.hold !== null || state.ending !== null) return null;
  const early = turn.replaying ? null : planEarlyClose(turn, round);
  if (early !== null) return early;
  const sealing = turn.replaying ? null : beginSealing(turn, round);
  if (sealing !== null) return sealing;
  const move = nextMove(silenced(turn, round).closing, surroundings(turn, round));
  if (move === null) return null;
  if ("say" in move) return sayInClosing(turn, round, move.say, move.attempt, move.with, move.due ?? {});
  const { decision } = move.closing;
  const kept = {
    ...turn,
    state: replaceRound(state, { ...round, closing: { ...move.closing, mute: round.closing.mute } }),
  };
  return decision === null ? kept : finishRound(kept, decision);
}

/** Past the hard expiry, mute, or while it reads its store again, a party signs nothing; but a certificate that reaches it still counts (SPEC §8.9). */
function silenced({ state, replaying }: Turn, round: Round): Round {
  return state.expired || state.mute || replaying ? { ...round, closing: { ...round.closing, mute: true } } : round;
}

function surroundings(turn: Turn, round: Round): Surroundings {
  const mayClose = isClosing(round, turn.now) && !awaitsShards(round, turn.now);
  const { timing } = policyOf(turn.state);
  const [perSeat, batches] = [itemsPerSeat(round), batchesPerElector(round)];
  return { now: turn.now, held: round.held, mayClose, perSeat, batches, timing };
}

/**
 * Starts the settle margin once the verdict is fixed everywhere; null where nothing changes. It is counted from when the last of them came to
 * hold it, not from when that was heard here: so all wait until one and the same instant, however long reports travel.
 */
function planEarlyClose(turn: Turn, round: Round): Turn | null {
  const { own, witnesses } = round.closing;
  if (own === null || round.earlyAt !== null || turn.now >= round.closesAt || witnesses.has(own)) return null;
  const policy = policyOf(turn.state);
  const noted = noteFixed(policy, turn.state.rounds, turn.now);
  const since = settledSince(noted);
  if (noted === round && since === null) return null;
  // Whoever's clock is ahead, or says so, makes nobody wait longer than from now.
  const earlyAt = since === null ? null : Math.min(since, turn.now) + policy.timing.settleMargin;
  return { ...turn, state: replaceRound(turn.state, { ...noted, earlyAt }) };
}

function sayInClosing(
  turn: Turn,
  before: Round,
  own: Own,
  attempt: number | null,
  alongside: readonly Id[],
  due: object,
): Turn {
  const slot = { seat: before.closing.own, attempt, item: null };
  const { turn: noted, body } = own.kind === "witness" ? beforeWitness(turn, before, own) : { turn, body: own };
  const round = noted.state.rounds[before.index] as Round;
  const spoken = say(noted, { round: round.index, slot, body, parents: [], numbered: true });
  const withdrawn = withdrawalOf(turn.state.rounds.slice(0, round.index), spoken.said);
  // Nobody else would take it: the party's own key was withdrawn in an earlier round, and it says so once.
  if (withdrawn !== null)
    return record(withState(turn, silence(turn.state)), "alert", [], turn.state.self.authority, {
      code: withdrawn.code,
      ...(withdrawn.detail as Entry["detail"]),
    });
  const received = receive(round.closing, spoken.said as VerifiedObservation & ClosingMessage);
  invariant(received.ok && received.value.fresh, "our own statement is stored");
  const closing = { ...received.closing, due: { ...received.closing.due, ...due } };
  const quiet = body.kind === "witness" ? 0 : turn.state.quiet;
  const stored = append(
    { ...spoken.turn, state: { ...replaceRound(spoken.turn.state, { ...round, closing }), quiet } },
    spoken.said,
  );
  const entered = record(stored, "attestation", [spoken.said.id], turn.state.self.authority, {
    kind: body.kind,
    round: round.index,
  });
  const peers = audienceOf(turn.state, round);
  const statements: readonly Observation[] = [...round.held.values(), ...messagesOf(closing)];
  const basis = statements.filter(({ id }) => alongside.includes(id)) as readonly Observation[];
  return [...basis, spoken.said].reduce(
    (sent, observation) => publish(sent, peers, observation as VerifiedObservation),
    entered,
  );
}

export function finishRound(turn: Turn, { root, certificate }: Decision): Turn {
  const { state } = turn;
  const round = currentRound(state) as Round;
  const about = [...certificate.witnesses, ...precommitsOf(certificate)];
  const detail = {
    round: round.index,
    root,
    path: certificate.path,
    contributions: round.closing.decision?.set.length ?? 0,
  };
  const closed = record(turn, "round-transition", about, null, detail);
  const { policy, call } = state;
  invariant(policy !== null && call !== null, "a round has a policy and a call");
  const { result, excluded, roster } = advance(policy.policy, state.rounds);
  if (result.is === "next") {
    const next = openNext(state, policy.policy, call.body, result);
    const changed = recordMembership(closed, round, next, result.changes);
    // A roster of those present numbers its seats anew: who said what nobody can read is counted anew too.
    const unread = round.stage.is === "join" ? new Set<number>() : state.unread;
    const opened = withState(changed, { rounds: [...state.rounds, next], outcomes: new Map(), quiet: 0, unread });
    return carryOn(unpark(opened));
  }
  const passed = (result.handovers ?? []).reduce(recordHandover, closed);
  return conclude(passed, round, terminalRecord(state, policy, call.mesh, { result, excluded, roster }));
}

/** Who is in the next round and was not in this one, and the other way round; those present may have been given other numbers. */
function recordMembership(turn: Turn, before: Round, after: Round, acts: readonly MembershipChange[]): Turn {
  const isIn = ({ seats }: Round, seat: RosterSeat) =>
    seats.some(({ root, role }) => root === seat.root && role === seat.role);
  const changes = [
    ...before.seats.filter((seat) => !isIn(after, seat)).map((seat) => ["left", seat] as const),
    ...after.seats.filter((seat) => !isIn(before, seat)).map((seat) => ["joined", seat] as const),
  ];
  return changes.reduce((told, [action, { index, authority, role }]) => {
    const act = acts.find((change) => change.action === action && change.seat.index === index);
    const why = act === undefined ? {} : { why: act.why, ...(act.reason === "" ? {} : { reason: act.reason }) };
    const bound = act === undefined || act.bound === null ? {} : { bound: act.bound };
    const detail = { action, seat: index, role, from: after.index, ...why, ...bound };
    return record(told, "membership-change", act?.about ?? [], authority, detail);
  }, turn);
}

function recordHandover(turn: Turn, { release, acceptance, translation, from, to, object }: Handover): Turn {
  const detail = { from, to, ...(object === null ? {} : { object }) };
  return record(turn, "handoff", [release, acceptance, ...(translation === null ? [] : [translation])], from, detail);
}

function conclude(turn: Turn, round: Round, terminal: TerminalRecord): Turn {
  const { state } = turn;
  const digest = recordDigest(terminal);
  const ending = { record: terminal, digest, late: state.expired };
  const ended = record(
    withState(turn, { ending, statusAt: null, quiet: 0 }),
    terminal.status === "decided" ? "outcome" : "abandonment",
    [state.ceremony],
    null,
    { digest, ...(terminal.cause === null ? {} : { cause: terminal.cause }) },
  );
  const alerted = state.expired ? record(ended, "alert", [state.ceremony], null, { code: "CERTIFICATE_LATE" }) : ended;
  return announce(withEffects(alerted, { do: "conclude", ending }), round, terminal.status, digest);
}

function precommitsOf(certificate: Certificate): readonly Id[] {
  return certificate.path === "contested" ? certificate.precommits : [];
}

/** The record that the closed sets give. */
function terminalRecord(
  state: CeremonyState,
  policy: PinnedPolicy,
  mesh: string,
  { result: verdict, excluded, roster }: Progress & { readonly result: Verdict },
): TerminalRecord {
  return {
    engine: ENGINE_VERSION,
    mesh,
    ceremony: state.ceremony,
    policy: policy.hash,
    status: verdict.is,
    value: verdict.value ?? null,
    cause: verdict.cause ?? null,
    roots: state.rounds.map(outcomeRoot),
    excluded,
    roster: roster as readonly RosterSeat[] | null,
    explanation: verdict.explanation,
  };
}

/** Tells the others what was computed here, so that each can show how far the parties agree. */
function announce(turn: Turn, round: Round, status: "decided" | "abandoned", digest: Id): Turn {
  const seat = ownSeat(turn.state, round, () => true);
  if (seat === undefined || turn.state.mute || turn.state.expired || turn.replaying) return turn;
  const slot = { seat: seat.index, attempt: null, item: null };
  const certificate = round.closing.decision?.certificate;
  const { turn: spoken, said } = say(turn, {
    round: round.index,
    slot,
    body: { kind: "outcome", digest, status },
    // Names the statements of the certificate, and so vouches that they existed by now (SPEC §5.4).
    parents: certificate === undefined ? [] : [...certificate.witnesses, ...precommitsOf(certificate)].sort(),
    numbered: true,
    derivation: countedBy(turn.state),
  });
  const kept = withState(spoken, { outcomes: new Map(spoken.state.outcomes).set(seat.index, said as never) });
  const entered = record(append(kept, said), "attestation", [said.id], kept.state.self.authority, { kind: "outcome" });
  return publish(entered, audienceOf(kept.state, round), said);
}

/** The earliest instant after `now` at which time alone can change something; null where there is none. */
export function wakeAt(state: CeremonyState, now: number): number | null {
  let first = Number.POSITIVE_INFINITY;
  const note = (at: number | null | undefined) => {
    if (at !== null && at !== undefined && at > now && at < first) first = at;
  };
  const round = currentRound(state);
  const open = state.ending === null && !state.expired;
  if (open && state.refusal === null) note(state.call?.body.expiresAt);
  if (open && state.hold === null && round !== undefined) {
    const { due } = round.closing;
    const bringing = round.intake.waiting.size === 0 ? null : round.intake.dueAt;
    const sealing = round.intake.spread?.sealBy;
    for (const at of [
      round.closesAt,
      round.earlyAt,
      sealing,
      bringing,
      due.contest,
      due.propose,
      due.prevote,
      due.precommit,
    ])
      note(at);
  }
  note(state.statusAt);
  return Number.isFinite(first) ? first : null;
}

function wake(turn: Turn): Turn {
  return withEffects(turn, { do: "wake", at: wakeAt(turn.state, turn.now) });
}
