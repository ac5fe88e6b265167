// The document that an agent is deployed with, as `PARTY`: what whoever writes one and the agent that reads it have in common. No secrets.
import type { TrustStatement } from "./evidence/trust-statement.ts";

export type PartyCore<Source> = {
  readonly name: string;
  readonly mesh: string;
  /** Credential frames in base64, root's grant first. */
  readonly credentials: readonly string[];
  readonly trust: TrustStatement;
  /** Organisations that may send here, and their NATS accounts. */
  readonly partners: readonly { readonly name: string; readonly account: string }[];
  readonly sources: readonly Source[];
  /** Added to the local clock, in milliseconds: the party's correction towards mesh time. */
  readonly clockOffsetMs: number;
  /** The device's continuity, oldest link first, in base64; empty where the agent's key alone says who it is. */
  readonly deviceLinks: readonly string[];
};
