import { proposerOf } from "../../../shared/closing/proposer.ts";
import type { Id, VerifiedObservation } from "../../../shared/observation/observation.ts";
import type { Adversary } from "../adversary.ts";
import type { Strategy } from "./strategy.ts";

/** Attempts for which rival sets are prepared. */
const PREPARED = 8;
const VOTES = ["prevote", "precommit"];

/**
 * Lets one party decide on a set, cuts it off, and leads the others to another set: the course of events that the lock is for. All
 * help to lock everyone on the first set; the precommit that completes its quorum goes to the victim alone, the others are told nil
 * and, at each attempt of which a faulty seat is the proposer, a rival set with the votes that it needs.
 */
export const LOCK_BREAKER: Strategy = {
  name: "lock-breaker",
  least: 1,
  withholds: true,
  begin: (adversary) => {
    const { random, targets, seats, world } = adversary;
    divide(adversary);
    const victim = random.pick(targets);
    const others = targets.filter((seat) => seat !== victim);
    let locked: Id | null = null;
    const lockOn = (root: Id, attempt: number, validAttempt: number) => {
      locked = root;
      world.network.isolate(victim, adversary.now, adversary.now + 40_000_000);
      for (const seat of seats) {
        adversary.tellAll(adversary.sign(seat, { kind: "prevote", root, validAttempt }, { attempt }));
        adversary.tell(victim, adversary.sign(seat, { kind: "precommit", root }, { attempt }));
        adversary.later(adversary.now + 500_000, () => lead(adversary, seat, attempt, root, others));
      }
    };
    const notice = ({ body, slot }: VerifiedObservation) => {
      if (locked === null && (body.kind === "propose" || body.kind === "prevote") && body.root !== null)
        lockOn(body.root, slot.attempt as number, body.validAttempt);
    };
    return {
      bend: ({ observation }) => {
        const { body, slot } = observation;
        const own = seats.includes(slot.seat ?? -1);
        if (own && (VOTES.includes(body.kind) || body.kind === "witness")) return [];
        if (own && body.kind === "propose" && locked !== null && locked !== body.root) return [];
        if (own) notice(observation);
        return [observation];
      },
      hear: (_seat, observation) => notice(observation),
    };
  },
};

/** A contribution that one honest party lists, and witnesses with and without it: whether it is in depends on the justification. */
function divide(adversary: Adversary): void {
  const { random, targets, seats } = adversary;
  const { closesAt, offsets } = adversary.world.plan;
  const told = random.pick(targets);
  const closed = closesAt + Math.max(0, ...offsets.map((offset) => -offset)) + 50_000;
  for (const seat of seats)
    adversary.later(closesAt - Math.max(0, offsets[told] ?? 0) - 250_000, () => {
      const late = adversary.contribute(seat, random.below(3), "late");
      adversary.tell(told, late);
      adversary.later(closed, () => {
        const held = adversary.heardOf("contribution").map(({ id }) => id);
        const rest = held.filter((id) => id !== late.id);
        for (const statement of [late, adversary.witness(seat, held), adversary.witness(seat, rest)])
          adversary.tellAll(statement);
      });
    });
}

/** What the others are told of the attempts from `first` on: nil, or a rival set where this seat proposes. */
function lead(adversary: Adversary, seat: number, first: number, locked: Id, others: readonly number[]): void {
  const { electorate, seats } = adversary;
  const rival = adversary.justified(12).find(({ root }) => root !== locked);
  const tell = (body: Parameters<Adversary["sign"]>[1], attempt: number) =>
    adversary.tellAll(adversary.sign(seat, body, { attempt }), others);
  tell({ kind: "precommit", root: null }, first);
  for (let attempt = first + 1; attempt < first + PREPARED; attempt++) {
    const proposer = proposerOf(electorate.seats, adversary.rotation, attempt);
    const root = rival !== undefined && seats.includes(proposer) ? rival.root : null;
    if (proposer === seat && rival !== undefined)
      tell({ kind: "propose", root: rival.root, justification: rival.witnesses, validAttempt: -1, polka: [] }, attempt);
    tell({ kind: "prevote", root, validAttempt: -1 }, attempt);
    tell({ kind: "precommit", root }, attempt);
  }
}
