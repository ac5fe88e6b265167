// What was not shown (SPEC §20.10): numbers missing among an authority's statements, and facts that are cited and not at hand. Neither is
// hidden, and neither proves bad faith: an excluded class leaves holes too.
import { compareText } from "../text.ts";
import type { History } from "./fact.ts";
import type { View } from "./view.ts";

export type Gap = {
  readonly mesh: string;
  readonly authority: string;
  /** First and last number of the hole. */
  readonly missing: readonly [number, number];
};

/** Holes between the lowest and the highest number of each authority. */
export function gapsIn({ facts, spoken = [] }: History): readonly Gap[] {
  const voices = new Map<
    string,
    { readonly mesh: string; readonly authority: string; readonly numbers: Set<number> }
  >();
  const heard = new Set(facts.map(({ origin, authority }) => JSON.stringify([origin, authority])));
  for (const { origin, authority, sequence } of [...facts, ...spoken]) {
    if (sequence === null || !heard.has(JSON.stringify([origin, authority]))) continue;
    const name = JSON.stringify([origin, authority]);
    const voice = voices.get(name) ?? { mesh: origin, authority, numbers: new Set() };
    voice.numbers.add(sequence);
    voices.set(name, voice);
  }
  return [...voices]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, { mesh, authority, numbers }]) => {
      const sorted = [...numbers].sort((a, b) => a - b);
      return sorted.slice(1).flatMap((number, index): readonly Gap[] => {
        const before = sorted[index] as number;
        return number === before + 1 ? [] : [{ mesh, authority, missing: [before + 1, number - 1] }];
      });
    });
}

/** A cited fact that this mesh does not hold: its id stands for it. */
export type Stub = { readonly id: string; readonly citedBy: readonly string[] };

export function stubsOf({ imports }: View, ours: History, theirs: History): readonly Stub[] {
  const said = [...ours.facts, ...(ours.spoken ?? []), ...(theirs.spoken ?? []), ...imports.map(({ fact }) => fact)];
  const known = new Set(said.map(({ id }) => id));
  const cited = new Map<string, string[]>();
  for (const { fact } of imports) {
    for (const source of fact.sources)
      if (!known.has(source)) cited.set(source, [...(cited.get(source) ?? []), fact.id]);
  }
  return [...cited].sort(([a], [b]) => compareText(a, b)).map(([id, citedBy]) => ({ id, citedBy }));
}
