// Bidders whose keys follow from their names, for measures that are to be repeated; the sale is that of `sim bids`.
import { createPrivateKey, sign } from "node:crypto";
import { makeParty, type Party } from "../../cli/stack/party.ts";
import { sha256 } from "../../shared/hash.ts";

export { AUCTION_SETTINGS, ELECTOR_ROLES, signBids } from "../../cli/demo/bids.ts";

const utf8 = new TextEncoder();

export function makeBidders(count: number, mesh: string): readonly Party[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `bidder-${index}`;
    const secret = (of: string) => sha256(utf8.encode(`${of} of ${name}`));
    return quick(makeParty(name, mesh, { root: secret("root"), agent: secret("key") }));
  });
}

/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410). */
const PKCS8 = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** The same party, whose bids Node signs: the same bytes (RFC 8032) in a tenth of the time, since a hundred thousand are needed. */
function quick(party: Party): Party {
  const key = createPrivateKey({ key: Buffer.from([...PKCS8, ...party.secret]), format: "der", type: "pkcs8" });
  const signer = { ...party.identity.signer, sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, key)) };
  return { ...party, identity: { ...party.identity, signer } };
}
