// A sale with more bidders than anybody asks by hand: three organisations run agents and close it, every bidder is one of its own and runs none.
import { authorFor } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import type { Party } from "../stack/party.ts";

const HOUR = 3_600_000_000;

/** The pattern, and what it is set to: open bids, and three organisations beside the bidders that close the round. */
export const SALE = "auction";
export const AUCTION_SETTINGS = [
  { path: "sealed", value: false },
  { path: "outcome.rule", value: "second-price" },
  { path: "roles.bidder.closes", value: false },
  { path: "roles.bidder.agent", value: false },
  { path: "roles.regulator.closes", value: true },
  { path: "timing.early", value: false },
];

export const ELECTOR_ROLES = ["seller", "buyer", "regulator"];

/**
 * `count` bids, dealt out to the bidders in turn; each bidder bids once for each lot. `firstSeat` is the seat of the first bidder, and
 * `now`, in microseconds, dates them all.
 */
export function signBids(
  bidders: readonly Party[],
  count: number,
  ceremony: string,
  firstSeat: number,
  now: number,
): readonly VerifiedObservation[] {
  const authors = bidders.map(({ identity }) => authorFor(identity));
  return Array.from({ length: count }, (_, index) => {
    const bidder = index % bidders.length;
    const lot = `lot-${Math.floor(index / bidders.length)}`;
    const amount = 1_000 + ((index * 7_919) % 9_973);
    const bid = new Map<string, number | string>([
      ["amount", amount],
      ["item", lot],
      ["quantity", 1],
    ]);
    const author = authors[bidder] as (typeof authors)[number];
    return author({
      ceremony,
      round: 0,
      slot: { seat: firstSeat + bidder, attempt: null, item: lot },
      at: [now, now],
      timeToLive: HOUR,
      lineage: { sequence: index, prev: null, parents: [ceremony], sources: [], derivation: null },
      body: { kind: "contribution", role: "bidder", content: new Map([["bid", bid]]) },
    });
  });
}
