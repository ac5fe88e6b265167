// Every vote rests on something (closing §4): what, is read from the voter's own log up to the vote.
import type { Id, Observation } from "../../../shared/observation/observation.ts";
import type { Account, Checker, HonestAccount } from "../watch.ts";
import { derive, merkle, powerOf, proposerIn, thresholdsOf } from "./arithmetic.ts";

/**
 * An honest prevote for a set follows a proposal of the attempt's proposer whose witnesses give that set and whose polka is there; an
 * honest precommit for a set follows prevotes of power q that name one validAttempt.
 */
export const grounds: Checker = (account) =>
  account.honest
    .filter(({ agent }) => agent.seat !== account.plan.restored)
    .flatMap((party) => groundless(account, party))
    .map((detail) => ({ invariant: "grounds", detail }));

function groundless(account: Account, { agent }: HonestAccount): readonly string[] {
  const before: Observation[] = [];
  const found: string[] = [];
  for (const statement of agent.stored) {
    if (statement.ceremony !== account.call.id || statement.round !== 0) continue;
    const { body, slot } = statement;
    const own = statement.key === agent.self.key;
    if (own && body.kind === "prevote" && body.root !== null && !isProposed(account, before, statement))
      found.push(`seat ${agent.seat} prevoted at attempt ${slot.attempt} for what nobody proposed with reason`);
    if (own && body.kind === "precommit" && body.root !== null && !hasPolka(account, before, body.root, slot.attempt))
      found.push(`seat ${agent.seat} precommitted at attempt ${slot.attempt} without a polka`);
    before.push(statement);
  }
  return found;
}

function isProposed(account: Account, before: readonly Observation[], { body, slot }: Observation): boolean {
  const { plan, call } = account;
  if (body.kind !== "prevote" || body.root === null) return false;
  const { root, validAttempt } = body;
  const proposer = proposerIn(call.id, plan.powers, slot.attempt as number);
  const proposed = before.some(
    (other) =>
      other.body.kind === "propose" &&
      other.slot.attempt === slot.attempt &&
      other.slot.seat === proposer &&
      other.body.root === root &&
      other.body.validAttempt === validAttempt &&
      isJustified(account, before, other.body.justification, root),
  );
  return (
    proposed &&
    validAttempt < (slot.attempt as number) &&
    (validAttempt < 0 || hasPolka(account, before, root, validAttempt))
  );
}

function isJustified({ plan }: Account, before: readonly Observation[], ids: readonly Id[], root: Id): boolean {
  const { tolerated, quorum } = thresholdsOf(plan);
  const witnesses = before.filter(({ id, body }) => body.kind === "witness" && ids.includes(id));
  if (witnesses.length !== ids.length || powerOf(plan.powers, witnesses) < quorum) return false;
  return merkle(derive(plan.powers, tolerated, witnesses)) === root;
}

function hasPolka({ plan }: Account, before: readonly Observation[], root: Id, attempt: number | null): boolean {
  const votes = before.filter(
    ({ body, slot }) => body.kind === "prevote" && slot.attempt === attempt && body.root === root,
  );
  const named = votes.map(({ body }) => (body.kind === "prevote" ? body.validAttempt : -1));
  return [...new Set(named)].some((validAttempt) => {
    const alike = votes.filter((_, at) => named[at] === validAttempt);
    const seats = new Map(alike.map((vote) => [vote.slot.seat, vote]));
    return powerOf(plan.powers, [...seats.values()]) >= thresholdsOf(plan).quorum;
  });
}
