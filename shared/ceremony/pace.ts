// How fast statements came: counts in equal steps of time, a bounded number of them however long it took and however many there are.

export type Pace = {
  /** Where the first step begins, and how long each is, in microseconds. */
  readonly from: number;
  readonly step: number;
  readonly counts: readonly number[];
};

const SECOND = 1_000_000;
const STEPS = [1, 2, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400] as const;
const COLUMNS_MAX = 60;
/** One in so many, at either end, counts in the outermost step: a signer's wild stamp must not flatten all others. */
const OUTLYING = 50;

/** Null where there is nothing; `instants` are in microseconds, in any order. */
export function paceOf(instants: readonly number[]): Pace | null {
  const sorted = [...instants].sort((a, b) => a - b);
  const aside = Math.floor(sorted.length / OUTLYING);
  const oldest = sorted[aside];
  const newest = sorted[sorted.length - 1 - aside];
  if (oldest === undefined || newest === undefined) return null;
  const least = Math.floor((newest - oldest) / ((COLUMNS_MAX - 1) * SECOND)) + 1;
  const step = (STEPS.find((seconds) => seconds >= least) ?? least) * SECOND;
  const from = Math.floor(oldest / step) * step;
  const counts = Array.from({ length: Math.floor((newest - from) / step) + 1 }, () => 0);
  for (const at of sorted) {
    const index = Math.min(Math.max(Math.floor((at - from) / step), 0), counts.length - 1);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return { from, step, counts };
}
