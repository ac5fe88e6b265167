// Handling labels (SPEC §20.20): caveats that are part of what was signed, as an ordered list of names. What is made of labelled things bears
// the join of their labels, which is all of them: no caveat is lost in an aggregate, and none has to be weighed against another.
import { list, misfit, type Reader, text } from "../cbor/read.ts";
import { LABELS_MAX } from "../limits.ts";
import { sortedTexts } from "../text.ts";

export type Labels = readonly string[];

const readNames = list(text(), LABELS_MAX);

/** Each once and in ascending order: one set has one spelling. */
export const readLabels: Reader<Labels> = (value, path) => {
  const labels = readNames(value, path);
  return labels.some((label, index) => index > 0 && (labels[index - 1] as string) >= label)
    ? misfit(path, "labels in ascending order, each once")
    : labels;
};

export function joinLabels(all: readonly Labels[]): Labels {
  return sortedTexts(new Set(all.flat()));
}

type Labelled = { readonly id: string; readonly labels: Labels; readonly drawn: readonly string[] };

/** What each thing bears: its own labels, and those of all that it was drawn from, as far as that is at hand. */
export function bornLabels(things: readonly Labelled[]): (id: string) => Labels {
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  const known = new Map<string, Labels>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const seen = new Set<string>();
    const open = [id];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(byId.get(at)?.drawn ?? []));
    }
    const labels = joinLabels([...seen].map((one) => byId.get(one)?.labels ?? []));
    known.set(id, labels);
    return labels;
  };
}
