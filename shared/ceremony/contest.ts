// Disputes (SPEC §25): who held a seat may contest the outcome, answer, or say how a dispute is ruled. All of it is kept beside the outcome
// and shown wherever that is; the outcome's bytes stay what they are.
import type { Body, Id, Observation, VerifiedObservation } from "../observation/observation.ts";
import { fault } from "../result.ts";
import type { CeremonyState, RosterSeat, Round } from "./state.ts";
import { audienceOf } from "./state.ts";
import { append, publish, receipt, record, refuseIn, say, type Turn, VALIDITY_MARGIN, withState } from "./turn.ts";

export type DisputeBody = Extract<Body, { kind: "dispute" }>;
export type Contest = Omit<DisputeBody, "kind" | "digest">;

/** Things that one seat may say about an outcome. */
const DISPUTES_PER_SEAT_MAX = 8;

/** Until when an outcome may be disputed: a day after the hard expiry, in microseconds. */
function lastInstant({ call }: CeremonyState): number {
  return (call?.body.expiresAt ?? 0) + VALIDITY_MARGIN;
}

/** Takes in what somebody says about the outcome, whether or not it is known here yet. */
export function absorbDispute(
  turn: Turn,
  seat: RosterSeat,
  dispute: VerifiedObservation & Observation<DisputeBody>,
): Turn {
  const { state } = turn;
  if (state.disputes.has(dispute.id)) return receipt(turn, dispute.id, "ignored", "DUPLICATE");
  const until = lastInstant(state);
  if (dispute.at[0] > until) return refuseIn(turn, dispute, fault("DISPUTE_LATE", { until }).fault);
  const own = [...state.disputes.values()].filter(({ key }) => key === dispute.key);
  if (own.length >= DISPUTES_PER_SEAT_MAX)
    return refuseIn(turn, dispute, fault("DISPUTE_FULL", { limit: DISPUTES_PER_SEAT_MAX }).fault);
  const kept = append(receipt(keep(turn, dispute), dispute.id, "admitted"), dispute);
  const { act, about } = dispute.body;
  return record(kept, "admission", [dispute.id, ...about], seat.authority, { kind: "dispute", act });
}

function keep(turn: Turn, dispute: Observation<DisputeBody>): Turn {
  return withState(turn, { disputes: new Map(turn.state.disputes).set(dispute.id, dispute) });
}

/** The party's own word about the outcome, from the last seat that it held. */
export function contest(turn: Turn, content: Contest): Turn {
  const { state } = turn;
  const refused = (code: Parameters<typeof fault>[0], detail: object = {}) =>
    receipt(turn, "", "refused", code, detail as never);
  if (state.ending === null) return refused(state.call === null ? "CEREMONY_UNKNOWN" : "PROVISIONAL");
  if (state.mute) return refused("MUTE");
  const place = lastPlace(state);
  if (place === null) return refused("NO_SEAT", { round: state.rounds.length - 1, authority: state.self.authority });
  const until = lastInstant(state);
  if (turn.now > until) return refused("DISPUTE_LATE", { until });
  const own = [...state.disputes.values()].filter(({ key }) => key === state.self.key);
  if (own.length >= DISPUTES_PER_SEAT_MAX) return refused("DISPUTE_FULL", { limit: DISPUTES_PER_SEAT_MAX });
  const { round, seat } = place;
  const body = { kind: "dispute", digest: state.ending.digest, ...content, about: [...content.about].sort() } as const;
  const slot = { seat: seat.index, attempt: null, item: null };
  const spoken = say(turn, { round: round.index, slot, body, parents: [state.ceremony], numbered: true });
  const said = spoken.said as VerifiedObservation & Observation<DisputeBody>;
  const kept = append(receipt(keep(spoken.turn, said), said.id, "admitted"), said);
  const entered = record(kept, "attestation", [said.id], state.self.authority, { kind: "dispute", act: body.act });
  return publish(entered, audienceOf(kept.state, round), said);
}

function lastPlace({ rounds, self }: CeremonyState): { readonly round: Round; readonly seat: RosterSeat } | null {
  for (const round of rounds.toReversed()) {
    const seat = round.seats.find(({ root }) => root === self.root);
    if (seat !== undefined) return { round, seat };
  }
  return null;
}

/** What is said about an outcome, as it is shown beside it. */
export type DisputeView = {
  readonly id: Id;
  readonly by: string;
  readonly act: DisputeBody["act"];
  readonly about: readonly Id[];
  readonly reason: string;
  readonly ruling: string | null;
  /** Whether it speaks of the record that was computed here. */
  readonly same: boolean;
  /** A ruling that says otherwise than the record: it stands beside it, as an act of governance. */
  readonly override: boolean;
};

/** In the order in which they cite one another and were said, then by id. */
export function disputesOf(state: CeremonyState): readonly DisputeView[] {
  const said = [...state.disputes.values()].sort((a, b) => a.at[0] - b.at[0] || (a.id < b.id ? -1 : 1));
  return said.map(({ id, slot, round, body }) => ({
    id,
    by: state.rounds[round ?? -1]?.seats.find(({ index }) => index === slot.seat)?.authority ?? "",
    act: body.act,
    about: body.about,
    reason: body.reason,
    ruling: body.ruling,
    same: state.ending !== null && body.digest === state.ending.digest,
    override: body.act === "ruling" && body.ruling !== "upheld",
  }));
}
