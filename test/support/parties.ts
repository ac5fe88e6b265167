// Organisations with fixed keys, used by every test.
import { makeParty, type Party } from "../../cli/stack/party.ts";
import { toHex } from "../../shared/bytes.ts";
import { sha256 } from "../../shared/hash.ts";
import type { NamedSeat } from "../../shared/observation/observation.ts";

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

export function seatsFor(
  parties: readonly Party[],
  role: string | readonly string[],
  powers: readonly number[] = [],
): readonly NamedSeat[] {
  return parties.map((party, index) => ({
    authority: party.name,
    role: typeof role === "string" ? role : (role[index] as string),
    root: toHex(party.root.key),
    power: powers[index] ?? 1,
  }));
}
