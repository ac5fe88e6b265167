// Organisations with fixed keys, used by every test.
export { seatsFor } from "../../cli/sdk/network.ts";

import { makeParty, type Party } from "../../cli/stack/party.ts";
import { sha256 } from "../../shared/hash.ts";

export const MESH = "test-mesh";
export const NAMES = ["acme", "bolt", "crux", "dune", "echo", "flux", "gale", "hive", "iris", "jade"] as const;

const utf8 = new TextEncoder();

export function testParty(name: string): Party {
  return makeParty(name, MESH, {
    root: sha256(utf8.encode(`root ${name}`)),
    agent: sha256(utf8.encode(`agent ${name}`)),
  });
}

export function testParties(count: number): readonly Party[] {
  return NAMES.slice(0, count).map(testParty);
}
