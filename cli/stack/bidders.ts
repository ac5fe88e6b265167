// Made-up organisations that bid and run no agent. A development stack keeps one secret, from which all of their keys follow; its parties
// recognise their roots, and no other agent does.
import { randomBytes } from "node:crypto";
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
    return makeParty(name, mesh, { root: secret("root"), agent: secret("key") });
  });
}
