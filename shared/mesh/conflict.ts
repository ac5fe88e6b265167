// Subjects on which two meshes contradict each other, and how each was resolved (SPEC §20.9).
import { compareText } from "../text.ts";
import type { Agreement } from "./agreement.ts";
import { arbitrate, type Ruling, unresolved } from "./arbitrate.ts";
import type { Comparison } from "./divergence.ts";

export type Compared = { readonly mesh: string; readonly comparisons: readonly Comparison[] };

export type Conflict = {
  /** Its subject, in the words of each mesh that sees the conflict. */
  readonly subjects: ReadonlyMap<string, string>;
  /** The facts that stand against each other, by id. */
  readonly contenders: readonly string[];
  /** What they differ in: the value, and "translation" where what was lost on the way may be why. */
  readonly locus: readonly string[];
  readonly ruling: Ruling;
};

/** One conflict for each set of contenders, whichever mesh sees it; without arbitration they stay open. */
export function conflictsOf(
  compared: readonly Compared[],
  agreement: Agreement,
  arbitrated: boolean,
): readonly Conflict[] {
  const found = new Map<string, Conflict>();
  for (const { mesh, comparisons } of compared) {
    for (const { subject, standing } of comparisons.filter(({ agrees }) => !agrees)) {
      const contenders = [...new Set(standing.map(({ fact }) => fact.id))];
      const name = JSON.stringify(contenders);
      const known = found.get(name);
      const lossy = standing.some(({ losses }) => losses.length > 0) || known?.locus.includes("translation") === true;
      found.set(name, {
        subjects: new Map([...(known?.subjects ?? []), [mesh, subject]]),
        contenders,
        locus: lossy ? ["value", "translation"] : ["value"],
        ruling: known?.ruling ?? (arbitrated ? arbitrate(agreement.arbitration, standing) : unresolved(standing)),
      });
    }
  }
  return [...found.values()].sort((a, b) => compareText(nameOf(a), nameOf(b)));
}

function nameOf({ contenders }: Conflict): string {
  return JSON.stringify(contenders);
}
