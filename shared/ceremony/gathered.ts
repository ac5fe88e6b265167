// What a round gathers and its closed set holds: contributions, by themselves or in batches, and notices of revocations that somebody carries
// into it.
import type { Revocation } from "../authority/statement.ts";
import {
  type BatchBody,
  type ContributionBody,
  type Id,
  isKind,
  type NoticeBody,
  type Observation,
  type RevocationNotice,
  type Withdrawal,
  type WithdrawalNotice,
} from "../observation/observation.ts";
import { inOrderOfIds } from "../several.ts";

export type Gathered = Observation<ContributionBody | NoticeBody | BatchBody>;

const lists = new WeakMap<ReadonlyMap<Id, Gathered>, readonly Gathered[]>();

/** What is held of a round, as one list until something more is: what was found of a list need not be found again. */
export function allHeld(held: ReadonlyMap<Id, Gathered>): readonly Gathered[] {
  const list = lists.get(held) ?? [...held.values()];
  lists.set(held, list);
  return list;
}

/** Of each list with batches, what was found: a list never changes, and every rule of the fold asks. */
const found = new WeakMap<readonly Observation[], readonly Observation<ContributionBody>[]>();

/** Contributions, those in batches too: each once, however many batches hold it. */
export function contributionsOf(gathered: readonly Observation[]): readonly Observation<ContributionBody>[] {
  if (!gathered.some((observation) => isKind(observation, "batch"))) return loneIn(gathered);
  const known = found.get(gathered) ?? unpacked(gathered);
  found.set(gathered, known);
  return known;
}

function unpacked(gathered: readonly Observation[]): readonly Observation<ContributionBody>[] {
  const found = new Map<Id, Observation<ContributionBody>>();
  for (const observation of gathered) {
    if (isKind(observation, "contribution")) found.set(observation.id, observation);
    if (isKind(observation, "batch"))
      for (const member of observation.body.members) if (!found.has(member.id)) found.set(member.id, member);
  }
  return [...found.values()];
}

const sorted = new WeakMap<readonly Observation[], readonly Observation<ContributionBody>[]>();

/** The same contributions in the order of ids, sorted once: the outcome asks for it, and the root of what counted. */
export function inOrder(contributions: readonly Observation<ContributionBody>[]): typeof contributions {
  const known = sorted.get(contributions) ?? inOrderOfIds(contributions);
  sorted.set(contributions, known);
  return known;
}

/** Contributions that came by themselves. */
export function loneIn(gathered: readonly Observation[]): readonly Observation<ContributionBody>[] {
  return gathered.filter((observation) => isKind(observation, "contribution"));
}

/** Notices of revoked credentials. */
export function noticesOf(gathered: readonly Observation[]): readonly Observation<RevocationNotice>[] {
  return allNoticesOf(gathered).filter(
    (notice): notice is Observation<RevocationNotice> => !("withdrawal" in notice.body),
  );
}

/** Notices of a coalition's revoked translators. */
export function withdrawalsOf(gathered: readonly Observation[]): readonly Observation<WithdrawalNotice>[] {
  return allNoticesOf(gathered).filter(
    (notice): notice is Observation<WithdrawalNotice> => "withdrawal" in notice.body,
  );
}

export function allNoticesOf(gathered: readonly Observation[]): readonly Observation<NoticeBody>[] {
  return gathered.filter((observation) => isKind(observation, "notice"));
}

/** What a notice may carry. */
export type Carried = Revocation | Withdrawal;

export function carriedIn({ body }: Observation<NoticeBody>): Carried {
  return "withdrawal" in body ? body.withdrawal : body.revocation;
}

export function isWithdrawal(carried: Carried): carried is Withdrawal {
  return "revocation" in carried;
}

export function batchesOf(gathered: readonly Observation[]): readonly Observation<BatchBody>[] {
  return gathered.filter((observation) => isKind(observation, "batch"));
}
