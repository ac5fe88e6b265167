// Repair (SPEC §9). Nothing relies on one delivery: until it decides, a party says what it holds and lacks; who has it sends it again,
// others' statements included, since they are signed. A party that has decided answers with what its certificate rests on.
import { findWitness } from "../closing/derive.ts";
import { lackingPages } from "../closing/pages.ts";
import { powerOf } from "../closing/power.ts";
import { messagesOf } from "../closing/state.ts";
import {
  LINEAGE_REFERENCES_MAX,
  PAGE_IDS,
  PREFIXES_MAX,
  RESENDS_MAX,
  WANTS_MAX,
  WITNESS_PAGES_MAX,
} from "../limits.ts";
import type { Id, Observation, StatusBody, VerifiedObservation } from "../observation/observation.ts";
import { fault } from "../result.ts";
import { isWanted, prefixOf } from "./gather.ts";
import {
  audienceOf,
  type CeremonyState,
  currentRound,
  ownSeat,
  type RosterSeat,
  type Round,
  replaceRound,
} from "./state.ts";
import { authorityOf, publish, receipt, refuseIn, say, type Turn } from "./turn.ts";
import { underWay } from "./under-way.ts";

/** Requests for an unknown call, each after a longer pause, until something else arrives that waits for it. */
export const ASKS_MAX = 20;

/**
 * What a status of ours says about a round. Contributions that came after our witness stand among the messages: they are held, but
 * no early close may count on them, since the witness does not list them (SPEC §8.3).
 */
export function statusBody(round: Round): StatusBody {
  const held = [...round.held.keys()];
  const witness = round.closing.own === null ? undefined : round.closing.witnesses.get(round.closing.own)?.[0];
  const listed = witness === undefined ? held : witness.body.ids;
  const known = new Set(listed);
  const others = held.filter((id) => !known.has(id));
  const contributions = prefixes(listed);
  const messages = [...messagesOf(round.closing).map(({ id }) => id), ...others];
  return {
    kind: "status",
    attempt: round.closing.attempt,
    contributions,
    messages: prefixes(messages.slice(0, PREFIXES_MAX - contributions.length)),
    wants: wantsOf(round).slice(0, WANTS_MAX),
    decided: round.closing.decision !== null,
  };
}

/** Signs a status; it takes no number, and is not kept. */
export function sayStatus(turn: Turn, round: Round, seat: RosterSeat | undefined): ReturnType<typeof say> {
  const slot = { seat: seat?.index ?? null, attempt: null, item: null };
  // What was last heard of each peer tells them how late their clocks can be at most (SPEC §17.5).
  const latest = [...round.reports.values()].sort((a, b) => b.at[0] - a.at[0]).slice(0, LINEAGE_REFERENCES_MAX);
  const parents = latest.map(({ id }) => id).sort();
  return say(turn, { round: round.index, slot, body: statusBody(round), parents, numbered: false });
}

function prefixes(ids: readonly Id[]): readonly string[] {
  return [...new Set(ids.map(prefixOf))].sort().slice(0, PAGE_IDS * WITNESS_PAGES_MAX);
}

/** What this party lacks and may need: never what only a few list, since that may be a ghost (SPEC §9.3). */
export function wantsOf(round: Round): readonly Id[] {
  const { closing, held } = round;
  const witnesses = [...closing.witnesses.values()].flat();
  const listed = new Set(witnesses.flatMap((witness) => witness.body.ids).filter((id) => !held.has(id)));
  const contributions = [...listed].filter((id) => isWanted(round, id));
  const proposals = [...closing.proposals.values()].flat();
  const unread = new Set([...closing.unread.values()].flat().map(({ id }) => id));
  const named = new Set(
    proposals
      .flatMap((proposal) => proposal.body.justification)
      .filter((id) => !unread.has(id) && findWitness(closing, id) === undefined),
  );
  const prevotes = new Set([...closing.prevotes.values()].flat().map(({ id }) => id));
  const polkas = new Set(proposals.flatMap((proposal) => proposal.body.polka).filter((id) => !prevotes.has(id)));
  // What an honest party vouches for comes first: a proposal may name witnesses and votes that nobody ever signed, and a witness such pages.
  return [...contributions, ...unjustifiedRoots(round), ...polkas, ...named, ...lackingPages(closing)];
}

/** Roots that more than f power voted for and that this party cannot justify: asked for by root, answered by a proposal. */
function unjustifiedRoots({ closing }: Round): readonly Id[] {
  const votes = [...closing.prevotes.values(), ...closing.precommits.values()].flat();
  const roots = new Set(
    votes.map((vote) => vote.body.root).filter((root) => root !== null && !closing.justified.has(root)),
  );
  const { electorate } = closing;
  return ([...roots] as Id[]).filter(
    (root) =>
      powerOf(
        electorate,
        votes.filter((vote) => vote.body.root === root).map((vote) => vote.slot.seat as number),
      ) > electorate.tolerated,
  );
}

/** Keeps a peer's report and sends it what it lacks, at most once in a while. */
export function answerStatus(turn: Turn, round: Round, seat: RosterSeat, status: Observation<StatusBody>): Turn {
  // Whoever runs no agent holds nothing, is sent nothing, and must not fill what is cited next.
  if (round.batched.has(seat.index)) return receipt(turn, status.id, "ignored");
  const known = round.reports.get(seat.index);
  if (known?.id === status.id) return receipt(turn, status.id, "ignored", "DUPLICATE");
  // An older report says less about the present; it is answered all the same, since a clock that was set back dates all of them so.
  const older = known !== undefined && known.at[0] > status.at[0];
  const reports = older ? round.reports : new Map(round.reports).set(seat.index, status);
  const { recently, answered } = answering(turn, round, seat.index);
  const noted = receipt(
    { ...turn, state: replaceRound(turn.state, { ...round, reports, answered }) },
    status.id,
    "admitted",
  );
  if (recently) return noted;
  return sendMissing(reportBack(noted, round, seat, status), round, status, seat.authority, known?.body);
}

/** Whether somebody was answered just now, and when each was once this answer is given. */
function answering(
  { state, now }: Turn,
  { answered }: Round,
  who: number | string,
): { readonly recently: boolean; readonly answered: Round["answered"] } {
  const interval = state.policy?.policy.timing.statusInterval ?? 0;
  const last = answered.get(who) ?? Number.NEGATIVE_INFINITY;
  const recently = last > now - interval / 4 && last <= now;
  return { recently, answered: recently ? answered : new Map(answered).set(who, now) };
}

/** `before` is the asker's report before this one, where it has a seat and made one. */
function sendMissing(
  turn: Turn,
  round: Round,
  status: Observation<StatusBody>,
  authority: string,
  before?: StatusBody,
): Turn {
  const interval = turn.state.policy?.policy.timing.statusInterval ?? 0;
  const { body } = status;
  const onTheirWay = underWay(round, before, status, interval);
  return inTurns(lackedBy(turn.state, round, body, dueSince(turn, round, status, interval)))
    .filter(({ id }) => !onTheirWay.has(id) || body.wants.includes(id))
    .slice(0, RESENDS_MAX)
    .reduce((sent, observation) => publish(sent, [authority], observation), turn);
}

/** Whoever hears that another has decided, and has no outcome of its own to tell, says what it lacks, also when its time is over. */
function reportBack(turn: Turn, round: Round, asker: RosterSeat, { body }: Observation<StatusBody>): Turn {
  const own = ownSeat(turn.state, round, () => true);
  if (!body.decided || own === undefined || turn.replaying || turn.state.outcomes.has(own.index)) return turn;
  const { turn: spoken, said } = sayStatus(turn, round, own);
  return publish(spoken, [asker.authority], said, true);
}

/**
 * Whether a statement that a peer does not report has been on its way for a while. Its signer sends it again first; whoever sits further
 * behind the signer waits for those before it, so that a peer is not sent all that it lacks by all who have it: under load that would be what
 * keeps everyone late. Who has no seat is helped by all.
 */
function dueSince(
  { state, now }: Turn,
  { seats: all, batched }: Round,
  asker: Observation<StatusBody>,
  interval: number,
): (held: Observation) => boolean {
  // Among a hundred seats that have no agent nobody would ever be next.
  const seats = all.filter(({ index }) => !batched.has(index));
  const place = new Map(seats.map(({ index }, at) => [index, at]));
  const own = seats.findIndex(({ root }) => root === state.self.root);
  return ({ at, slot, key }) => {
    const signer = place.get(slot.seat ?? -1);
    const apart = key === state.self.key || signer === undefined || own < 0 || asker.slot.seat === null;
    const before = apart ? 0 : (own - signer + seats.length) % seats.length;
    return at[0] <= now - interval / 2 - before * interval;
  };
}

/** One of each seat, then a second of each: what one seat signed in excess, and peers refuse for ever, delays nobody else's. */
function inTurns(observations: readonly VerifiedObservation[]): readonly VerifiedObservation[] {
  const counts = new Map<number | null, number>();
  const ranked = observations.map((observation) => {
    const { seat } = observation.slot;
    const rank = counts.get(seat) ?? 0;
    counts.set(seat, rank + 1);
    return { observation, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ observation }) => observation);
}

/** What a peer asked for, and what it does not report to hold although it has been on its way for a while. */
function lackedBy(
  state: CeremonyState,
  round: Round,
  status: StatusBody,
  isDue: (held: Observation) => boolean,
): readonly VerifiedObservation[] {
  const messages = messagesOf(round.closing) as readonly Observation[] as readonly VerifiedObservation[];
  const contributions = [...round.held.values()] as readonly Observation[] as readonly VerifiedObservation[];
  const wants = new Set(status.wants);
  const asked = [...contributions, ...messages].filter(
    (held) => wants.has(held.id) || (held.body.kind === "propose" && wants.has(held.body.root)),
  );
  const call = wants.has(state.ceremony) && state.call !== null ? [state.call as VerifiedObservation] : [];
  if (status.decided) return [...call, ...asked, ...ownOutcome(state, round)];
  const reported = new Set([...status.contributions, ...status.messages]);
  const lacking = [...contributions, ...messages].filter((held) => !reported.has(prefixOf(held.id)) && isDue(held));
  return [...new Set([...call, ...asked, ...lacking])];
}

/** Whoever has decided too, and still asks, has not heard what was computed here. */
function ownOutcome({ outcomes, self }: CeremonyState, { seats }: Round): readonly VerifiedObservation[] {
  const own = seats.filter(({ root }) => root === self.root).map(({ index }) => outcomes.get(index));
  return own.filter((outcome) => outcome !== undefined) as readonly Observation[] as readonly VerifiedObservation[];
}

/**
 * A party that does not know the call asks for it without knowing its seat; and so asks whoever follows without a seat: who was not
 * let in, or has joined and waits for the round to close.
 */
export function answerStranger(turn: Turn, status: VerifiedObservation & Observation<StatusBody>): Turn {
  const { state } = turn;
  const authority = authorityOf(state, status);
  const current = currentRound(state);
  const follows = current !== undefined && authority !== null && audienceOf(state, current).includes(authority);
  if (!follows || state.call === null) return refuseIn(turn, status, fault("NOT_A_PARTY").fault);
  const admitted = receipt(turn, status.id, "admitted");
  const told = status.body.wants.includes(state.ceremony)
    ? publish(admitted, [authority], state.call as VerifiedObservation)
    : admitted;
  const round = state.rounds[status.round as number];
  // Whoever asks for the call holds nothing of its rounds, and says what it lacks once it has it.
  if (round === undefined || status.body.wants.includes(state.ceremony)) return told;
  const { recently, answered } = answering(turn, round, authority);
  const noted = { ...told, state: replaceRound(told.state, { ...round, answered }) };
  return recently ? noted : sendMissing(noted, round, status, authority);
}

/** Organisations whose statements wait for a call that is not known here. */
export function whomToAsk(state: CeremonyState): readonly string[] {
  const senders = [...state.parked.values()].map((observation) => authorityOf(state, observation));
  return [...new Set(senders)].filter(
    (authority) => authority !== null && authority !== state.self.authority,
  ) as string[];
}
