// Two histories before anything is compared (SPEC §20.3): one id has one body, citations form no cycle, and what both sides hold already
// is recognised by its id, so that a fact that comes back to where it was said is never counted twice.
import { compareBytes } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { Encodable } from "../cbor/value.ts";
import { fault } from "../result.ts";
import { components } from "./components.ts";
import type { Fact, History } from "./fact.ts";

import type { Refusal } from "./routes.ts";

export type Screened = {
  /** Each mesh's sound facts, each once. */
  readonly facts: ReadonlyMap<string, readonly Fact[]>;
  /** Ids that both meshes hold. */
  readonly shared: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, readonly Refusal[]>;
};

export function screen(histories: readonly [History, History]): Screened {
  const bodies = new Map<string, Fact>();
  const corrupt = new Set<string>();
  for (const { facts } of histories) {
    for (const fact of facts) {
      const known = bodies.get(fact.id);
      if (known === undefined) bodies.set(fact.id, fact);
      else if (!sameBody(known, fact)) corrupt.add(fact.id);
    }
  }
  const cyclic = inCycles([...bodies.values()]);
  const [ours, theirs] = histories.map(({ facts }) => new Set(facts.map(({ id }) => id))) as [Set<string>, Set<string>];
  const bad = (id: string) => corrupt.has(id) || cyclic.has(id);
  const sound = ({ facts }: History) =>
    [...new Map(facts.map((fact) => [fact.id, fact])).values()].filter(({ id }) => !bad(id));
  const refusedOf = ({ facts }: History) =>
    [...new Set(facts.map(({ id }) => id))].filter(bad).map(
      (id): Refusal => ({
        id,
        fault: corrupt.has(id) ? fault("FACT_CORRUPT", { fact: id }).fault : fault("LINEAGE_CYCLE", { fact: id }).fault,
      }),
    );
  return {
    facts: new Map(histories.map((history) => [history.mesh, sound(history)])),
    shared: new Set([...ours].filter((id) => theirs.has(id) && !bad(id))),
    refused: new Map(histories.map((history) => [history.mesh, [...history.refused, ...refusedOf(history)]])),
  };
}

/** The stamp is left out: each side may state it in its own frame. */
function sameBody(a: Fact, b: Fact): boolean {
  if (a === b) return true;
  const [one, other] = [a, b].map(({ subject, value, authority, sources }) =>
    encodeCanonical([subject, value, authority, sources] as Encodable),
  ) as [Uint8Array, Uint8Array];
  return compareBytes(one, other) === 0;
}

/** Facts that lead back to themselves by what they cite. */
function inCycles(facts: readonly Fact[]): ReadonlySet<string> {
  const index = new Map(facts.map(({ id }, at) => [id, at]));
  const next = facts.map(({ sources }) => sources.flatMap((source) => index.get(source) ?? []));
  const component = components(next);
  const sizes = new Map<number, number>();
  for (const name of component) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const looped = facts.filter(
    ({ id, sources }, at) => (sizes.get(component[at] as number) as number) > 1 || sources.includes(id),
  );
  return new Set(looped.map(({ id }) => id));
}
