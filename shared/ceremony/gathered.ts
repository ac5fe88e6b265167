// What a round gathers and its closed set holds: contributions, and notices of revocations that somebody carries into it.
import type { Revocation } from "../authority/statement.ts";
import {
  type ContributionBody,
  isKind,
  type NoticeBody,
  type Observation,
  type RevocationNotice,
  type Withdrawal,
  type WithdrawalNotice,
} from "../observation/observation.ts";

export type Gathered = Observation<ContributionBody | NoticeBody>;

export function contributionsOf(gathered: readonly Observation[]): readonly Observation<ContributionBody>[] {
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
