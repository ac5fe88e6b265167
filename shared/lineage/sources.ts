// The lineage of observations (SPEC §11.2): each names what it was derived from by hash, and that names its own sources, across devices and
// authorities, down to those that rest on nothing. Judged over a set at hand, in any order alike; what is not at hand is never taken for absent.
import { components } from "../mesh/components.ts";
import type { Id } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { compareText } from "../text.ts";

/** One body under the id that it is listed by. `fault` is why it is refused by itself; null where it stands. */
export type Claimed = {
  readonly id: Id;
  /** What tells two bodies of one id apart, such as a hash of their bytes. */
  readonly body: string;
  readonly sources: readonly Id[];
  readonly fault: Fault | null;
};

export type Traced = {
  readonly id: Id;
  /** `unresolved`: it stands, but something in its ancestry is not at hand. */
  readonly verdict: "verified" | "unresolved" | "refused";
  readonly fault: Fault | null;
  readonly sources: readonly Id[];
  /** Links to the farthest leaf at hand; 0 where it rests on nothing, or on itself. */
  readonly depth: number;
};

/** A source that is cited and not at hand. */
export type Unresolved = { readonly id: Id; readonly citedBy: readonly Id[] };

/** The verdict on each listed id, in the order of ids. */
export function traceSources(listed: readonly Claimed[]): readonly Traced[] {
  const claims = oneBodyEach(listed);
  const { order, cyclic } = leavesFirst([...claims.values()]);
  const traced = new Map<Id, Traced>();
  for (const { id } of order) {
    const claim = claims.get(id) as Claimed;
    const found = claim.sources.map((source) => traced.get(source));
    const own = cyclic.has(id) ? fault("LINEAGE_CYCLE", { fact: id }).fault : claim.fault;
    const refused = found.find((source) => source?.verdict === "refused");
    const lacking = claim.sources.find((source) => !claims.has(source));
    const why =
      own ??
      (refused === undefined
        ? null
        : fault("SOURCE_REFUSED", { id, source: refused.id, code: rootCode(refused) }).fault);
    const open = lacking !== undefined || found.some((source) => source?.verdict === "unresolved");
    traced.set(id, {
      id,
      verdict: why !== null ? "refused" : open ? "unresolved" : "verified",
      fault: why ?? (lacking === undefined ? null : fault("SOURCE_UNRESOLVED", { id, source: lacking }).fault),
      sources: claim.sources,
      depth: cyclic.has(id) ? 0 : Math.max(0, ...found.map((source) => (source === undefined ? 0 : source.depth + 1))),
    });
  }
  return [...traced.values()].sort((a, b) => compareText(a.id, b.id));
}

/** The code at the bottom of what a source is refused for. */
function rootCode({ fault }: Traced): string {
  return String(fault?.code === "SOURCE_REFUSED" ? fault.detail.code : fault?.code);
}

/** Cited sources that nothing is listed under, in the order of ids. */
export function unresolvedIn(listed: readonly Pick<Claimed, "id" | "sources">[]): readonly Unresolved[] {
  const held = new Set(listed.map(({ id }) => id));
  const cited = new Map<Id, Set<Id>>();
  for (const { id, sources } of listed)
    for (const source of sources) if (!held.has(source)) cited.set(source, (cited.get(source) ?? new Set()).add(id));
  return [...cited].sort(([a], [b]) => compareText(a, b)).map(([id, by]) => ({ id, citedBy: [...by].sort() }));
}

/** An observation and all that it rests on, as far as it is listed. */
export function ancestryIn<T extends Pick<Claimed, "id" | "sources">>(listed: readonly T[], of: Id): readonly T[] {
  const byId = new Map(listed.map((each) => [each.id, each]));
  const reached = new Set<Id>();
  const open = [of];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const each = byId.get(id);
    if (each === undefined || reached.has(id)) continue;
    reached.add(id);
    open.push(...each.sources);
  }
  return listed.filter(({ id }) => reached.has(id));
}

/** One id has one body: of two nobody can say which is meant, and neither is taken. */
function oneBodyEach(listed: readonly Claimed[]): ReadonlyMap<Id, Claimed> {
  const claims = new Map<Id, Claimed>();
  for (const claim of listed) {
    const known = claims.get(claim.id);
    if (known === undefined) claims.set(claim.id, claim);
    else if (known.body !== claim.body) {
      const sources = [...new Set([...known.sources, ...claim.sources])].sort();
      claims.set(claim.id, { ...known, sources, fault: fault("FACT_CORRUPT", { fact: claim.id }).fault });
    }
  }
  return claims;
}

/** Everything behind what it rests on; what leads back to itself stands anywhere, and is named. */
function leavesFirst(claims: readonly Claimed[]): {
  readonly order: readonly Claimed[];
  readonly cyclic: ReadonlySet<Id>;
} {
  const place = new Map(claims.map(({ id }, index) => [id, index]));
  const next = claims.map(({ sources }) => sources.flatMap((source) => place.get(source) ?? []));
  const component = components(next);
  const sizes = Map.groupBy(component, (name) => name);
  const cyclic = new Set(
    claims.flatMap(({ id, sources }, at) =>
      sources.includes(id) || (sizes.get(component[at] as number)?.length ?? 0) > 1 ? [id] : [],
    ),
  );
  const waiting = next.map((targets, at) => targets.filter((target) => component[target] !== component[at]).length);
  const resting: number[][] = next.map(() => []);
  for (const [at, targets] of next.entries())
    for (const target of targets) if (component[target] !== component[at]) resting[target]?.push(at);
  const open = waiting.flatMap((count, at) => (count === 0 ? [at] : []));
  const order: Claimed[] = [];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    order.push(claims[at] as Claimed);
    for (const above of resting[at] ?? []) {
      waiting[above] = (waiting[above] as number) - 1;
      if (waiting[above] === 0) open.push(above);
    }
  }
  return { order, cyclic };
}
