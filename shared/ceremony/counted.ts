// What counted, as one hash (SPEC §7.13): whoever handed in a contribution can be shown in O(log n) bytes that an outcome rests on it.
import { toHex } from "../bytes.ts";
import { rootOfSet } from "../closing/root.ts";
import type { Decision } from "../closing/state.ts";
import { idBytes } from "../hash.ts";
import type { ContributionBody, Derivation, Id, Observation } from "../observation/observation.ts";
import { allNoticesOf, contributionsOf, inOrder } from "./gathered.ts";
import type { CeremonyState, Round } from "./state.ts";
import { gatheredIn, gatheredInAll } from "./struck.ts";

/**
 * What a record calls the closed set of a round. Where batches are part of it, it is the root of what they hold: who carried a contribution,
 * and with which others, is no part of the outcome.
 */
export function outcomeRoot(round: Round): Id {
  const { root } = round.closing.decision as Decision;
  if (round.batched.size === 0) return root;
  const gathered = gatheredIn(round);
  const [ids, notices] = [sortedIn(contributionsOf(gathered)), allNoticesOf(gathered)];
  return rootOfSet(notices.length === 0 ? ids : [...ids, ...notices.map(({ id }) => id)].sort());
}

const sortedIds = new WeakMap<readonly Observation<ContributionBody>[], readonly Id[]>();

/** One list of ids for each list of contributions: of those that batches brought, the root is worked out once. */
function sortedIn(contributions: readonly Observation<ContributionBody>[]): readonly Id[] {
  const ids = sortedIds.get(contributions) ?? inOrder(contributions).map(({ id }) => id);
  sortedIds.set(contributions, ids);
  return ids;
}

const counted = new WeakMap<NonNullable<CeremonyState["ending"]>, readonly Id[]>();

/** Ids of the contributions that the outcome rests on, sorted: all in closed sets but those that the record excludes. */
export function countedIn({ ending, rounds }: CeremonyState): readonly Id[] {
  if (ending === null) return [];
  const known = counted.get(ending);
  if (known !== undefined) return known;
  const excluded = new Set(ending.record.excluded.map(({ id }) => id));
  const closed = gatheredInAll(rounds.filter(({ closing }) => closing.decision !== null));
  const ids = sortedIn(contributionsOf(closed));
  const found = excluded.size === 0 ? ids : ids.filter((id) => !excluded.has(id));
  counted.set(ending, found);
  return found;
}

/** The name under which an outcome statement says what counted. */
export const COUNTED = "counted";

/** What a party's outcome statement says that its outcome was derived from; null where everyone with a seat was told everything. */
export function countedBy(state: CeremonyState): Derivation | null {
  if (state.rounds.every(({ batched }) => batched.size === 0)) return null;
  return { name: COUNTED, version: 1, params: idBytes(rootOfSet(countedIn(state))) };
}

/** The root that an outcome statement names; null where it names none. */
export function countedRootOf({ lineage: { derivation } }: Observation): Id | null {
  const { name, version, params } = derivation ?? { name: "", version: 0, params: null };
  return name === COUNTED && version === 1 && params instanceof Uint8Array && params.length === 32
    ? toHex(params)
    : null;
}
