// The public document that an agent is deployed with, as PARTY: who it is, whom it recognises, and what may send to it.
import { toBase64 } from "../../shared/bytes.ts";
import { type TrustStatement, writeTrustStatement } from "../../shared/evidence/trust-statement.ts";

export type PartyDocument = {
  readonly name: string;
  readonly mesh: string;
  readonly credentials: readonly string[];
  readonly trust: TrustStatement;
  readonly partners: readonly { readonly name: string; readonly account: string }[];
  readonly sources: readonly unknown[];
  readonly clockOffsetMs: number;
  /** The device's continuity, oldest link first, in base64; absent where the agent's key alone says who it is. */
  readonly deviceLinks?: readonly string[];
};

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
