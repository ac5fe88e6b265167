import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import type { CeremonyState } from "../../../shared/ceremony/state.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { OBSERVER } from "../parties.ts";
import { Random } from "../random.ts";
import type { Account, Checker, HonestAccount } from "../watch.ts";

/** These read whole logs again, so each schedule does it for one party, and only one schedule in eight. */
const ONE_IN = 8;

function chosen({ plan, honest }: Account): HonestAccount | undefined {
  const random = new Random(plan.seed, "check");
  return random.below(ONE_IN) === 0 ? random.pick(honest) : undefined;
}

/** What is rebuilt from the durable log equals what was held before. */
export const restoreEquality: Checker = (account) => {
  const party = chosen(account);
  if (party === undefined) return [];
  const { agent } = party;
  const rebuilt = restore(agent.ceremony, agent.self, agent.stored, memoOf(agent.state));
  const [was, is] = [summary(agent.state), summary(rebuilt)];
  return was === is
    ? []
    : [{ invariant: "restore", detail: `seat ${agent.seat} differs after a restart: ${difference(was, is)}` }];
};

/** All that must survive; reports and far-away attempts are hearsay, and come again. */
function summary(state: CeremonyState): string {
  const [round] = state.rounds;
  const { closing, held } = round ?? {};
  const ids = (held: ReadonlyMap<number, readonly { readonly id: string }[]> | undefined) =>
    [...(held ?? [])].map(([key, list]) => [key, list.map(({ id }) => id)]);
  return JSON.stringify([
    memoOf(state),
    state.head,
    state.ending,
    [...(held?.keys() ?? [])],
    ids(closing?.witnesses),
    ids(closing?.proposals),
    ids(closing?.prevotes),
    ids(closing?.precommits),
    [...(closing?.faulty ?? [])],
    [...(closing?.justified.keys() ?? [])].sort(),
    closing?.decision?.root,
    [...state.outcomes.values()].map(({ id }) => id),
  ]);
}

function difference(was: string, is: string): string {
  let at = 0;
  while (was[at] === is[at]) at++;
  return `${was.slice(Math.max(0, at - 40), at + 40)} / ${is.slice(Math.max(0, at - 40), at + 40)}`;
}

/** Someone who is given the same statements in any order, some of them twice, finds the same end (R2). */
export const orderIndependence: Checker = (account) => {
  const party = chosen(account);
  const ending = party?.agent.state.ending ?? null;
  if (party === undefined || ending === null) return [];
  const random = new Random(account.plan.seed, "check");
  const shuffled = random.shuffled(party.agent.stored.filter(({ body }) => body.kind !== "call"));
  // What is refused as one too many comes again, as it would in life.
  const again: readonly VerifiedObservation[] = [account.call, ...shuffled, ...random.shuffled(shuffled)];
  const read = restore(party.agent.ceremony, OBSERVER, again, null);
  return read.ending?.digest === ending.digest
    ? []
    : [
        {
          invariant: "order",
          detail: `what seat ${party.agent.seat} stored gives ${read.ending?.digest.slice(0, 12) ?? "nothing"} in another order`,
        },
      ];
};
