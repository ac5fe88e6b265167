// An auction of many bidders: three organisations run agents, every bidder is an organisation of its own and runs none.
import { makeParty, type Party } from "../../cli/stack/party.ts";
import { sha256 } from "../../shared/hash.ts";
import { authorFor } from "../../shared/observation/author.ts";

const HOUR = 3_600_000_000;
const utf8 = new TextEncoder();

/** What the catalogue's auction is set to: open bids, and three organisations beside the bidders that close the round. */
export const AUCTION_SETTINGS = [
  { path: "sealed", value: false },
  { path: "outcome.rule", value: "second-price" },
  { path: "roles.bidder.closes", value: false },
  { path: "roles.bidder.agent", value: false },
  { path: "roles.regulator.closes", value: true },
  { path: "timing.early", value: false },
];

export const ELECTOR_ROLES = ["seller", "buyer", "regulator"];

export function makeBidders(count: number, mesh: string): readonly Party[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `bidder-${index}`;
    const secret = (of: string) => sha256(utf8.encode(`${of} of ${name}`));
    return makeParty(name, mesh, { root: secret("root"), agent: secret("key") });
  });
}

/** `count` bids, dealt out to the bidders in turn; each bidder bids once for each lot. `firstSeat` is the seat of the first bidder. */
export function signBids(bidders: readonly Party[], count: number, ceremony: string, firstSeat: number, now: number) {
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
