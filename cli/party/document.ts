// The public document that an agent is deployed with, as PARTY: who it is, whom it recognises, and what may send to it.
import { toBase64 } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import type { PartyCore } from "../../shared/party.ts";

/** As it is written: what may be left out is the agent's to fill in, and a source is judged where it is taken. */
export type PartyDocument = Omit<PartyCore<unknown>, "deviceLinks"> & Partial<Pick<PartyCore<unknown>, "deviceLinks">>;

export type Recognised = {
  /** Root keys in hexadecimal, and the authority that each stands for; the party's own among them. */
  readonly roots: ReadonlyMap<string, string>;
  /** Names of the partners that run agents. */
  readonly partners: readonly string[];
};

export function makePartyDocument(
  party: { readonly name: string; readonly mesh: string; readonly credentials: readonly Uint8Array[] },
  { roots, partners }: Recognised,
  sources: readonly unknown[] = [],
  clockOffsetMs = 0,
): PartyDocument {
  return {
    name: party.name,
    mesh: party.mesh,
    credentials: party.credentials.map(toBase64),
    trust: writeTrustStatement(party.mesh, roots),
    partners: partners.map((name) => ({ name, account: accountOf(name) })),
    sources,
    clockOffsetMs,
  };
}

/** The NATS account of a party. */
export function accountOf(name: string): string {
  return name.toUpperCase();
}
