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

/** What one observation rests on, itself included. */
type Ancestry = {
  /** One bit for each organisation and each device among it; not told of what is circular. */
  readonly marks: bigint;
  readonly circular: boolean;
  readonly unresolved: boolean;
};

/** The ancestries of all observations at hand, worked out at once: each builds on those of its sources. */
export type Ancestries = {
  readonly places: ReadonlyMap<Id, number>;
  /** By place: of sources, and of organisations and devices. */
  readonly sources: readonly (readonly number[])[];
  readonly marks: readonly (readonly number[])[];
  readonly found: readonly Ancestry[];
};

const CIRCULAR: Ancestry = { marks: 0n, circular: true, unresolved: false };
/** A source that is not at hand is not taken for absent: whatever it was may be shared. */
const UNRESOLVED: Ancestry = { marks: 0n, circular: false, unresolved: true };

export function ancestries(known: readonly Sourced[]): Ancestries {
  const byId = new Map(known.map((observation) => [observation.id, observation]));
  const ids = [...new Set(known.flatMap(({ id, sources }) => [id, ...sources]))];
  const places = new Map(ids.map((id, place) => [id, place]));
  const numbers = new Map<string, number>();
  const numberOf = (mark: string) => {
    const number = numbers.get(mark) ?? numbers.size;
    numbers.set(mark, number);
    return number;
  };
  const sources = ids.map((id) => [...new Set(byId.get(id)?.sources ?? [])].map((each) => places.get(each) as number));
  const marks = ids.map((id) => {
    const one = byId.get(id);
    return one === undefined ? [] : [numberOf(`authority ${one.authority}`), numberOf(`device ${one.device}`)];
  });
  const found = ids.map(() => CIRCULAR);
  for (const place of groundFirst(sources)) {
    const below = (sources[place] as readonly number[]).map((source) => found[source] as Ancestry);
    found[place] = byId.has(ids[place] as Id) ? joined(marks[place] as readonly number[], below) : UNRESOLVED;
  }
  return { places, sources, marks, found };
}

function joined(own: readonly number[], below: readonly Ancestry[]): Ancestry {
  let marks = own.reduce((bits, mark) => bits | (1n << BigInt(mark)), 0n);
  for (const ancestry of below) marks |= ancestry.marks;
  return { marks, circular: false, unresolved: below.some(({ unresolved }) => unresolved) };
}

/** What rests on nothing, and then what rests only on what came before; whatever is left out rests on a circle. */
function groundFirst(sources: readonly (readonly number[])[]): readonly number[] {
  const resting = sources.map((): number[] => []);
  for (const [place, below] of sources.entries()) for (const source of below) resting[source]?.push(place);
  const open = sources.map((below) => below.length);
  const ordered = [...open.keys()].filter((place) => open[place] === 0);
  for (const source of ordered) {
    for (const place of resting[source] as readonly number[]) {
      open[place] = (open[place] as number) - 1;
      if (open[place] === 0) ordered.push(place);
    }
  }
  return ordered;
}

/** What the others at hand add to a subject's claim. */
export function corroborate(subject: Sourced, known: readonly Sourced[], all = ancestries(known)): Corroboration {
  const placeOf = (id: Id) => all.places.get(id) ?? -1;
  const own = all.found[placeOf(subject.id)] ?? UNRESOLVED;
  const others = known
    .filter(({ id }) => id !== subject.id)
    .map((other) => {
      const place = placeOf(other.id);
      return { id: other.id, place, relation: relationOf(subject, own, other, all.found[place] as Ancestry) };
    });
  const independent = others.filter(({ relation }) => relation === "independent").map(({ place }) => place);
  return { count: groups(independent, all), others: others.map(({ id, relation }) => ({ id, relation })) };
}

function relationOf(subject: Sourced, own: Ancestry, other: Sourced, theirs: Ancestry): Relation {
  if (subject.claim === null || other.claim !== subject.claim) return "another-claim";
  if (own.circular || theirs.circular) return "circular";
  if (own.unresolved || theirs.unresolved) return "unresolved";
  if (other.authority === subject.authority) return "same-authority";
  return (own.marks & theirs.marks) === 0n ? "independent" : "echo";
}

/** The number of groups of which none shares an organisation or a device with another. Each source is followed once, for all of them. */
function groups(independent: readonly number[], { sources, marks }: Ancestries): number {
  const above = new Map<number, number>();
  const top = (at: number): number => {
    let place = at;
    for (let next = above.get(place); next !== undefined; next = above.get(place)) {
      const further = above.get(next);
      if (further !== undefined) above.set(place, further);
      place = next;
    }
    return place;
  };
  const join = (one: number, other: number) => {
    const [from, to] = [top(one), top(other)];
    if (from !== to) above.set(from, to);
  };
  const seen = new Set<number>();
  const waiting = [...independent];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    // Organisations and devices are numbered below zero: places are not.
    for (const mark of marks[at] as readonly number[]) join(-1 - mark, at);
    for (const source of sources[at] as readonly number[]) {
      join(source, at);
      waiting.push(source);
    }
  }
  return new Set(independent.map(top)).size;
}
