// How far two histories are apart (SPEC §20.8), measured before anything is merged: per subject, and as a share of the subjects of which
// both speak. One side's silence is no conflict; where nothing can be compared, nothing is safe.
import type { CborValue } from "../cbor/value.ts";
import { compareText, sortedTexts } from "../text.ts";
import type { Fact } from "./fact.ts";
import type { LossNote } from "./translate.ts";
import { sameValue } from "./values.ts";

/** A fact as one mesh sees it: a native one as it is, a foreign one as it was read. */
export type Seen = {
  readonly fact: Fact;
  readonly native: boolean;
  readonly subject: string;
  readonly value: CborValue;
  readonly tolerance: number;
  /** What it counts for where it crosses to. */
  readonly tier: number;
  readonly losses: readonly LossNote[];
};

/** A subject of which both meshes speak. */
export type Comparison = {
  readonly subject: string;
  /** The facts that stand: those that no later word of their own mesh has replaced. */
  readonly standing: readonly Seen[];
  readonly agrees: boolean;
};

export type Divergence = {
  readonly measured: { readonly num: number; readonly den: number };
  /** Subjects of which both speak. */
  readonly comparable: number;
};

/** Compares what one mesh holds of its own with what it would import. */
export function compareSubjects(seen: readonly Seen[]): readonly Comparison[] {
  const bySubject = new Map<string, Seen[]>();
  for (const item of seen) {
    const group = bySubject.get(item.subject);
    if (group === undefined) bySubject.set(item.subject, [item]);
    else group.push(item);
  }
  return sortedTexts(bySubject.keys()).flatMap((subject) => {
    const standing = standingOf(bySubject.get(subject) as Seen[]);
    const [native, foreign] = [standing.filter((item) => item.native), standing.filter((item) => !item.native)];
    if (native.length === 0 || foreign.length === 0) return [];
    const agrees = native.every((one) => foreign.every((other) => agree(one, other)));
    return [{ subject, standing, agrees }];
  });
}

export function agree(one: Seen, other: Seen): boolean {
  return sameValue(one.value, other.value, Math.min(one.tolerance, other.tolerance));
}

/**
 * What an authority has since replaced does not stand: what a later fact of its own on the subject cites, or was surely stamped after. Nobody replaces
 * another's word by being later: that is for arbitration.
 */
export function standingOf(group: readonly Seen[]): readonly Seen[] {
  // By its own word for the subject: two subjects that a translation runs together are two statements still.
  const voice = ({ fact }: Seen) => JSON.stringify([fact.origin, fact.frame, fact.authority, fact.subject]);
  const latest = new Map<string, number>();
  const cited = new Set<string>();
  for (const item of group) {
    latest.set(voice(item), Math.max(latest.get(voice(item)) ?? 0, item.fact.at[0]));
    for (const source of item.fact.sources) cited.add(JSON.stringify([voice(item), source]));
  }
  return group
    .filter((item) => !cited.has(JSON.stringify([voice(item), item.fact.id])))
    .filter((item) => item.fact.at[1] >= (latest.get(voice(item)) as number))
    .sort((a, b) => compareText(a.fact.id, b.fact.id));
}

/** By subjects, or by the tiers of those who speak, so that a flood from an authority of little weight moves little. */
export function measure(comparisons: readonly Comparison[], by: "subjects" | "tiers"): Divergence {
  const weigh = (some: readonly Comparison[]) =>
    some.reduce((sum, { standing }) => sum + (by === "subjects" ? 1 : weightOf(standing)), 0);
  return {
    measured: { num: weigh(comparisons.filter(({ agrees }) => !agrees)), den: weigh(comparisons) },
    comparable: comparisons.length,
  };
}

/** A subject weighs what the weaker side's best authority on it does. */
function weightOf(standing: readonly Seen[]): number {
  const heaviest = (native: boolean) =>
    Math.max(...standing.filter((item) => item.native === native).map(({ tier }) => tier));
  return Math.min(heaviest(true), heaviest(false));
}

/** The worse of two: where one side finds the other too far away, so does the pair. */
export function worse(a: Divergence, b: Divergence): Divergence {
  if (a.measured.den === 0 || b.measured.den === 0) return a.measured.den === 0 ? b : a;
  const difference = a.measured.num * b.measured.den - b.measured.num * a.measured.den;
  return difference > 0 || (difference === 0 && a.comparable >= b.comparable) ? a : b;
}

export type Verdict = "clean" | "resolvable" | "unsafe";

/** At the limit is above it; nothing to compare is unsafe. */
export function verdictOf({ measured }: Divergence, limit: { readonly num: number; readonly den: number }): Verdict {
  if (measured.den === 0) return "unsafe";
  if (measured.num === 0) return "clean";
  return measured.num * limit.den >= limit.num * measured.den ? "unsafe" : "resolvable";
}
