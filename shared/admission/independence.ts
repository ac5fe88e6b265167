// Who corroborates whom (SPEC §18.3). An observation counts as corroboration if nothing in its ancestry is shared with the subject's: no
// observation, no organisation, no device. Ten copies of one sensor's reading have one origin and add nothing; two that cite each other
// have none at all.
import type { Id } from "../observation/observation.ts";
import type { Evidence } from "./evidence.ts";

export type Sourced = Pick<Evidence, "id" | "authority" | "device" | "sources" | "claim">;

export type Relation =
  /** Counts, alone or as one of a group that shares something among themselves. */
  "independent" | "echo" | "same-authority" | "circular" | "unresolved" | "another-claim";

export type Corroboration = {
  /** Independent groups. */
  readonly count: number;
  readonly others: readonly { readonly id: Id; readonly relation: Relation }[];
};

type Ancestry = {
  readonly ids: ReadonlySet<Id>;
  /** Organisations and devices of all of them. */
  readonly marks: ReadonlySet<string>;
  readonly circular: boolean;
  readonly unresolved: boolean;
};

/** Looks up ancestries, each worked out once; `known` are all observations at hand. */
export function ancestries(known: readonly Sourced[]): (id: Id) => Ancestry {
  const byId = new Map(known.map((observation) => [observation.id, observation]));
  const found = new Map<Id, Ancestry>();
  return (id) => {
    const ready = found.get(id) ?? ancestryOf(id, byId);
    found.set(id, ready);
    return ready;
  };
}

function ancestryOf(id: Id, byId: ReadonlyMap<Id, Sourced>): Ancestry {
  const ids = new Set<Id>();
  const marks = new Set<string>();
  let unresolved = false;
  const waiting: Id[] = [id];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (ids.has(at)) continue;
    ids.add(at);
    const observation = byId.get(at);
    // A source that is not at hand is not taken for absent: whatever it was may be shared.
    if (observation === undefined) unresolved = true;
    else {
      marks.add(`authority ${observation.authority}`).add(`device ${observation.device}`);
      waiting.push(...observation.sources);
    }
  }
  return { ids, marks, circular: isCircular(ids, byId), unresolved };
}

/** Whether something is left once all that rests on nothing, or on what was taken away before, is taken away. */
function isCircular(ids: ReadonlySet<Id>, byId: ReadonlyMap<Id, Sourced>): boolean {
  const sources = new Map([...ids].map((id) => [id, [...new Set(byId.get(id)?.sources ?? [])]]));
  const resting = new Map<Id, Id[]>();
  for (const [id, below] of sources)
    for (const source of below) resting.set(source, [...(resting.get(source) ?? []), id]);
  const open = new Map([...sources].map(([id, below]) => [id, below.length]));
  const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  let taken = 0;
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    taken += 1;
    for (const id of resting.get(at) ?? []) {
      const left = (open.get(id) as number) - 1;
      open.set(id, left);
      if (left === 0) free.push(id);
    }
  }
  return taken < ids.size;
}

/** What the others at hand add to a subject's claim. */
export function corroborate(
  subject: Sourced,
  known: readonly Sourced[],
  ancestryFor = ancestries(known),
): Corroboration {
  const own = ancestryFor(subject.id);
  const others = known
    .filter(({ id }) => id !== subject.id)
    .map((other) => ({ other, relation: relationOf(subject, own, other, ancestryFor(other.id)) }));
  const independent = others
    .filter(({ relation }) => relation === "independent")
    .map(({ other }) => ancestryFor(other.id).marks);
  return { count: groups(independent), others: others.map(({ other: { id }, relation }) => ({ id, relation })) };
}

function relationOf(subject: Sourced, own: Ancestry, other: Sourced, theirs: Ancestry): Relation {
  if (subject.claim === null || other.claim !== subject.claim) return "another-claim";
  if (own.circular || theirs.circular) return "circular";
  if (own.unresolved || theirs.unresolved) return "unresolved";
  if (other.authority === subject.authority) return "same-authority";
  for (const mark of theirs.marks) if (own.marks.has(mark)) return "echo";
  return "independent";
}

/** The number of groups of which none shares an organisation or a device with another. */
function groups(marks: readonly ReadonlySet<string>[]): number {
  const above = new Map<string, string>();
  const top = (mark: string): string => {
    let at = mark;
    for (let next = above.get(at); next !== undefined && next !== at; next = above.get(at)) at = next;
    return at;
  };
  for (const set of marks) {
    const [first = "", ...rest] = [...set];
    if (!above.has(first)) above.set(first, first);
    for (const mark of rest) above.set(top(mark), top(first));
  }
  return new Set(marks.map(([...set]) => top(set[0] as string))).size;
}
