// The patterns that ship. Adding one is adding a document here; nothing else in the code knows their names.
import { fault, ok, type Result } from "../result.ts";
import { AGGREGATION } from "./patterns/aggregation.ts";
import { APPROVAL } from "./patterns/approval.ts";
import { AUCTION } from "./patterns/auction.ts";
import { COALITION_MESH } from "./patterns/coalition-mesh.ts";
import { CONSENSUS } from "./patterns/consensus.ts";
import { CUSTODY_CHAIN } from "./patterns/custody-chain.ts";
import { ESCROW } from "./patterns/escrow.ts";
import { FEDERATED_CONSENSUS } from "./patterns/federated-consensus.ts";
import { HIERARCHICAL_AUTHORITY } from "./patterns/hierarchical-authority.ts";
import { JOINT_WITNESS } from "./patterns/joint-witness.ts";
import { LEAD_FOLLOW } from "./patterns/lead-follow.ts";
import { MARKETPLACE_BILATERAL } from "./patterns/marketplace-bilateral.ts";
import { N_PARTY_CEREMONY } from "./patterns/n-party-ceremony.ts";
import { PAIR_SETTLEMENT } from "./patterns/pair-settlement.ts";
import { QUORUM } from "./patterns/quorum.ts";
import { RATIFIED_HANDOFF } from "./patterns/ratified-handoff.ts";
import { VOTE } from "./patterns/vote.ts";
import type { PolicyDocument } from "./policy.ts";

export const PATTERNS: readonly PolicyDocument[] = [
  CONSENSUS,
  QUORUM,
  AUCTION,
  LEAD_FOLLOW,
  CUSTODY_CHAIN,
  AGGREGATION,
  APPROVAL,
  VOTE,
  RATIFIED_HANDOFF,
  JOINT_WITNESS,
  ESCROW,
  FEDERATED_CONSENSUS,
  HIERARCHICAL_AUTHORITY,
  PAIR_SETTLEMENT,
  N_PARTY_CEREMONY,
  MARKETPLACE_BILATERAL,
  COALITION_MESH,
];

export function findPattern(id: string): Result<PolicyDocument> {
  const found = PATTERNS.find((pattern) => pattern.id === id);
  return found ? ok(found) : fault("POLICY_UNKNOWN", { pattern: id });
}
