// Storing one closing message, and finding the proof of a fault in it (SPEC §8.6). The state that comes back shares what is unchanged.
import { ATTEMPTS_AHEAD_MAX, WITNESS_PAGES_MAX } from "../limits.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import { findJustifications, hasRoot, seatOf } from "./derive.ts";
import { hasRoomFor, knownList, readWitnesses, withPage } from "./pages.ts";
import { powerOf } from "./power.ts";
import { proposerOf } from "./proposer.ts";
import {
  type Closing,
  type ClosingMessage,
  type Page,
  type PagedWitness,
  type Precommit,
  type Prevote,
  type Proposal,
  type Witness,
  withEntry,
} from "./state.ts";

/** What is said in a slot, of which an honest elector says one. */
type Slotted = Exclude<ClosingMessage, Page>;

export type Received = { readonly closing: Closing; readonly fresh: boolean };

/**
 * Stores a message of a seat of this roster. Refusals leave the state as it was, but for the note that an attempt was reached.
 * What was stored once is read again with no bound on attempts: the present one is not known yet.
 */
export function receive(
  closing: Closing,
  message: ClosingMessage,
  ahead = ATTEMPTS_AHEAD_MAX,
): Result<Received> & { readonly closing: Closing } {
  const seat = seatOf(message);
  if (!closing.electorate.power.has(seat))
    return refuse(closing, fault("NOT_AN_ELECTOR", { seat, kind: message.body.kind }));
  if (isPage(message)) return receivePage(closing, message, ahead);
  const noted = noteAttempt(closing, message);
  const attempt = message.slot.attempt ?? 0;
  const misuse = misuseOf(closing, message);
  if (misuse !== null) return refuse(noted, misuse);
  if (attempt > Math.max(noted.attempt, 0) + ahead) return refuse(noted, fault("ATTEMPT_FAR", { attempt }));
  const rivals = slotMates(noted, message);
  if (rivals.some(({ id }) => id === message.id)) return { ...ok({ closing: noted, fresh: false }), closing: noted };
  if (rivals.length >= 2 && !isUseful(noted, message, rivals))
    return refuse(noted, fault("EQUIVOCATION_FLOOD", { seat }));
  return settled(prove(store(noted, message), message, rivals), message);
}

const isPage = (message: ClosingMessage): message is Page => message.body.kind === "page";

/** A page takes no slot: what its elector says is its witness. */
function receivePage(closing: Closing, page: Page, ahead: number): ReturnType<typeof receive> {
  if (closing.pages.has(page.id)) return { ...ok({ closing, fresh: false }), closing };
  if (Number.isFinite(ahead) && !hasRoomFor(closing, page))
    return refuse(closing, fault("PAGES_FULL", { seat: seatOf(page), limit: WITNESS_PAGES_MAX }));
  return settled(withPage(closing, page), page);
}

/** What follows from a message that has been stored. */
function settled(stored: Closing, message: ClosingMessage): ReturnType<typeof receive> {
  const { closing, read } = readWitnesses(stored);
  const next = { ...closing, justified: findJustifications(closing, touched(closing, message, read)) };
  return { ...ok({ closing: next, fresh: true }), closing: next };
}

/**
 * What no honest elector sends: a witness whose root is not that of its list, which would let one elector give others' agreement a set
 * of its own; and a proposal out of turn, which nobody votes for and whose set would still be worked out.
 */
function misuseOf(closing: Closing, { body, slot }: ClosingMessage): ReturnType<typeof fault> | null {
  if (body.kind === "witness" && body.ids !== undefined && !hasRoot(closing, body.ids, body.root))
    return fault("WITNESS_ROOT", { root: body.root });
  if (body.kind !== "propose") return null;
  const attempt = slot.attempt as number;
  const proposer = proposerOf(closing.electorate.seats, closing.rotation, attempt);
  return slot.seat === proposer ? null : fault("NOT_THE_PROPOSER", { attempt, proposer });
}

/** The proposals that a message may complete: itself, or those that name the witness that it is, or makes known. */
function touched(closing: Closing, message: ClosingMessage, read: readonly Witness[]): readonly Proposal[] {
  if (message.body.kind === "propose") return [message as Proposal];
  if (message.body.kind !== "witness" && message.body.kind !== "page") return [];
  const ids = [message, ...read].map(({ id }) => id);
  const named = (proposal: Proposal) => proposal.body.justification.some((id) => ids.includes(id));
  return [...closing.proposals.values()].flat().filter(named);
}

function refuse(closing: Closing, refusal: ReturnType<typeof fault>): Result<Received> & { readonly closing: Closing } {
  return { ...refusal, closing };
}

function noteAttempt(closing: Closing, message: ClosingMessage): Closing {
  const { attempt } = message.slot;
  const seat = seatOf(message);
  if (attempt === null || attempt <= (closing.reached.get(seat) ?? -1)) return closing;
  return { ...closing, reached: withEntry(closing.reached, seat, attempt) };
}

/** Messages already held for the same (elector, kind, attempt). */
function slotMates(closing: Closing, message: Slotted): readonly ClosingMessage[] {
  if (message.body.kind === "witness") {
    const seat = seatOf(message);
    return [...(closing.witnesses.get(seat) ?? []), ...(closing.unread.get(seat) ?? [])];
  }
  const attempt = message.slot.attempt as number;
  const held =
    { propose: closing.proposals, prevote: closing.prevotes, precommit: closing.precommits }[message.body.kind].get(
      attempt,
    ) ?? [];
  return (held as readonly ClosingMessage[]).filter((other) => seatOf(other) === seatOf(message));
}

/** A third statement for one slot is kept only where others may need it; otherwise a flood would hide the useful one. */
function isUseful(closing: Closing, message: Slotted, rivals: readonly ClosingMessage[]): boolean {
  const { body, slot } = message;
  if (body.kind === "witness")
    return isNamed(closing, message.id, rivals) || completes(closing, message as Witness | PagedWitness);
  if (body.kind === "propose") return isMissed(closing, message as Proposal);
  const votes: readonly (Prevote | Precommit)[] =
    (body.kind === "prevote" ? closing.prevotes : closing.precommits).get(slot.attempt as number) ?? [];
  const alike = votes.filter(
    (vote) => vote.body.root === body.root && validAttemptOf(vote) === validAttemptOf(message as Prevote),
  );
  const others = alike.filter((vote) => seatOf(vote) !== seatOf(message));
  return (
    others.length === alike.length && powerOf(closing.electorate, others.map(seatOf)) > closing.electorate.tolerated
  );
}

function validAttemptOf(vote: Prevote | Precommit): number {
  return vote.body.kind === "prevote" ? vote.body.validAttempt : -1;
}

/** Others of more than f power witness the same set: theirs and this one may be the unanimous close that someone has decided on. */
function completes(closing: Closing, { body, slot }: Witness | PagedWitness): boolean {
  const { electorate, witnesses } = closing;
  if (body.ids === undefined && knownList(closing, body) === null) return false;
  const alike = [...witnesses].filter(([, held]) => held.some((witness) => witness.body.root === body.root));
  const seats = alike.map(([seat]) => seat);
  return !seats.includes(slot.seat as number) && powerOf(electorate, seats) > electorate.tolerated;
}

/** Others of more than f power voted for its root, which nothing here justifies: without it their certificate cannot be read. */
function isMissed({ electorate, justified, prevotes, precommits }: Closing, { body }: Proposal): boolean {
  if (justified.has(body.root)) return false;
  const votes = [...prevotes.values(), ...precommits.values()].flat();
  const seats = votes.filter((vote) => vote.body.root === body.root).map(seatOf);
  return powerOf(electorate, seats) > electorate.tolerated;
}

/** A proposal names one witness of each elector, or is wrong: so a liar's can ask for no more than one each. */
function isNamed(closing: Closing, witness: Id, rivals: readonly ClosingMessage[]): boolean {
  const proposals = [...closing.proposals.values()].flat().map(({ body }) => body.justification);
  return proposals.some((named) => named.includes(witness) && !rivals.some(({ id }) => named.includes(id)));
}

function store(closing: Closing, message: Slotted): Closing {
  const seat = seatOf(message);
  const attempt = message.slot.attempt as number;
  const add = <K, M>(map: ReadonlyMap<K, readonly M[]>, key: K, item: M) =>
    withEntry(map, key, [...(map.get(key) ?? []), item]);
  switch (message.body.kind) {
    case "witness":
      return message.body.ids === undefined
        ? { ...closing, unread: add(closing.unread, seat, message as PagedWitness) }
        : { ...closing, witnesses: add(closing.witnesses, seat, message as Witness) };
    case "propose":
      return {
        ...closing,
        proposals: withEntry(closing.proposals, attempt, withProposal(closing, message as Proposal)),
      };
    case "prevote":
      return { ...closing, prevotes: add(closing.prevotes, attempt, message as Prevote) };
    case "precommit":
      return { ...closing, precommits: add(closing.precommits, attempt, message as Precommit) };
  }
}

/** A third proposal takes the place of the one before it, so that one who signs many cannot fill the store with them. */
function withProposal(closing: Closing, proposal: Proposal): readonly Proposal[] {
  const held = closing.proposals.get(proposal.slot.attempt as number) ?? [];
  const [, , third] = held.filter((other) => seatOf(other) === seatOf(proposal));
  return [...held.filter((other) => other !== third), proposal];
}

/** Keeps the first pair that proves a fault of the message's elector. */
function prove(closing: Closing, message: ClosingMessage, rivals: readonly ClosingMessage[]): Closing {
  const seat = seatOf(message);
  if (closing.faulty.has(seat)) return closing;
  const rival = rivals[0] ?? brokenLock(closing, message);
  if (rival === undefined) return closing;
  return { ...closing, faulty: withEntry(closing.faulty, seat, [rival.id, message.id]) };
}

/** A precommit for a root at r, and a later prevote for another root whose validAttempt is below r. */
function brokenLock(closing: Closing, message: ClosingMessage): ClosingMessage | undefined {
  const seat = seatOf(message);
  const own = <M extends ClosingMessage>(held: ReadonlyMap<number, readonly M[]>) =>
    [...held.values()].flat().filter((m) => seatOf(m) === seat);
  const breaks = (precommit: Precommit, prevote: Prevote) =>
    precommit.body.root !== null &&
    prevote.body.root !== null &&
    precommit.body.root !== prevote.body.root &&
    (prevote.slot.attempt as number) > (precommit.slot.attempt as number) &&
    prevote.body.validAttempt < (precommit.slot.attempt as number);
  if (message.body.kind === "prevote")
    return own(closing.precommits).find((precommit) => breaks(precommit, message as Prevote));
  if (message.body.kind === "precommit")
    return own(closing.prevotes).find((prevote) => breaks(message as Precommit, prevote));
  return undefined;
}
