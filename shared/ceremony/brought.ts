// What each elector has brought of each seat without an agent (SPEC §7.12). An honest one takes in a seat's contributions within the seat's share and
// brings each once, so that whoever has brought more is refused what it brings next: one liar with one seat, or with others' contributions again and
// again, fills no more of what is kept than an honest elector would.
import { BATCHED_PER_SEAT_MAX, KEPT_BYTES_MAX } from "../limits.ts";
import type { Member } from "../observation/batch.ts";
import { keptBytes } from "../observation/kept.ts";
import type { Intake } from "./taken.ts";

/** Contributions of a seat, and bytes kept of them. */
type Sum = { readonly count: number; readonly kept: number };
const NOTHING: Sum = { count: 0, kept: 0 };

export type Brought = {
  readonly ofSeats: ReadonlyMap<number, Sum>;
  /** Whether it has brought more than anybody honest does. */
  readonly beyond: boolean;
};

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
  const { ofSeats, beyond } = before.get(elector) ?? { ofSeats: new Map<number, Sum>(), beyond: false };
  const sums = new Map(ofSeats);
  const touched = new Set<number>();
  for (const member of members) {
    const seat = member.slot.seat as number;
    const { count, kept } = sums.get(seat) ?? NOTHING;
    sums.set(seat, { count: count + 1, kept: kept + keptBytes(member) });
    touched.add(seat);
  }
  const isBeyond = [...touched].some((seat) => {
    const { count, kept } = sums.get(seat) as Sum;
    // More than all that is known of the seat: something of it was brought twice.
    const twice = count > (known.perSeat.get(seat) ?? 0) || kept > (known.keptOf.get(seat) ?? 0);
    return twice || count > BATCHED_PER_SEAT_MAX || kept > most;
  });
  return new Map(before).set(elector, { ofSeats: sums, beyond: beyond || isBeyond });
}
