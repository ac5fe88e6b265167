// What a party shows of a ceremony: its own perspective, never a global truth (SPEC §7.4).
import { type Json, toJson } from "../cbor/json.ts";
import { type ContributionBody, type Id, JOIN, type Observation } from "../observation/observation.ts";
import { type DisputeView, disputesOf } from "./contest.ts";
import { batchesOf, loneIn } from "./gathered.ts";
import { type UnderView, underView } from "./standpoint.ts";
import {
  type CeremonyState,
  currentRound,
  ownSeat,
  type Phase,
  phaseOf,
  type RosterSeat,
  type Round,
  seatAt,
} from "./state.ts";
import { authorityOf } from "./turn.ts";

export type PartyView = {
  readonly authority: string;
  readonly role: string;
  readonly power: number;
  /** Its contribution to the present round as far as it is held here. */
  readonly contribution: Id | null;
  readonly choice: string | null;
  /** Digest that it says it computed; null while it was not heard. */
  readonly outcome: Id | null;
  /** Whether two statements of it for one slot are held as proof. */
  readonly equivocated: boolean;
};

export type CeremonyView = {
  readonly ceremony: Id;
  readonly asSeenBy: string;
  readonly title: string;
  readonly phase: Phase;
  readonly policy: Id | null;
  readonly pattern: string | null;
  /** Authority that opened it; null while the call is not held. */
  readonly openedBy: string | null;
  readonly subject: Json;
  /** What this party may still say in the present round, and in which role; null where it may say nothing. */
  readonly asked: { readonly role: string; readonly choices: readonly string[] } | null;
  readonly round: number;
  /** ISO 8601 is for pages; these are microseconds. */
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  readonly expiresAt: number | null;
  readonly parties: readonly PartyView[];
  /** Contributions to the present round that are held here: by themselves, in batches, and waiting for one. */
  readonly contributions: number;
  readonly outcome: {
    readonly digest: Id;
    readonly status: string;
    readonly value: Json;
    readonly cause: string | null;
    readonly path: string;
    readonly late: boolean;
  } | null;
  readonly agreement: { readonly same: number; readonly of: number; readonly different: readonly string[] };
  /** What is said about the outcome; empty where nobody contests it. */
  readonly disputes: readonly DisputeView[];
  /** The coalition that it is under; null where it is under none. */
  readonly under: UnderView | null;
  readonly hold: string | null;
  readonly mute: boolean;
  readonly refusal: string | null;
};

export function viewOf(state: CeremonyState): CeremonyView {
  const round = currentRound(state);
  const said = round === undefined ? new Map() : firstOfEach(round);
  const parties = round === undefined ? [] : round.seats.map(({ index }) => partyView(state, round, index, said));
  return {
    ceremony: state.ceremony,
    asSeenBy: state.self.authority,
    title: state.call?.body.title ?? "",
    phase: phaseOf(state),
    policy: state.policy?.hash ?? null,
    pattern: state.policy?.policy.id ?? null,
    openedBy: state.call === null ? null : authorityOf(state, state.call),
    subject: state.call === null ? null : toJson(state.call.body.subject),
    asked: askedOf(state, round),
    round: round?.index ?? -1,
    opensAt: round?.opensAt ?? null,
    closesAt: round?.closesAt ?? null,
    expiresAt: state.call?.body.expiresAt ?? null,
    parties,
    contributions: round === undefined ? 0 : contributionsIn(round),
    outcome: outcomeView(state),
    agreement: agreementOf(
      state,
      parties.filter((_, index) => round?.batched.has(round.seats[index]?.index ?? -1) !== true),
    ),
    disputes: disputesOf(state),
    under: underView(state),
    hold: state.hold,
    mute: state.mute,
    refusal: state.refusal?.code ?? null,
  };
}

function askedOf(state: CeremonyState, round: Round | undefined): CeremonyView["asked"] {
  if (round === undefined || state.policy === null || phaseOf(state) !== "gathering" || state.mute) return null;
  const { roles } = state.policy.policy;
  const joining = round.stage.is === "join";
  const seat = ownSeat(state, round, ({ role }) => joining || roles.get(role)?.contributes === true);
  if (seat === undefined || loneIn([...round.held.values()]).some(({ slot }) => slot.seat === seat.index)) return null;
  if (joining) return { role: seat.role, choices: [JOIN] };
  return { role: seat.role, choices: roles.get(seat.role)?.choices ?? [] };
}

function contributionsIn({ held, intake }: Round): number {
  return intake.perSeat.reduce((sum, count) => sum + count, loneIn([...held.values()]).length);
}

type Said = ReadonlyMap<number | null, Observation<ContributionBody>>;

const firsts = new WeakMap<Round["held"], Said>();

/** The first contribution of each seat. Batches are read until every seat that is spoken for in them has one: there may be thousands. */
function firstOfEach({ held, batched }: Round): Said {
  const known = firsts.get(held);
  if (known !== undefined) return known;
  const found = new Map<number | null, Observation<ContributionBody>>();
  const note = (said: Observation<ContributionBody>) => {
    if (!found.has(said.slot.seat)) found.set(said.slot.seat, said);
  };
  const gathered = [...held.values()];
  for (const { body } of batchesOf(gathered)) {
    if (found.size >= batched.size) break;
    body.members.forEach(note);
  }
  loneIn(gathered).forEach(note);
  firsts.set(held, found);
  return found;
}

function partyView(state: CeremonyState, round: Round, index: number, said: Said): PartyView {
  const seat = seatAt(round, index) as RosterSeat;
  const contribution = said.get(index);
  const choice = contribution?.body.content.get("choice");
  return {
    authority: seat.authority,
    role: seat.role,
    power: seat.power,
    contribution: contribution?.id ?? null,
    choice: typeof choice === "string" ? choice : null,
    outcome: state.outcomes.get(index)?.body.digest ?? null,
    equivocated: round.closing.faulty.has(index),
  };
}

function outcomeView({ ending, rounds }: CeremonyState): CeremonyView["outcome"] {
  if (ending === null) return null;
  const { record, digest, late } = ending;
  const path = rounds[rounds.length - 1]?.closing.decision?.certificate.path ?? "";
  return { digest, status: record.status, value: toJson(record.value), cause: record.cause, path, late };
}

/** How many organisations, this one included, are known to have computed the same outcome. */
function agreementOf({ ending, self }: CeremonyState, parties: readonly PartyView[]): CeremonyView["agreement"] {
  const authorities = [...new Set(parties.map(({ authority }) => authority))];
  if (ending === null) return { same: 0, of: authorities.length, different: [] };
  const digestOf = (authority: string) =>
    authority === self.authority
      ? ending.digest
      : (parties.find((party) => party.authority === authority && party.outcome !== null)?.outcome ?? null);
  const same = authorities.filter((authority) => digestOf(authority) === ending.digest).length;
  const different = authorities.filter((authority) => ![null, ending.digest].includes(digestOf(authority)));
  return { same, of: authorities.length, different };
}
