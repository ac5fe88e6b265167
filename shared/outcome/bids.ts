// Bids: an amount for one unit, how many units, and of which item (SPEC §6.4).
import { integer, type Reader, readAs, recordWith, text } from "../cbor/read.ts";
import { type CborMap, isCborMap } from "../cbor/value.ts";
import type { AwardOutcome } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { type Contribution, compareText, type Seat, seatsByIndex } from "./contribution.ts";

export type Bid = {
  readonly id: string;
  readonly seat: Seat;
  /** Empty where the policy names no items. */
  readonly item: string;
  readonly amount: number;
  readonly quantity: number;
  readonly at: number;
};

type BidFields = { readonly amount: number; readonly quantity?: number; readonly item?: string };

const QUANTITY_MAX = 1_000_000_000;
const readBid: Reader<BidFields> = recordWith(
  { amount: integer(0, Number.MAX_SAFE_INTEGER) },
  { quantity: integer(1, QUANTITY_MAX), item: text(128) },
);

/** Whether a content is a bid, for one of the policy's items where it names them; null where it is. */
export function judgeBid(items: readonly string[], content: CborMap): Fault | null {
  const bid = content.get("bid");
  for (const name of content.keys())
    if (name !== "bid" && name !== "reason")
      return fault("CONTENT_INVALID", { path: String(name), need: "left out" }).fault;
  if (!isCborMap(bid)) return fault("CONTENT_INVALID", { path: "bid", need: "a bid with its amount" }).fault;
  const read = readAs(bid, readBid, "bid");
  if (!read.ok) return fault("CONTENT_INVALID", read.fault.detail).fault;
  const item = read.value.item ?? "";
  if (items.length > 0 && !items.includes(item))
    return fault("CONTENT_INVALID", { path: "bid.item", need: `one of ${items.join(", ")}` }).fault;
  return null;
}

/** Bids in the order of their ids. */
export function collectBids(seats: readonly Seat[], contributions: readonly Contribution[]): readonly Bid[] {
  const byIndex = seatsByIndex(seats);
  const bids: Bid[] = [];
  for (const { id, seat: index, content, at } of contributions) {
    const seat = byIndex.get(index);
    const bid = content.get("bid");
    if (seat === undefined || !isCborMap(bid)) continue;
    const field = <F extends keyof BidFields>(name: F) => bid.get(name) as BidFields[F];
    bids.push({
      id,
      seat,
      item: field("item") ?? "",
      amount: field("amount"),
      quantity: field("quantity") ?? 1,
      at: at[0],
    });
  }
  return bids.sort((a, b) => compareText(a.id, b.id));
}

export function outbids(direction: AwardOutcome["direction"], amount: number, other: number): boolean {
  return direction === "highest" ? amount > other : amount < other;
}

/** The better bid first; equal ones by the policy's rules for ties, and last of all by their hash. */
export function compareBids({ direction, ties }: AwardOutcome): (a: Bid, b: Bid) => number {
  return (a, b) => {
    if (a.amount !== b.amount) return outbids(direction, a.amount, b.amount) ? -1 : 1;
    for (const rule of ties) {
      const difference = TIES[rule](a, b);
      if (difference !== 0) return difference;
    }
    return compareText(a.id, b.id);
  };
}

const TIES: { readonly [T in AwardOutcome["ties"][number]]: (a: Bid, b: Bid) => number } = {
  "highest-tier": (a, b) => (b.seat.tier ?? 0) - (a.seat.tier ?? 0),
  "highest-power": (a, b) => b.seat.power - a.seat.power,
  "larger-quantity": (a, b) => b.quantity - a.quantity,
  earliest: (a, b) => a.at - b.at,
};
