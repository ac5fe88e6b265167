// What a tally rule answers: candidates in order, those in one group tied, with the counts that show why (SPEC §6.4).
import { encodeCanonical } from "../cbor/encode.ts";
import { sha256Hex } from "../hash.ts";
import type { CandidateTieBreak } from "../policy/policy.ts";
import { compareText } from "./contribution.ts";

export type Order = readonly (readonly number[])[];

export type Ranked = { readonly order: Order; readonly explanation: readonly string[] };

/** Groups candidates by score, the highest first. */
export function orderByScore(scores: readonly bigint[]): Order {
  const groups = new Map<bigint, number[]>();
  scores.forEach((score, candidate) => {
    groups.set(score, [...(groups.get(score) ?? []), candidate]);
  });
  return [...groups].sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0)).map(([, group]) => group);
}

/** Scores on a scale of splits, as people write them: `3`, or `7/2` where ballots were split. */
export function showScore(score: bigint, scale: bigint): string {
  if (score % scale === 0n) return String(score / scale);
  let [a, b] = [score, scale];
  while (b !== 0n) [a, b] = [b, a % b];
  return `${score / a}/${scale / a}`;
}

/** Tied candidates by a rule that separates any two: the order in which the policy declares them, or their lowest hash first. */
export function sortByRule(
  rule: CandidateTieBreak,
  candidates: readonly string[],
  tied: readonly number[],
): readonly number[] {
  if (rule === "declared") return [...tied].sort((a, b) => a - b);
  const hashes = new Map(tied.map((index) => [index, sha256Hex(encodeCanonical(candidates[index] as string))]));
  return [...tied].sort((a, b) => compareText(hashes.get(a) as string, hashes.get(b) as string));
}
