// What others measured (SPEC §16.5). A range counts where both ends signed it, belong to different organisations and agree; a position is
// corroborated by the ranges that fit it.
import type { Fix } from "./fix.ts";
import { reach, squaredDistance } from "./vector.ts";

/** One party's measurement of its distance to another, in millimetres. */
export type Measured = {
  readonly from: string;
  readonly to: string;
  readonly distance: number;
  readonly uncertainty: number;
};

/** A distance on which both ends agree, as an interval; `a` sorts before `b`. */
export type Link = { readonly a: string; readonly b: string; readonly least: number; readonly most: number };

/** The co-signed links among what was measured; of several between two parties, all must agree. */
export function coSigned(
  measured: readonly Measured[],
  isIndependent: (a: string, b: string) => boolean,
): readonly Link[] {
  const pairs = new Map<string, { a: string; b: string; signers: Set<string>; least: number; most: number }>();
  for (const { from, to, distance, uncertainty } of measured) {
    if (from === to || !isIndependent(from, to)) continue;
    const [a, b] = from < to ? [from, to] : [to, from];
    const name = JSON.stringify([a, b]);
    const pair = pairs.get(name) ?? { a, b, signers: new Set<string>(), least: 0, most: Number.MAX_SAFE_INTEGER };
    pair.signers.add(from);
    pair.least = Math.max(pair.least, distance - uncertainty);
    pair.most = Math.min(pair.most, distance + uncertainty);
    pairs.set(name, pair);
  }
  return [...pairs.values()]
    .filter(({ signers, least, most }) => signers.size === 2 && least <= most)
    .map(({ a, b, least, most }) => ({ a, b, least, most }));
}

/** Whether two fixes can be as far apart as the link says: their distance, give or take, meets its interval. */
export function fits(link: Link, a: Fix, b: Fix): boolean {
  const squared = squaredDistance(a.position, b.position);
  const slack = a.uncertainty + b.uncertainty;
  const short = BigInt(Math.max(link.least - slack, 0));
  return reach(squared, slack, link.most) !== "beyond" && squared >= short * short;
}
