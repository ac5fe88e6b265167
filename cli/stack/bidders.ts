// Made-up organisations that bid and run no agent. A development stack keeps one secret, from which all of their keys follow; its parties
// recognise their roots, and no other agent does.
import { createPrivateKey, randomBytes, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { concatBytes, parseHex, toHex } from "../../shared/bytes.ts";
import { sha256 } from "../../shared/hash.ts";
import { makeParty, type Party } from "./party.ts";

/** Recognised by a development stack unless told otherwise. */
export const BIDDERS = 40;
const utf8 = new TextEncoder();

export function keptBidders(dir: string, mesh: string, count: number): readonly Party[] {
  const path = join(dir, "bidders.key");
  if (!existsSync(path)) writeFileSync(path, toHex(randomBytes(32)), { mode: 0o600 });
  const seed = parseHex(readFileSync(path, "utf8").trim()) ?? new Uint8Array();
  return Array.from({ length: count }, (_, index) => {
    const name = `bidder-${index}`;
    const secret = (of: string) => sha256(concatBytes(seed, utf8.encode(`${of} of ${name}`)));
    return signedByNode(makeParty(name, mesh, { root: secret("root"), agent: secret("key") }));
  });
}

/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410). */
const PKCS8 = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** The same party, whose bids Node signs: the same bytes (RFC 8032) in a tenth of the time, since tens of thousands are needed. */
export function signedByNode(party: Party): Party {
  const key = createPrivateKey({ key: Buffer.from([...PKCS8, ...party.secret]), format: "der", type: "pkcs8" });
  const signer = { ...party.identity.signer, sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, key)) };
  return { ...party, identity: { ...party.identity, signer } };
}
