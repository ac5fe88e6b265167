// What each elector has brought of each seat without an agent (SPEC §7.12). An honest one takes in a seat's contributions within the seat's share and
// brings each once, so that whoever has brought more is refused what it brings next: one liar with one seat, or with others' contributions again and
// again, fills no more of what is kept than an honest elector would.
import { BATCHED_PER_SEAT_MAX, KEPT_BYTES_MAX } from "../limits.ts";
import type { Member } from "../observation/batch.ts";
import { keptBytes } from "../observation/kept.ts";
import { CountsDraft, countOf, NO_COUNTS, type SeatCounts } from "./seat-counts.ts";
import type { Intake } from "./taken.ts";

export type Brought = {
  /** Contributions of each seat, and bytes kept of them. */
  readonly counts: SeatCounts;
  readonly kept: SeatCounts;
  /** Whether it has brought more than anybody honest does. */
  readonly beyond: boolean;
};
const NOTHING: Brought = { counts: NO_COUNTS, kept: NO_COUNTS, beyond: false };

/** By the elector's seat. */
export type BroughtBy = ReadonlyMap<number, Brought>;

/** What one seat may have kept: an equal share, and where there are others no more than three quarters of what one elector may bring, `share`. */
export function seatShare(seats: number, share: number): number {
  const own = seats > 1 ? share - Math.floor(share / 4) : share;
  return Math.min(Math.floor(KEPT_BYTES_MAX / Math.max(seats, 1)), own);
}

/** Notes a batch of one elector; `known` is what is known of all seats with it, and `most` a seat's share in bytes. */
export function noteBrought(
  before: BroughtBy,
  elector: number,
  members: readonly Member[],
  known: Pick<Intake, "perSeat" | "keptOf">,
  most: number,
): BroughtBy {
  const earlier = before.get(elector) ?? NOTHING;
  const [counts, kept] = [new CountsDraft(earlier.counts), new CountsDraft(earlier.kept)];
  for (const member of members) {
    counts.add(seatOf(member), 1);
    kept.add(seatOf(member), keptBytes(member));
  }
  const isBeyond = members.some((member) => {
    const seat = seatOf(member);
    // More than all that is known of the seat: something of it was brought twice.
    const twice = counts.of(seat) > countOf(known.perSeat, seat) || kept.of(seat) > countOf(known.keptOf, seat);
    return twice || counts.of(seat) > BATCHED_PER_SEAT_MAX || kept.of(seat) > most;
  });
  const brought = { counts: counts.take(), kept: kept.take(), beyond: earlier.beyond || isBeyond };
  return new Map(before).set(elector, brought);
}

const seatOf = ({ slot }: Member) => slot.seat as number;
