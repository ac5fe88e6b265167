// Bidders whose keys follow from their names, for measures that are to be repeated; the sale is that of `sim bids`.
import { signedByNode } from "../../cli/stack/bidders.ts";
import { makeParty, type Party } from "../../cli/stack/party.ts";
import { sha256 } from "../../shared/hash.ts";

export { AUCTION_SETTINGS, ELECTOR_ROLES, signBids } from "../../cli/demo/bids.ts";

const utf8 = new TextEncoder();

export function makeBidders(count: number, mesh: string): readonly Party[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `bidder-${index}`;
    const secret = (of: string) => sha256(utf8.encode(`${of} of ${name}`));
    return signedByNode(makeParty(name, mesh, { root: secret("root"), agent: secret("key") }));
  });
}
