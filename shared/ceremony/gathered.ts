// What a round gathers and its closed set holds: contributions, and notices of revocations that somebody carries into it.
import { type ContributionBody, isKind, type NoticeBody, type Observation } from "../observation/observation.ts";

export type Gathered = Observation<ContributionBody | NoticeBody>;

export function contributionsOf(gathered: readonly Observation[]): readonly Observation<ContributionBody>[] {
  return gathered.filter((observation) => isKind(observation, "contribution"));
}

export function noticesOf(gathered: readonly Observation[]): readonly Observation<NoticeBody>[] {
  return gathered.filter((observation) => isKind(observation, "notice"));
}
