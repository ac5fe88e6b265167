// A number for each seat, side by side in one piece of memory: every batch changes some of hundreds and leaves those before it as they were, and a
// copy of so little costs a hundredth of what one of a map does.
import { SEATS_MAX } from "../limits.ts";

/** By the seat's index; nothing is 0. Never written to once it is held: `TallyDraft` changes a copy. */
export type Tally = Readonly<Float64Array>;

export const NO_TALLY: Tally = new Float64Array(SEATS_MAX);

export function tallyOf(entries: Iterable<readonly [seat: number, number: number]>): Tally {
  const draft = new TallyDraft(NO_TALLY);
  for (const [seat, number] of entries) draft.add(seat, number);
  return draft.take();
}

export function numberOf(tally: Tally, seat: number): number {
  return tally[seat] ?? 0;
}

/** The seats that have anything, each with its number. */
export function entriesOf(tally: Tally): readonly (readonly [seat: number, number: number])[] {
  return [...tally.entries()].filter(([, number]) => number !== 0);
}

/** A tally under change, copied where the first number changes. */
export class TallyDraft {
  #numbers: Tally;
  #own: Float64Array | null = null;

  constructor(before: Tally) {
    this.#numbers = before;
  }

  of(seat: number): number {
    return numberOf(this.#numbers, seat);
  }

  add(seat: number, more: number): void {
    this.#own ??= this.#numbers.slice();
    this.#own[seat] = this.of(seat) + more;
    this.#numbers = this.#own;
  }

  /** As it is by now; what is added later changes it no more. */
  take(): Tally {
    this.#own = null;
    return this.#numbers;
  }
}
