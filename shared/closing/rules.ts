// The closing rules (SPEC §8), one table in the order in which they are tried. Each is a pure function of what is stored and of
// the time; the first that applies changes the state or asks for a message, and then the table is tried again from the top.
import { rootOf } from "../authority/chain.ts";
import { RESENDS_MAX } from "../limits.ts";
import type { Id, Observation, ProposeBody, WitnessBody } from "../observation/observation.ts";
import type { Timing } from "../policy/policy.ts";
import {
  commonAttempt,
  derivedSet,
  findWitness,
  hasRoot,
  highestPolka,
  isHalted,
  justify,
  lockAgainst,
  polkasAt,
  precommitted,
  seatOf,
} from "./derive.ts";
import { hasWitnessed, withPages } from "./pages.ts";
import { powerOf } from "./power.ts";
import { proposerOf } from "./proposer.ts";
import { rootOfSet } from "./root.ts";
import { type Closing, type Decision, type Justification, NO_TIMEOUTS, type Proposal, type Witness } from "./state.ts";

/** What the rules look at beside the closing itself. */
export type Surroundings = {
  readonly now: number;
  /** Contributions of the round that this party holds. */
  readonly held: ReadonlyMap<Id, Observation>;
  /** Whether this party may end the round now: its close time is reached, or an early close is due. */
  readonly mayClose: boolean;
  /** Contributions of one seat that a witness lists at most. */
  readonly perSeat: number;
  /** Batches of one elector that it lists besides. */
  readonly batches: number;
  readonly timing: Timing;
};

export type Own =
  | WitnessBody
  | ProposeBody
  | { readonly kind: "prevote"; readonly root: Id | null; readonly validAttempt: number }
  | { readonly kind: "precommit"; readonly root: Id | null };

/** Either a new state, or a statement to sign, store and send, together with others' statements that it rests on. */
export type Move =
  | { readonly closing: Closing }
  | {
      readonly say: Own;
      readonly attempt: number | null;
      readonly with: readonly Id[];
      readonly due?: Partial<Closing["due"]>;
    };

export type Rule = (closing: Closing, around: Surroundings) => Move | null;

export const RULES: readonly Rule[] = [
  decideUnanimous, // §8.2
  decideContested, // §8.4.9
  sendWitness, // §8.2
  startContest, // §8.4.1
  skipAhead, // §8.4.8
  propose, // §8.4.3
  prevote, // §8.4.4
  precommit, // §8.4.5
  startPrevoteTimeout, // §8.4.6
  startPrecommitTimeout, // §8.4.7
  nextAttempt, // §8.4.7
];

/** The first move that the rules allow; null when there is nothing to do until a message or the time changes something. */
export function nextMove(closing: Closing, around: Surroundings): Move | null {
  if (closing.decision !== null || isHalted(closing)) return null; // §8.6: over tolerance, nothing is signed or decided
  for (const rule of RULES) {
    const move = rule(closing, around);
    if (move !== null) return move;
  }
  return null;
}

const holdsAll = (around: Surroundings, ids: readonly Id[]) => ids.every((id) => around.held.has(id));

function decided(closing: Closing, decision: Decision): Move {
  return { closing: { ...closing, decision, due: NO_TIMEOUTS } };
}

function decideUnanimous(closing: Closing, around: Surroundings): Move | null {
  const { electorate, witnesses } = closing;
  const first = witnesses.get(electorate.seats[0] as number) ?? [];
  for (const { body } of first) {
    const alike = electorate.seats.map((seat) =>
      witnesses.get(seat)?.find((witness) => witness.body.root === body.root),
    );
    if (alike.includes(undefined) || !holdsAll(around, body.ids)) continue;
    const ids = (alike as readonly Witness[]).map(({ id }) => id).sort();
    return decided(closing, { root: body.root, set: body.ids, certificate: { path: "unanimous", witnesses: ids } });
  }
  return null;
}

function decideContested(closing: Closing, around: Surroundings): Move | null {
  for (const { attempt, root, votes } of precommitted(closing)) {
    const justification = closing.justified.get(root);
    if (justification === undefined || !holdsAll(around, justification.set)) continue;
    const precommits = votes.map(({ id }) => id).sort();
    const certificate = {
      path: "contested",
      attempt,
      witnesses: [...justification.witnesses].sort(),
      precommits,
    } as const;
    return decided(closing, { root, set: justification.set, certificate });
  }
  return null;
}

const signs = (closing: Closing) => closing.own !== null && !closing.mute;
const ownWitness = (closing: Closing) => (closing.own === null ? undefined : closing.witnesses.get(closing.own)?.[0]);

function sendWitness(closing: Closing, around: Surroundings): Move | null {
  if (!signs(closing) || !around.mayClose || hasWitnessed(closing, closing.own)) return null;
  const ids = listable(around);
  const contest = around.now + around.timing.witnessTimeout;
  return { say: { kind: "witness", ids, root: rootOfSet(ids) }, attempt: null, with: [], due: { contest } };
}

/** Everything held; of a seat that signed more than it may, the first by id, so that the list always fits its pages. */
function listable({ held, perSeat, batches }: Surroundings): readonly Id[] {
  const counts = new Map<string, number>();
  return [...held.keys()].sort().filter((id) => {
    const { slot, chain, body } = held.get(id) as Observation;
    const isBatch = body.kind === "batch";
    const whose = `${isBatch} ${slot.seat ?? rootOf(chain)}`; // whoever joins without a seat is known by its root
    const count = (counts.get(whose) ?? 0) + 1;
    counts.set(whose, count);
    return count <= (isBatch ? batches : perSeat);
  });
}

function startContest(closing: Closing, around: Surroundings): Move | null {
  const { electorate, witnesses, reached, due } = closing;
  if (!signs(closing) || closing.attempt >= 0 || ownWitness(closing) === undefined) return null;
  if (powerOf(electorate, witnesses.keys()) < electorate.quorum) return null;
  const roots = new Set([...witnesses.values()].flat().map((witness) => witness.body.root));
  const waited = due.contest !== null && around.now >= due.contest;
  if (!waited && roots.size < 2 && powerOf(electorate, reached.keys()) <= electorate.tolerated) return null;
  return enterAttempt(closing, around, 0);
}

function enterAttempt(closing: Closing, around: Surroundings, attempt: number): Move {
  return { closing: { ...closing, attempt, due: { ...NO_TIMEOUTS, propose: around.now + timeout(around, attempt) } } };
}

const timeout = (around: Surroundings, attempt: number) => around.timing.attemptTimeout * (1 + attempt);
const contested = (closing: Closing) => signs(closing) && closing.attempt >= 0;

const proposerNow = ({ electorate, rotation, attempt }: Closing) => proposerOf(electorate.seats, rotation, attempt);

function skipAhead(closing: Closing, around: Surroundings): Move | null {
  if (!contested(closing)) return null;
  const attempt = commonAttempt(closing);
  return attempt > closing.attempt ? enterAttempt(closing, around, attempt) : null;
}

function hasOwn<M extends { readonly slot: { readonly seat: number | null } }>(
  closing: Closing,
  held: ReadonlyMap<number, readonly M[]>,
): boolean {
  return (held.get(closing.attempt) ?? []).some((message) => seatOf(message) === closing.own);
}

function propose(closing: Closing, around: Surroundings): Move | null {
  if (!contested(closing) || proposerNow(closing) !== closing.own || hasOwn(closing, closing.proposals)) return null;
  const polka = highestPolka(closing, closing.attempt, (root) => isValid(closing, around, root));
  const justified = polka === null ? null : closing.justified.get(polka.root as Id);
  if (polka !== null && justified) {
    const votes = polka.votes.map(({ id }) => id).sort();
    const body = {
      kind: "propose",
      root: polka.root as Id,
      justification: justified.witnesses,
      validAttempt: polka.attempt,
      polka: votes,
    } as const;
    const late = unevenlyListed(closing, justified);
    const named = withPages(closing, justified.witnesses);
    return { say: body, attempt: closing.attempt, with: [...named, ...votes, ...late] };
  }
  const chosen = chooseJustification(closing, around);
  if (chosen === null) return null;
  const justification = chosen.map(({ id }) => id).sort();
  const set = derivedSet(closing.electorate, chosen);
  return {
    say: { kind: "propose", root: rootOfSet(set), justification, validAttempt: -1, polka: [] },
    attempt: closing.attempt,
    with: [...withPages(closing, justification), ...unevenlyListed(closing, { witnesses: justification, set })],
  };
}

/** Contributions of the set that not all of its witnesses list: who lacks one could not vote before a repair had brought it. */
function unevenlyListed(closing: Closing, { witnesses, set }: Justification): readonly Id[] {
  const lists = witnesses.map((id) => new Set(findWitness(closing, id)?.body.ids));
  return set.filter((id) => lists.some((list) => !list.has(id))).slice(0, RESENDS_MAX);
}

/** All witnesses held, less those that list what is lacking, as long as power q remains; null where that does not suffice. */
function chooseJustification(closing: Closing, around: Surroundings): readonly Witness[] | null {
  const { electorate } = closing;
  let chosen = electorate.seats
    .map((seat) => closing.witnesses.get(seat)?.[0])
    .filter((witness) => witness !== undefined);
  for (;;) {
    if (powerOf(electorate, chosen.map(seatOf)) < electorate.quorum) return null;
    const lacking = new Set(derivedSet(electorate, chosen).filter((id) => !around.held.has(id)));
    if (lacking.size === 0) return chosen;
    const worst = chosen.find((witness) => witness.body.ids.some((id) => lacking.has(id)));
    chosen = chosen.filter((witness) => witness !== worst);
  }
}

const isValid = (closing: Closing, around: Surroundings, root: Id) => {
  const justification = closing.justified.get(root);
  return justification !== undefined && holdsAll(around, justification.set);
};

function prevote(closing: Closing, around: Surroundings): Move | null {
  if (!contested(closing) || hasOwn(closing, closing.prevotes)) return null;
  const proposer = proposerNow(closing);
  const proposals = (closing.proposals.get(closing.attempt) ?? []).filter((proposal) => seatOf(proposal) === proposer);
  const verdicts = proposals.map((proposal) => judgeProposal(closing, around, proposal));
  const good = proposals[verdicts.indexOf("good")];
  const vote = (root: Id | null, validAttempt: number): Move => ({
    say: { kind: "prevote", root, validAttempt },
    attempt: closing.attempt,
    with: [],
  });
  if (good !== undefined) return vote(good.body.root, good.body.validAttempt);
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === "bad")) return vote(null, -1);
  return closing.due.propose !== null && around.now >= closing.due.propose ? vote(null, -1) : null;
}

/** `bad` is answered with nil; `pending` may still become good while the propose timeout runs. */
export function judgeProposal(
  closing: Closing,
  around: Surroundings,
  { body, slot }: Proposal,
): "good" | "bad" | "pending" {
  const justification = justify(closing, body.justification);
  if (justification === "wrong") return "bad";
  if (justification === "missing") return "pending";
  if (!hasRoot(closing, justification.set, body.root) || body.validAttempt >= (slot.attempt as number)) return "bad";
  if (body.validAttempt >= 0 && !polkasAt(closing, body.validAttempt).some(({ root }) => root === body.root))
    return "pending";
  if (body.validAttempt < lockAgainst(closing, body.root)) return "bad";
  return holdsAll(around, justification.set) ? "good" : "pending";
}

function precommit(closing: Closing, around: Surroundings): Move | null {
  if (!contested(closing) || hasOwn(closing, closing.precommits) || !hasOwn(closing, closing.prevotes)) return null;
  if (powerAt(closing, closing.prevotes) < closing.electorate.quorum) return null;
  const polkas = polkasAt(closing, closing.attempt);
  const vote = (root: Id | null): Move => ({ say: { kind: "precommit", root }, attempt: closing.attempt, with: [] });
  const valid = polkas.find(({ root }) => root !== null && isValid(closing, around, root));
  if (valid !== undefined) return vote(valid.root);
  if (polkas.some(({ root }) => root === null)) return vote(null);
  return closing.due.prevote !== null && around.now >= closing.due.prevote ? vote(null) : null;
}

function powerAt(closing: Closing, held: Closing["prevotes"] | Closing["precommits"]): number {
  return powerOf(closing.electorate, (held.get(closing.attempt) ?? []).map(seatOf));
}

function startPrevoteTimeout(closing: Closing, around: Surroundings): Move | null {
  if (
    !contested(closing) ||
    closing.due.prevote !== null ||
    powerAt(closing, closing.prevotes) < closing.electorate.quorum
  )
    return null;
  return { closing: { ...closing, due: { ...closing.due, prevote: around.now + timeout(around, closing.attempt) } } };
}

function startPrecommitTimeout(closing: Closing, around: Surroundings): Move | null {
  if (
    !contested(closing) ||
    closing.due.precommit !== null ||
    powerAt(closing, closing.precommits) < closing.electorate.quorum
  )
    return null;
  return { closing: { ...closing, due: { ...closing.due, precommit: around.now + timeout(around, closing.attempt) } } };
}

function nextAttempt(closing: Closing, around: Surroundings): Move | null {
  if (!contested(closing) || closing.due.precommit === null || around.now < closing.due.precommit) return null;
  return enterAttempt(closing, around, closing.attempt + 1);
}
