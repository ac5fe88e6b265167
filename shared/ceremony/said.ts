// What was said in a round, as pictures of it need it: worked out once for what is held, since pages ask every few seconds and a burst has a hundred
// thousand contributions.
import type { Decision } from "../closing/state.ts";
import type { ContributionBody, Id, NoticeBody, Observation } from "../observation/observation.ts";
import { allHeld, allNoticesOf, contributionsOf, type Gathered } from "./gathered.ts";
import type { Round } from "./state.ts";

export type Said = Observation<ContributionBody | NoticeBody>;

export type Gist = {
  /** Contributions, by themselves or in batches, and then notices. Who carried a contribution is no part of it. */
  readonly said: readonly Said[];
  /** How many there are of each role. */
  readonly roles: ReadonlyMap<string, number>;
  /** When each was said at the latest, ascending. */
  readonly instants: readonly number[];
};

const gists = new WeakMap<Round["held"], Gist>();

export function gistOf({ held }: Pick<Round, "held">): Gist {
  const known = gists.get(held);
  if (known !== undefined) return known;
  const said = saidIn(allHeld(held));
  const roles = new Map<string, number>();
  for (const one of said) roles.set(roleOf(one), (roles.get(roleOf(one)) ?? 0) + 1);
  const gist = { said, roles, instants: said.map(({ at }) => at[1]).sort((a, b) => a - b) };
  gists.set(held, gist);
  return gist;
}

export function roleOf({ body }: Said): string {
  return body.kind === "contribution" ? body.role : "notice";
}

function saidIn(gathered: readonly Gathered[]): readonly Said[] {
  return [...contributionsOf(gathered), ...allNoticesOf(gathered)];
}

/** Ids of what the closed set of a round holds; null while it is open. */
export function closedIn({ closing, held }: Round): ReadonlySet<Id> | null {
  if (closing.decision === null) return null;
  const listed = closing.decision.set.flatMap((id) => held.get(id) ?? []);
  return new Set(saidIn(listed).map(({ id }) => id));
}

const sizes = new WeakMap<Decision, number>();

/** How many those are; none while it is open. */
export function closedSize(round: Round): number {
  const { decision } = round.closing;
  if (decision === null) return 0;
  const size = sizes.get(decision) ?? closedIn(round)?.size ?? 0;
  sizes.set(decision, size);
  return size;
}
