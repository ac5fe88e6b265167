// Frames that a party's key signs outside its agent.
import type { Party } from "../../cli/stack/party.ts";
import { authorFor } from "../../shared/observation/author.ts";

export function contributionFrame(party: Party, ceremony: string, seat: number, choice = "approve"): Uint8Array {
  const now = Date.now() * 1_000;
  return authorFor(party.identity)({
    ceremony,
    round: 0,
    slot: { seat, attempt: null, item: null },
    at: [now, now],
    timeToLive: 3_600_000_000,
    lineage: { sequence: 1_000, prev: null, parents: [ceremony], sources: [], derivation: null },
    body: { kind: "contribution", role: "approver", content: new Map([["choice", choice]]) },
  }).frame;
}
