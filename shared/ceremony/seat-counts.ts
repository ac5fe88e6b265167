// A count for each seat, side by side in one piece of memory: every batch changes some of hundreds and leaves those before it as they were, and a
// copy of so little costs far less than one of a map.
import { SEATS_MAX } from "../limits.ts";
import { invariant } from "../result.ts";

/** By the number of a seat that may speak; nothing is 0. Never written to once it is held: `CountsDraft` changes a copy. */
export type SeatCounts = Readonly<Float64Array>;

export const NO_COUNTS: SeatCounts = new Float64Array(SEATS_MAX);

export function countsOf(entries: Iterable<readonly [seat: number, number: number]>): SeatCounts {
  const draft = new CountsDraft(NO_COUNTS);
  for (const [seat, number] of entries) draft.add(seat, number);
  return draft.take();
}

export function countOf(counts: SeatCounts, seat: number): number {
  return counts[seat] ?? 0;
}

/** The seats that have anything, each with its number. */
export function entriesOf(counts: SeatCounts): readonly (readonly [seat: number, number: number])[] {
  return [...counts.entries()].filter(([, number]) => number !== 0);
}

/** Counts under change, copied where the first of them changes. */
export class CountsDraft {
  #numbers: SeatCounts;
  #own: Float64Array | null = null;

  constructor(before: SeatCounts) {
    this.#numbers = before;
  }

  of(seat: number): number {
    return countOf(this.#numbers, seat);
  }

  add(seat: number, more: number): void {
    invariant(seat >= 0 && seat < SEATS_MAX, "whoever speaks has a seat that a statement can name");
    this.#own ??= this.#numbers.slice();
    this.#own[seat] = this.of(seat) + more;
    this.#numbers = this.#own;
  }

  /** As it is by now; what is added later changes it no more. */
  take(): SeatCounts {
    this.#own = null;
    return this.#numbers;
  }
}
