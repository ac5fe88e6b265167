// Derived sets and tallies (SPEC §8.4): functions of stored messages, counted by power of distinct electors.
import type { Id } from "../observation/observation.ts";
import { invariant } from "../result.ts";
import { type Electorate, powerOf } from "./power.ts";
import { rootOfSet } from "./root.ts";
import type { Certificate, Closing, Decision, Justification, Precommit, Prevote, Proposal, Witness } from "./state.ts";

export const seatOf = (message: { readonly slot: { readonly seat: number | null } }): number =>
  message.slot.seat as number;

/** D(J): the contributions that witnesses of more than f power in J list; sorted. */
export function derivedSet(electorate: Electorate, witnesses: readonly Witness[]): readonly Id[] {
  const listed = new Map<Id, number>();
  for (const witness of witnesses) {
    const power = electorate.power.get(seatOf(witness)) ?? 0;
    for (const id of witness.body.ids) listed.set(id, (listed.get(id) ?? 0) + power);
  }
  const set: Id[] = [];
  for (const [id, power] of listed) if (power > electorate.tolerated) set.push(id);
  return set.sort();
}

export function findWitness(closing: Closing, id: Id): Witness | undefined {
  for (const held of closing.witnesses.values()) {
    const found = held.find((witness) => witness.id === id);
    if (found) return found;
  }
  return undefined;
}

/** What a J named by ids amounts to: a justification, `missing` witnesses, or `wrong` (too little power, one elector twice). */
export function justify(closing: Closing, ids: readonly Id[]): Justification | "missing" | "wrong" {
  const witnesses = ids.map((id) => findWitness(closing, id));
  if (witnesses.includes(undefined)) return "missing";
  const found = witnesses as readonly Witness[];
  const seats = new Set(found.map(seatOf));
  if (seats.size !== found.length || powerOf(closing.electorate, seats) < closing.electorate.quorum) return "wrong";
  return { witnesses: ids, set: derivedSet(closing.electorate, found) };
}

/** Whether a set has a root; told without hashing where a justification or a witness of that root has the same set. */
export function hasRoot(closing: Closing, set: readonly Id[], root: Id): boolean {
  const known = closing.justified.get(root)?.set ?? listedAs(closing, root);
  const same = known !== undefined && known.length === set.length && known.every((id, at) => id === set[at]);
  return same || rootOfSet(set) === root;
}

/** What others witness under a root. */
export function listedAs(closing: Closing, root: Id): readonly Id[] | undefined {
  for (const held of closing.witnesses.values()) {
    const found = held.find(({ body }) => body.root === root);
    if (found) return found.body.ids;
  }
  return undefined;
}

/** What a certificate decides, given that its statements are held. */
export function decisionOf(closing: Closing, certificate: Certificate): Decision {
  const { witnesses } = certificate;
  const found = witnesses.map((id) => findWitness(closing, id)).filter((witness) => witness !== undefined);
  invariant(found.length === witnesses.length && found.length > 0, "the witnesses of our own certificate are stored");
  const set = certificate.path === "unanimous" ? (found[0] as Witness).body.ids : derivedSet(closing.electorate, found);
  return { root: rootOfSet(set), set, certificate };
}

/** Whether a certificate proves that a set with this root was closed: every statement is held and counts, each elector once. */
export function certifies(closing: Closing, root: Id, certificate: Certificate): boolean {
  const { electorate } = closing;
  if (certificate.path === "unanimous") {
    const found = certificate.witnesses.map((id) => findWitness(closing, id));
    const seats = new Set(found.flatMap((witness) => (witness?.body.root === root ? [seatOf(witness)] : [])));
    return seats.size === found.length && seats.size === electorate.seats.length;
  }
  const justification = justify(closing, certificate.witnesses);
  if (typeof justification === "string" || rootOfSet(justification.set) !== root) return false;
  const votes = closing.precommits.get(certificate.attempt) ?? [];
  const named = certificate.precommits.map((id) => votes.find((vote) => vote.id === id && vote.body.root === root));
  const seats = new Set(named.flatMap((vote) => (vote === undefined ? [] : [seatOf(vote)])));
  return seats.size === named.length && powerOf(electorate, seats) >= electorate.quorum;
}

/** Justifications newly possible: from those of these proposals whose witnesses are all held. */
export function findJustifications(closing: Closing, proposals: readonly Proposal[]): ReadonlyMap<Id, Justification> {
  if (proposals.length === 0) return closing.justified;
  const found = new Map(closing.justified);
  for (const proposal of proposals) {
    if (found.has(proposal.body.root)) continue;
    const justification = justify(closing, proposal.body.justification);
    if (typeof justification !== "string" && rootOfSet(justification.set) === proposal.body.root)
      found.set(proposal.body.root, justification);
  }
  return found;
}

export type Polka = { readonly attempt: number; readonly root: Id | null; readonly votes: readonly Prevote[] };

/** Groups of prevotes at one attempt for one root, naming one validAttempt, of power at least q. */
export function polkasAt(closing: Closing, attempt: number): readonly Polka[] {
  const groups = new Map<string, Prevote[]>();
  for (const vote of closing.prevotes.get(attempt) ?? []) {
    // A nil names no set, so its validAttempt says nothing.
    const name = vote.body.root === null ? "nil" : `${vote.body.root}/${vote.body.validAttempt}`;
    groups.set(name, [...(groups.get(name) ?? []), vote]);
  }
  return [...groups.values()]
    .filter((votes) => powerOf(closing.electorate, votes.map(seatOf)) >= closing.electorate.quorum)
    .map((votes) => ({ attempt, root: (votes[0] as Prevote).body.root, votes: onePerSeat(votes) }));
}

/** The polka of the highest attempt below `before` for a root that is valid here; null where there is none. */
export function highestPolka(closing: Closing, before: number, isValid: (root: Id) => boolean): Polka | null {
  const attempts = [...closing.prevotes.keys()].filter((attempt) => attempt < before).sort((a, b) => b - a);
  for (const attempt of attempts) {
    const polka = polkasAt(closing, attempt).find(({ root }) => root !== null && isValid(root));
    if (polka) return polka;
  }
  return null;
}

/** Precommits of power at least q for one root at one attempt, over all attempts. */
export function precommitted(
  closing: Closing,
): readonly { readonly attempt: number; readonly root: Id; readonly votes: readonly Precommit[] }[] {
  return [...closing.precommits].flatMap(([attempt, votes]) => {
    const roots = new Set(votes.map((vote) => vote.body.root).filter((root) => root !== null));
    return [...roots]
      .map((root) => ({ attempt, root, votes: onePerSeat(votes.filter((vote) => vote.body.root === root)) }))
      .filter((group) => powerOf(closing.electorate, group.votes.map(seatOf)) >= closing.electorate.quorum);
  });
}

function onePerSeat<M extends { readonly slot: { readonly seat: number | null } }>(
  messages: readonly M[],
): readonly M[] {
  return [...new Map(messages.map((message) => [seatOf(message), message])).values()];
}

/** o: the highest attempt at which this elector precommitted a root other than `root`; -1 where it did not (the lock). */
export function lockAgainst(closing: Closing, root: Id): number {
  let lock = -1;
  for (const [attempt, votes] of closing.precommits) {
    const other = votes.some(
      (vote) => seatOf(vote) === closing.own && vote.body.root !== null && vote.body.root !== root,
    );
    if (other && attempt > lock) lock = attempt;
  }
  return lock;
}

/** The highest attempt that electors of more than f power have reached, where that is above the present one; -1 otherwise. */
export function commonAttempt({ attempt, electorate, reached }: Closing): number {
  const ahead = [...reached].filter(([, at]) => at > attempt).sort((a, b) => b[1] - a[1]);
  const seats: number[] = [];
  for (const [seat, at] of ahead) {
    seats.push(seat);
    if (powerOf(electorate, seats) > electorate.tolerated) return at;
  }
  return -1;
}

export function provenFaults(closing: Closing): number {
  return powerOf(closing.electorate, closing.faulty.keys());
}

/** Proof against more than f power halts whoever holds it (SPEC §8.6). */
export function isHalted(closing: Closing): boolean {
  return provenFaults(closing) > closing.electorate.tolerated;
}
